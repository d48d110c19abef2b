import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importVerifyingBundle, isSignedBy } from "../browser.ts";
import {
  assertSigned,
  importKeyBundle,
  type KeyBundle,
  open,
  parseEnvelope,
  parseForwarded,
  SUITE_IDS,
  type SuiteId,
} from "../index.ts";
import { sealedVectors } from "../testing/sealed-vectors.ts";
import { hex } from "../testing/shared-vectors.ts";

interface Vectors {
  bundles: Record<"device" | "server" | "gateway", Record<string, string>>;
  cases: {
    name: string;
    sender: string;
    recipient: string;
    payload: string;
    envelope: string;
    signature: string;
  }[];
}

const textOf = (file: string): string =>
  readFileSync(new URL(`../../vectors/${file}`, import.meta.url), "utf8");

describe.each<[string, SuiteId]>([
  ["sealed-c1.json", SUITE_IDS.C1],
  ["sealed-m1.json", SUITE_IDS.M1],
])("vectors/%s", (file, suite) => {
  const text = textOf(file);
  const vectors = JSON.parse(text) as Vectors;
  const part = (who: keyof Vectors["bundles"], name: string): Uint8Array =>
    hex(vectors.bundles[who][name] ?? "");
  const bundles = new Map<string, KeyBundle>();
  for (const who of ["device", "server", "gateway"] as const) {
    const bundle = importKeyBundle(suite, part(who, "agreementPrivate"), part(who, "signingPrivate"));
    if (bundle !== undefined) bundles.set(bundle.keyId, bundle);
  }
  const bundle = (keyId: string): KeyBundle => bundles.get(keyId) as KeyBundle;

  it("is what the code makes, byte for byte", () => {
    expect(`${JSON.stringify(sealedVectors(suite), undefined, 2)}\n`).toBe(text);
  });

  it("opens, and what is inside verifies in a browser too", async () => {
    expect(vectors.cases.length).toBeGreaterThan(4);
    for (const { sender, recipient, payload, envelope, signature } of vectors.cases) {
      const opened = open(parseEnvelope(hex(envelope)), bundle(recipient), bundle(sender));
      expect(Buffer.from(opened.payload).toString("hex")).toBe(payload);
      expect(Buffer.from(opened.signature).toString("hex")).toBe(signature);
      const { agreement, signing } = bundle(sender);
      const verifying = await importVerifyingBundle(suite, agreement.raw, signing.raw);
      if (verifying === undefined) throw new Error("refused");
      expect(verifying.keyId).toBe(sender);
      expect(await isSignedBy(opened, verifying)).toBe(true);
      for (const field of ["headerBytes", "signature", "payload"] as const) {
        const altered = Uint8Array.from(opened[field].length === 0 ? [0] : opened[field]);
        altered[0] = (altered[0] as number) ^ 1;
        expect(await isSignedBy({ ...opened, [field]: altered }, verifying)).toBe(false);
      }
    }
  });

  it("holds a forwarded message whose inner part is the device's own", async () => {
    const forwarded = vectors.cases.at(-1);
    const inner = parseForwarded(hex(forwarded?.payload ?? ""));
    const device = bundle(vectors.bundles.device.keyId ?? "");
    assertSigned(inner, device);
    const verifying = await importVerifyingBundle(suite, device.agreement.raw, device.signing.raw);
    expect(verifying && (await isSignedBy(inner, verifying))).toBe(true);
  });
});

it("the C1 vectors open without the wasm too, by node:crypto", () => {
  const program = fileURLToPath(new URL("../testing/without-wasm.ts", import.meta.url));
  const output = execFileSync(process.execPath, ["--no-warnings", program], { encoding: "utf8" });
  expect(JSON.parse(output)).toEqual({ backend: "node", opened: 5 });
});
