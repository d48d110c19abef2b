import type { SealedMark } from "@gatehouse/contract";
import {
  judgeSequence,
  markSeen,
  NO_REPLAY_STATE,
  type ReplayState,
  type SequenceVerdict,
} from "@gatehouse/secure-channel";
import type { Controls } from "../../../platform/controls.ts";

/**
 * - `fresh`: reserved for the caller, who settles it.
 * - `taken`: its effect is committed.
 * - a promise: another copy is being worked on; resolves to whether that one was committed.
 */
export type Reservation = "fresh" | "taken" | Promise<boolean>;

interface Pending {
  readonly settled: Promise<boolean>;
  readonly settle: (isStored: boolean) => void;
}

/**
 * Which sealed messages were taken, as the database will say after the next commit. A sequence is reserved when a
 * message is opened, taken when its effect is committed, and given back when that fails, so that a resend counts.
 */
export class ReplayGuard {
  readonly #controls: Pick<Controls, "replayGuard">;
  readonly #states: Map<string, ReplayState>;
  readonly #pending = new Map<string, Map<bigint, Pending>>();

  constructor(controls: Pick<Controls, "replayGuard">, states: Map<string, ReplayState> = new Map()) {
    this.#controls = controls;
    this.#states = states;
  }

  /** Decided on the header alone, before any cryptography; changes nothing. */
  judge({ keyId, sequence }: SealedMark): SequenceVerdict {
    if (!this.#controls.replayGuard) return "fresh";
    return judgeSequence(this.#states.get(keyId) ?? NO_REPLAY_STATE, sequence);
  }

  /** For a message that is authentic and was judged fresh. */
  reserve(mark: SealedMark): Reservation {
    if (this.judge(mark) !== "fresh") return "taken";
    const ofKey = this.#pending.get(mark.keyId) ?? new Map<bigint, Pending>();
    const pending = ofKey.get(mark.sequence);
    if (pending !== undefined) return pending.settled;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#pending.set(mark.keyId, ofKey.set(mark.sequence, { settled: promise, settle: resolve }));
    return "fresh";
  }

  /** After the commit, or after it failed. */
  settle({ keyId, sequence }: SealedMark, isStored: boolean): void {
    const ofKey = this.#pending.get(keyId);
    const pending = ofKey?.get(sequence);
    if (ofKey === undefined || pending === undefined) return;
    ofKey.delete(sequence);
    if (ofKey.size === 0) this.#pending.delete(keyId);
    const state = this.#states.get(keyId) ?? NO_REPLAY_STATE;
    if (isStored && judgeSequence(state, sequence) === "fresh")
      this.#states.set(keyId, markSeen(state, sequence));
    pending.settle(isStored);
  }
}
