import type { Aead, KeyedAead } from "../noise/protocol.ts";
import { ascii, concat } from "../primitives/bytes.ts";
import { hkdfSha256 } from "../primitives/hash.ts";
import { WINDOW_MESSAGES } from "./replay-window.ts";

/** A sender steps to the next epoch after this many messages … */
export const EPOCH_MESSAGES = 4_096;
/** … or with its first message this long after the step before. */
export const EPOCH_MS = 10 * 60_000;
/** How far a receiver follows when everything in between was lost; each step costs one HKDF, once. */
export const MAX_EPOCHS_AHEAD = 8;
/** How long after its own step a receiver still reads the epoch before. */
export const LATE_MS = 60_000;
/** The header has 16 bits. A session ends before they wrap: after 2^28 messages. */
export const MAX_EPOCH = 0xffff;

const KEY_BYTES = 32;
const LABEL = ascii("SX-epoch-v1\0");

/** What the epochs of one direction of one session are derived from. */
export interface EpochSource {
  readonly aead: Aead;
  readonly suite: number;
  /** 1 from initiator to responder, 2 back. */
  readonly direction: 1 | 2;
  /** Transport key of this direction (Noise Split); overwritten once used. */
  readonly secret: Uint8Array;
  readonly handshakeHash: Uint8Array;
}

/** One key of a direction and the secret of the next: nobody computes an epoch from a later one. */
export interface Epoch {
  readonly number: number;
  readonly keyed: KeyedAead;
  readonly nextSecret: Uint8Array;
}

function deriveEpoch(source: Omit<EpochSource, "secret">, number: number, secret: Uint8Array): Epoch {
  const { aead, suite, direction, handshakeHash } = source;
  const info = concat([LABEL, Uint8Array.of(suite, direction, number >>> 8, number & 0xff)]);
  const output = hkdfSha256(secret, handshakeHash, [info], 2 * KEY_BYTES);
  const keyed = aead.withKey(output.subarray(KEY_BYTES), { direction, epoch: number });
  const nextSecret = output.slice(0, KEY_BYTES);
  for (const used of [secret, output]) used.fill(0);
  return { number, keyed, nextSecret };
}

/** The sender's half: decides when to step. */
export class SendingEpochs {
  readonly #source: EpochSource;
  #epoch: Epoch;
  #messages = 0;
  #startedMs: number;

  constructor(source: EpochSource, nowMs: number) {
    this.#source = source;
    this.#epoch = deriveEpoch(source, 0, source.secret);
    this.#startedMs = nowMs;
  }

  /** The epoch of the next message, counted as sent; undefined when all are used up. */
  take(nowMs: number): Epoch | undefined {
    if (this.#messages >= EPOCH_MESSAGES || nowMs - this.#startedMs >= EPOCH_MS) {
      if (this.#epoch.number >= MAX_EPOCH) return undefined;
      this.#epoch = deriveEpoch(this.#source, this.#epoch.number + 1, this.#epoch.nextSecret);
      this.#messages = 0;
      this.#startedMs = nowMs;
    }
    this.#messages++;
    return this.#epoch;
  }
}

/**
 * The receiver's half: follows the epoch in the header, but steps only once a message of the new epoch proved
 * authentic. It reads the current epoch, up to eight after it, and the one before for messages that are late.
 */
export class ReceivingEpochs {
  readonly #source: EpochSource;
  #current: Epoch;
  /** Those after the current one that a header has asked for, in order. */
  #ahead: Epoch[] = [];
  #previous: Epoch | undefined;
  #steppedMs = 0;
  /** Lowest accepted sequence of the current epoch: lower ones belong to the epoch before. */
  #lowest = 0;

  constructor(source: EpochSource) {
    this.#source = source;
    this.#current = deriveEpoch(source, 0, source.secret);
  }

  find(number: number, nowMs: number): Epoch | undefined {
    const distance = number - this.#current.number;
    if (distance === 0) return this.#current;
    if (distance < 0) {
      if (nowMs - this.#steppedMs > LATE_MS) this.#previous = undefined;
      return distance === -1 ? this.#previous : undefined;
    }
    if (distance > MAX_EPOCHS_AHEAD) return undefined;
    while (this.#ahead.length < distance) {
      const last = this.#ahead.at(-1) ?? this.#current;
      this.#ahead.push(deriveEpoch(this.#source, last.number + 1, last.nextSecret));
    }
    return this.#ahead[distance - 1];
  }

  /** After a message of `epoch` proved authentic; `highest` is the highest sequence accepted so far. */
  accept(epoch: Epoch, sequence: number, highest: number, nowMs: number): void {
    const distance = epoch.number - this.#current.number;
    if (distance > 0) {
      this.#previous = distance === 1 ? this.#current : this.#ahead[distance - 2];
      this.#current = epoch;
      this.#ahead = this.#ahead.slice(distance);
      this.#steppedMs = nowMs;
      this.#lowest = sequence;
    } else if (distance === 0 && sequence < this.#lowest) this.#lowest = sequence;
    // Whatever the epoch before could still bring is outside the replay window by now.
    if (highest - this.#lowest >= WINDOW_MESSAGES) this.#previous = undefined;
  }
}
