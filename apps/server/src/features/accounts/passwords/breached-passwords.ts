import { readFileSync } from "node:fs";
import { sha256 } from "../../../platform/secrets/index.ts";

const HASH_BYTES = 5;

/**
 * Passwords of 12 characters and more that were stolen elsewhere and made public: the first 40 bits of the SHA-256 of
 * each, lower case, sorted (made by tools/breached-passwords.ts). Of a hundred million other passwords four are taken
 * for one of them.
 */
export class BreachedPasswords {
  readonly #hashes: Uint8Array;

  constructor(hashes: Uint8Array) {
    this.#hashes = hashes;
  }

  static load(): BreachedPasswords {
    return new BreachedPasswords(readFileSync(new URL("./breached-passwords.bin", import.meta.url)));
  }

  has(password: string): boolean {
    const wanted = sha256(password.toLowerCase()).subarray(0, HASH_BYTES);
    let low = 0;
    let high = this.#hashes.length / HASH_BYTES;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = Buffer.compare(
        this.#hashes.subarray(middle * HASH_BYTES, (middle + 1) * HASH_BYTES),
        wanted,
      );
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return false;
  }
}
