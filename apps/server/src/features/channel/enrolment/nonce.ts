import type { Clock, Random } from "@gatehouse/base";
import { equalConstantTime, hmacSha256 } from "../../../platform/secrets/index.ts";

const VALID_MS = 2 * 60_000;
const TIME_BYTES = 8;
const RANDOM_BYTES = 24;
const HEAD_BYTES = TIME_BYTES + RANDOM_BYTES;
const NONCE_BYTES = HEAD_BYTES + 32;

/**
 * Nonces that need no memory: Unix ms 8 B · random 24 B · HMAC-SHA-256 of claim id and those 32 B. What a stranger
 * asks for costs one hash and nothing that is kept.
 */
export class EnrolmentNonces {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(key: Uint8Array, clock: Clock, random: Random) {
    this.#key = key;
    this.#clock = clock;
    this.#random = random;
  }

  issue(claimId: Uint8Array): Uint8Array {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeBigUInt64BE(BigInt(this.#clock.nowMs()));
    head.set(this.#random.bytes(RANDOM_BYTES), TIME_BYTES);
    return Buffer.concat([head, this.#mac(claimId, head)]);
  }

  /** Ours, for this claim, and not older than two minutes. */
  isValid(claimId: Uint8Array, nonce: Uint8Array): boolean {
    if (nonce.length !== NONCE_BYTES) return false;
    const head = nonce.subarray(0, HEAD_BYTES);
    if (!equalConstantTime(nonce.subarray(HEAD_BYTES), this.#mac(claimId, head))) return false;
    const ageMs = this.#clock.nowMs() - Number(Buffer.from(head).readBigUInt64BE());
    return ageMs >= 0 && ageMs < VALID_MS;
  }

  #mac(claimId: Uint8Array, head: Uint8Array): Uint8Array {
    return hmacSha256(this.#key, Buffer.concat([claimId, head]));
  }
}
