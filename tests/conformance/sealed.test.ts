import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemRandom } from "@gatehouse/base";
import {
  CONTENT_TYPES,
  generateKeyBundle,
  type KeyBundle,
  open,
  parseEnvelope,
  SUITE_IDS,
  seal,
} from "@gatehouse/secure-channel";
import { afterAll, describe, expect, it } from "vitest";
import { absent, LIBRARIES, sourcesIn, WARNINGS } from "./firmware/build.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
/** Debian's own, which has the Debian package; another python3 may come first on the PATH. */
const PYTHON = "/usr/bin/python3";
const hasCryptography =
  existsSync(PYTHON) && spawnSync(PYTHON, ["-c", "import cryptography"], { stdio: "ignore" }).status === 0;

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const SUITES = [
  ["M1", SUITE_IDS.M1],
  ["C1", SUITE_IDS.C1],
] as const;

interface Bundle {
  readonly keyId: string;
  readonly agreementPublic: string;
  readonly signingPublic: string;
  readonly agreementPrivate: string;
  readonly signingPrivate: string;
}

type Answer = Record<string, unknown>;

const python = (requests: readonly object[]): Answer[] =>
  JSON.parse(
    execFileSync(PYTHON, [join(HERE, "python/sealed.py")], { input: JSON.stringify(requests) }).toString(),
  ) as Answer[];

const bundleOf = (bundle: KeyBundle): Bundle => ({
  keyId: bundle.keyId,
  agreementPublic: hexOf(bundle.agreement.raw),
  signingPublic: hexOf(bundle.signing.raw),
  agreementPrivate: hexOf(bundle.agreementPair.privateKey.reveal()),
  signingPrivate: hexOf(bundle.signingPair.privateKey.reveal()),
});

interface Case {
  sender: string;
  recipient: string;
  payload: string;
  envelope: string;
  sequence: string;
  flags: number;
}

describe.skipIf(!hasCryptography).each(SUITES)(
  "python3-cryptography, knowing only docs/channel.md, with suite %s (needs Debian's python3-cryptography)",
  (name, suite) => {
    const device = generateKeyBundle(suite, systemRandom);
    const server = generateKeyBundle(suite, systemRandom);

    it("opens every vector, verifies what a gateway forwarded and refuses altered ones", () => {
      const file = `../../packages/secure-channel/vectors/sealed-${name.toLowerCase()}.json`;
      const vectors = JSON.parse(readFileSync(join(HERE, file), "utf8")) as {
        bundles: Record<string, Bundle>;
        cases: Case[];
      };
      const find = (keyId: string): Bundle | undefined =>
        Object.values(vectors.bundles).find((bundle) => bundle.keyId === keyId);
      const request = (one: Case, envelope = one.envelope): object => ({
        op: "open",
        suite,
        sender: find(one.sender),
        recipient: find(one.recipient),
        envelope,
      });
      const opened = python(vectors.cases.map((one) => request(one)));
      for (const [at, { payload, sequence, flags, sender, recipient }] of vectors.cases.entries())
        expect(opened[at]).toMatchObject({ payload, sequence, flags, sender, recipient });

      const forwarded = vectors.cases.at(-1) as Case;
      const sender = vectors.bundles.device;
      const [inner] = python([{ op: "verify", suite, sender, part: forwarded.payload }]);
      expect(inner).toMatchObject({ sender: sender?.keyId, payload: vectors.cases[0]?.payload });

      const last = (hex: string): string => hex.slice(0, -2) + (hex.endsWith("00") ? "01" : "00");
      for (const refused of python(vectors.cases.map((one) => request(one, last(one.envelope)))))
        expect(refused).toEqual({ refused: "tag" });
    });

    it("opens what we seal and seals what we open", () => {
      const parts = { suite, sender: bundleOf(device), recipient: bundleOf(server) };
      const fields = { contentType: CONTENT_TYPES.json, sentMs: 1_800_000_000_001, bootId: 4_000_000_000 };
      const payloads = [0, 1, 15, 16, 300].map((length) => systemRandom.bytes(length));
      const sent = payloads.map((payload, at) =>
        seal(
          { sender: device, recipient: server, sequence: BigInt(at + 1), payload, ...fields },
          systemRandom,
        ),
      );
      const theirs = python(sent.map((bytes) => ({ op: "open", ...parts, envelope: hexOf(bytes) })));
      const ours = python(
        payloads.map((payload, at) => ({
          op: "seal",
          ...parts,
          ...fields,
          flags: 8,
          sequence: String(at + 1),
          payload: hexOf(payload),
        })),
      );
      for (const [at, payload] of payloads.entries()) {
        expect(theirs[at]).toMatchObject({
          payload: hexOf(payload),
          sequence: String(at + 1),
          bootId: fields.bootId,
        });
        const envelope = Buffer.from(String(ours[at]?.envelope), "hex");
        const opened = open(parseEnvelope(envelope), server, device);
        expect(hexOf(opened.payload)).toBe(hexOf(payload));
        expect(opened.header).toMatchObject({ ...fields, storedLate: true, sequence: BigInt(at + 1) });
      }
    });
  },
);

describe.skipIf(absent !== "").each(SUITES)(
  `seal.cpp on the cryptography of the camera's firmware, %s${absent}`,
  (name, suite) => {
    const folder = mkdtempSync(join(tmpdir(), "gatehouse-conformance-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it("compiles without a warning and seals what we open", () => {
      const binary = join(folder, "seal");
      const sources = [join(HERE, "cpp/seal.cpp"), ...sourcesIn("src/core")];
      execFileSync("g++", ["-std=c++17", "-O1", ...WARNINGS, "-o", binary, ...sources, ...LIBRARIES]);
      const device = generateKeyBundle(suite, systemRandom);
      const server = generateKeyBundle(suite, systemRandom);
      const own = bundleOf(device);
      const peer = bundleOf(server);
      for (const payload of ["", "{}", '{"energy":1234.5,"é":1}', "x".repeat(4_000)]) {
        const { stdout, stderr } = spawnSync(
          binary,
          [
            name,
            own.agreementPrivate,
            own.signingPrivate,
            peer.agreementPublic,
            peer.signingPublic,
            "9000000000000000000",
            "1800000000000",
            "4294967295",
            payload,
          ],
          { encoding: "utf8" },
        );
        expect(stderr).toBe("");
        const opened = open(parseEnvelope(Buffer.from(stdout.trim(), "hex")), server, device);
        expect(Buffer.from(opened.payload).toString()).toBe(payload);
        expect(opened.header).toMatchObject({
          sequence: 9_000_000_000_000_000_000n,
          sentMs: 1_800_000_000_000,
          bootId: 0xffffffff,
          contentType: CONTENT_TYPES.meterReading,
        });
      }
    }, 60_000);
  },
);
