import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { importVerifyingBundle, isSignedBy } from "./browser.ts";
import { open, parseEnvelope, SUITE_IDS, seal } from "./index.ts";
import { createParties } from "./testing/parties.ts";
import { hex } from "./testing/shared-vectors.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const BASE = join(HERE, "../../base/src/index.ts");

/** Everything a bundler would follow from `file`: our own files by path, others by name. */
function reach(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const imports = readFileSync(file, "utf8").matchAll(
    /^(?:import|export)\s(?!type\s)[^;]*?from\s+"([^"]+)"/gms,
  );
  for (const [, name = ""] of imports) {
    if (name.startsWith(".")) reach(join(dirname(file), name), found);
    else if (name === "@gatehouse/base") reach(BASE, found);
    else found.add(name);
  }
  return found;
}

it("reaches no module of Node and none that is not meant for browsers", () => {
  const found = [...reach(join(HERE, "browser.ts"))];
  expect(found.filter((name) => !existsSync(name))).toEqual(["@noble/curves/secp256k1.js"]);
  expect(found.length).toBeGreaterThan(8);
  for (const file of found.filter((name) => existsSync(name))) {
    const text = readFileSync(file, "utf8");
    expect(text, file).not.toMatch(/from "node:|\bBuffer\b|\bprocess\./);
  }
});

it("walks imports as it should: from the server's door it finds node:crypto", () => {
  expect([...reach(join(HERE, "index.ts"))]).toContain("node:crypto");
});

it("refuses keys that are none, and a signature of another signer, suite or length", async () => {
  const [c1, m1] = [createParties(SUITE_IDS.C1), createParties(SUITE_IDS.M1)];
  const { agreement, signing } = m1.device;
  expect(await importVerifyingBundle(SUITE_IDS.M1, agreement.raw, new Uint8Array(32))).toBeUndefined();
  expect(await importVerifyingBundle(SUITE_IDS.C1, agreement.raw, signing.raw)).toBeUndefined();
  const offCurve = hex(`02${"00".repeat(31)}05`);
  expect(await importVerifyingBundle(SUITE_IDS.C1, c1.device.agreement.raw, offCurve)).toBeUndefined();

  for (const { device, server, request, random } of [c1, m1]) {
    const part = open(parseEnvelope(seal(request(), random)), server, device);
    const verifying = await importVerifyingBundle(device.suite, device.agreement.raw, device.signing.raw);
    const other = await importVerifyingBundle(server.suite, server.agreement.raw, server.signing.raw);
    if (verifying === undefined || other === undefined) throw new Error("refused");
    expect(await isSignedBy(part, verifying)).toBe(true);
    expect(await isSignedBy(part, other)).toBe(false);
    expect(await isSignedBy(part, { ...other, keyId: verifying.keyId })).toBe(false);
    expect(await isSignedBy({ ...part, signature: part.signature.subarray(1) }, verifying)).toBe(false);
  }
});
