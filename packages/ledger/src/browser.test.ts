import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

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
  const found = [...reach(join(HERE, "index.ts"))];
  expect(found.filter((name) => !existsSync(name)).sort()).toEqual([
    "@noble/curves/ed25519.js",
    "@noble/curves/utils.js",
    "@noble/hashes/hmac.js",
    "@noble/hashes/sha2.js",
    "@noble/hashes/utils.js",
    "typebox",
    "typebox/value",
  ]);
  expect(found.length).toBeGreaterThan(25);
  for (const file of found.filter((name) => existsSync(name))) {
    const text = readFileSync(file, "utf8");
    expect(text, file).not.toMatch(/from "node:|\bBuffer\b|\bprocess\./);
  }
});

it("the offline verifier needs no schema library", () => {
  const found = [...reach(join(HERE, "evidence/verify.ts"))];
  expect(found.filter((name) => name.startsWith("typebox"))).toEqual([]);
});
