import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  canonicalJson,
  type EvidenceFiles,
  encodeBase64,
  encodeEvent,
  encodeVerifierKey,
  fingerprintOf,
  hidePersonal,
  verifyEvidence,
} from "@gatehouse/ledger";
import { EXPORT_FILES } from "@gatehouse/verifier";
import fc from "fast-check";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { ownerSigner, rootSigner, witnessSigner } from "../../packages/ledger/src/testing/parties.ts";
import { logAfter, seamOf, withSeams } from "../../packages/ledger/src/testing/restored-log.ts";
import { eventOf, TestLog } from "../../packages/ledger/src/testing/test-log.ts";

/** Debian's own, which has the Debian package; another python3 may come first on the PATH. */
const PYTHON = "/usr/bin/python3";
const PROGRAM = fileURLToPath(new URL("./python/verify_ledger.py", import.meta.url));
const hasCryptography =
  existsSync(PYTHON) && spawnSync(PYTHON, ["-c", "import cryptography"], { stdio: "ignore" }).status === 0;

const folder = mkdtempSync(join(tmpdir(), "ledger "));
afterAll(() => rmSync(folder, { recursive: true }));

interface Report {
  readonly ok: boolean;
  readonly pinned: string;
  readonly proven: number;
  readonly revealed: number;
  readonly witnesses: readonly { readonly name: string; readonly state: unknown; readonly known: boolean }[];
  readonly seams: readonly object[];
  readonly problems: readonly {
    readonly kind: string;
    readonly index: number | null;
    readonly line: number | null;
  }[];
}

let written = 0;
function outside(files: EvidenceFiles, ...args: string[]): Report & { readonly status: number | null } {
  const path = join(folder, `${written++}.zip`);
  const named = Object.entries(EXPORT_FILES).map(([part, name]) => [
    name,
    files[part as keyof EvidenceFiles],
  ]);
  writeFileSync(path, zipSync(Object.fromEntries(named.filter(([, bytes]) => bytes !== undefined))));
  const { stdout, stderr, status } = spawnSync(PYTHON, [PROGRAM, path, ...args], { encoding: "utf8" });
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return { ...(JSON.parse(stdout) as Report), status };
}

const SALT = new Uint8Array(32).fill(3);
const log = TestLog.of(60);
log.append([
  encodeEvent({
    ...eventOf(60),
    data: {
      "\ud83d\ude00": 1,
      "\ufb33": 1e21,
      zero: -0,
      tiny: 5e-324,
      part: 0.1,
      long: 123456789012345680000,
      deep: [[{}]],
    },
    personal: { email: hidePersonal(SALT, "email", "ada@example.com") },
  }),
]);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const range = log.exportRange(10, 61);
const entries = log.exportEntries([3, 17, 18, 60]);
const listed: EvidenceFiles = {
  ...range,
  events: utf8([12, 13, 30, 60].map((index) => `${text(log.lines[index] as Uint8Array)}\n`).join("")),
  proofs: utf8(JSON.stringify({ ...JSON.parse(text(range.proofs)), listed: [12, 13, 30, 60] })),
};
const fingerprint = fingerprintOf(rootSigner.key.publicKey);
const altered = (files: EvidenceFiles, change: (lines: string[]) => void): EvidenceFiles => {
  const lines = text(files.events).trimEnd().split("\n");
  change(lines);
  return { ...files, events: utf8(lines.map((line) => `${line}\n`).join("")) };
};
const named = ({ problems }: Pick<Report, "problems">): string[] =>
  problems.map(({ kind, index }) => (index === null ? kind : `${kind} ${index}`)).sort();

describe.skipIf(!hasCryptography)("a verifier in Python that knows docs/verify.md alone", () => {
  it("finds whole ranges, parts of ranges and single entries genuine", () => {
    for (const [files, proven] of [
      [range, 51],
      [listed, 4],
      [entries, 4],
      [log.exportRange(0, 0), 0],
      [log.exportRange(0, 61), 61],
    ] as const)
      expect(outside(files, "--fingerprint", fingerprint)).toMatchObject({
        status: 0,
        ok: true,
        pinned: "pinned",
        proven,
      });
  }, 60_000);

  it("is not pinned without the fingerprint, and refuses another", () => {
    expect(outside(range)).toMatchObject({ ok: true, pinned: "not_pinned" });
    const other = fingerprintOf(ownerSigner.key.publicKey);
    expect(outside(range, "--fingerprint", other)).toMatchObject({ status: 1, pinned: "differs" });
  }, 60_000);

  it("tells a witness that its reader knows from one that came along", () => {
    expect(outside(range).witnesses).toMatchObject([
      { name: "gateway-7.example", state: 1795255200, known: false, own_machine: false },
    ]);
    const keys = JSON.parse(Buffer.from(range.keys).toString());
    const ofOwn = (ownMachines: unknown) =>
      outside({ ...range, keys: Buffer.from(JSON.stringify({ ...keys, ownMachines })) });
    expect(ofOwn(keys.witnesses).witnesses).toMatchObject([{ own_machine: true }]);
    expect(ofOwn("all").problems).toMatchObject([{ kind: "keys_malformed" }]);
    expect(outside(range, "--witness", encodeVerifierKey(witnessSigner.key)).witnesses).toMatchObject([
      { state: 1795255200, known: true },
    ]);
  }, 60_000);

  it("names the index of an event that was changed, deleted, swapped or cut off, as ours does", () => {
    const cases: readonly (readonly [EvidenceFiles, readonly string[]])[] = [
      [
        altered(range, (lines) => lines.splice(5, 1, lines[5]?.replace("home", "away") ?? "")),
        ["changed 15"],
      ],
      [altered(range, (lines) => lines.splice(5, 1)), ["missing 15"]],
      [
        altered(range, (lines) => lines.splice(4, 2, lines[5] ?? "", lines[4] ?? "")),
        ["swapped 14", "swapped 15"],
      ],
      [altered(range, (lines) => lines.splice(49)), ["missing 59", "missing 60"]],
      [altered(listed, (lines) => lines.splice(2, 1)), ["missing 30"]],
      [
        altered(entries, (lines) => lines.splice(1, 1, lines[1]?.replace("home", "away") ?? "")),
        ["changed 17"],
      ],
      [altered(range, (lines) => lines.splice(5, 0, "{}")), ["added"]],
    ];
    for (const [files, expected] of cases) {
      expect(named(outside(files))).toEqual(expected);
      expect(named(verifyEvidence(files))).toEqual(expected);
    }
  }, 60_000);

  it("shows the seam after a restore in exports of both logs, and refuses one that does not hold, as ours does", () => {
    const later = logAfter(log, 5);
    const seam = seamOf(log, later, true);
    for (const exported of [later.exportRange(0, 6), log.exportRange(3, 9)]) {
      const files = withSeams(exported, [seam]);
      expect(outside(files, "--fingerprint", fingerprint)).toMatchObject({
        status: 0,
        pinned: "pinned",
        seams: [{ ended: log.signer.key.name, size: 61, begun: later.signer.key.name, acknowledged: true }],
      });
      expect(verifyEvidence(files, { fingerprint })).toMatchObject({ ok: true, seams: [{ size: 61 }] });
    }
    const { acknowledgement: _none, ...silent } = seam;
    expect(outside(withSeams(later.exportRange(0, 1), [silent])).seams).toMatchObject([
      { acknowledged: false },
    ]);
    const cases: readonly (readonly [object, string])[] = [
      [{ entry: seam.entry.replace('"size":61', '"size":60') }, "seam_wrong"],
      [{ previousCheckpoint: seam.checkpoint }, "seam_wrong"],
      [{ certificate: seam.previousCertificate }, "seam_wrong"],
      [{ proof: seam.proof.slice(0, -44) }, "seam_wrong"],
      [{ acknowledgement: seam.checkpoint }, "seam_wrong"],
      [{ entry: 1 }, "seams_malformed"],
    ];
    for (const [change, expected] of cases) {
      const files = withSeams(later.exportRange(0, 6), [{ ...seam, ...change }]);
      const found = named(outside(files));
      expect(found).toContain(expected);
      expect(found).toEqual(named(verifyEvidence(files)));
    }
  }, 60_000);

  it("refuses the checkpoint of another log and of a shorter one, and a key that the root did not name", () => {
    const another = TestLog.of(61).exportRange(10, 61);
    expect(named(outside({ ...range, checkpoint: another.checkpoint }))).toEqual(["root_differs"]);
    const shorter = TestLog.of(59).exportRange(10, 59);
    expect(named(outside({ ...range, checkpoint: shorter.checkpoint }))).toEqual(["root_differs"]);
    const keys = { ...JSON.parse(text(range.keys)), root: encodeVerifierKey(ownerSigner.key) };
    expect(named(outside({ ...range, keys: utf8(JSON.stringify(keys)) }))).toEqual(["log_not_certified"]);
    const forged = utf8(text(range.checkpoint).replace("\n61\n", "\n62\n"));
    expect(named(outside({ ...range, checkpoint: forged }))).toEqual([
      "checkpoint_not_signed",
      "cosignature_wrong",
      "root_differs",
    ]);
  }, 60_000);

  it("compares revealed values with their events", () => {
    const revealed = { index: 60, name: "email", value: "ada@example.com", salt: encodeBase64(SALT) };
    const revealing = (value: object): EvidenceFiles => ({
      ...listed,
      personal: utf8(`${JSON.stringify(value)}\n`),
    });
    expect(outside(revealing(revealed))).toMatchObject({ ok: true, revealed: 1 });
    expect(named(outside(revealing({ ...revealed, value: "eve@example.com" })))).toEqual([
      "personal_differs 60",
    ]);
  }, 60_000);

  it("reads JSON as canonical exactly when ours does", () => {
    const odd = new TestLog();
    const lines = fc
      .sample(fc.jsonValue({ maxDepth: 4 }), { numRuns: 150, seed: 4 })
      .map((value) => utf8(canonicalJson(value)));
    const others = [
      '{"b":1,"a":2}',
      '{"a":1,"a":1}',
      "1.0",
      "1E3",
      "-0",
      '"\\u0041"',
      "[ ]",
      "NaN",
      "1e400",
      '"\\ud800"',
      "1e21",
      "1e-7",
    ];
    odd.append([...lines, ...others.map(utf8)]);
    const files = odd.exportRange(0, odd.size);
    const ours = verifyEvidence(files).problems.map(({ kind, index }) => `${kind} ${index}`);
    expect(ours.length).toBe(11);
    expect(outside(files).problems.map(({ kind, index }) => `${kind} ${index}`)).toEqual(ours);
  }, 60_000);

  it("agrees with ours on every single bit that is turned in the evidence", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("events", "checkpoint", "proofs", "keys"),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.integer({ min: 0, max: 7 }),
        (name, where, bit) => {
          const at = Math.floor(where * listed[name].length);
          const turned = listed[name].map((byte, place) => (place === at ? byte ^ (1 << bit) : byte));
          const files = { ...listed, [name]: turned };
          expect(outside(files).ok).toBe(verifyEvidence(files).ok);
        },
      ),
      { numRuns: 12, seed: 11 },
    );
  }, 120_000);
});
