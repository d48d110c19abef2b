import {
  decodeReplayState,
  encodeReplayState,
  judgeSequence,
  markSeen,
  NO_REPLAY_STATE,
  type ReplayState,
  type SequenceCounter,
  startCounter,
  takeSequence,
} from "@gatehouse/secure-channel";
import { type Static, Type } from "typebox";
import type { DeviceStore } from "./identity.ts";
import { encodeJson, fromBase64url, parseJson, toBase64url } from "./json.ts";

const CountersJson = Type.Object({
  /** Own key id → what is reserved. */
  sent: Type.Record(Type.String(), Type.String({ pattern: "^[0-9]{1,19}$" })),
  /** Server key id → replay state. */
  received: Type.Record(Type.String(), Type.String({ maxLength: 1024 })),
});

/** Keys of the past that are remembered; a change of keys makes one more. */
const MAX_KEYS = 16;

/**
 * Sequences of single messages in both directions, durable: none is used twice by us, none is taken twice from the
 * server, across restarts and loss of power. Sending writes once in 256 messages.
 */
export class Counters {
  readonly #store: DeviceStore;
  #stored: Static<typeof CountersJson>;
  readonly #sending = new Map<string, SequenceCounter>();
  readonly #seen = new Map<string, ReplayState>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(store: DeviceStore, stored: Static<typeof CountersJson>) {
    this.#store = store;
    this.#stored = stored;
    for (const [keyId, reserved] of Object.entries(stored.sent))
      this.#sending.set(keyId, startCounter(BigInt(reserved)));
    for (const [keyId, state] of Object.entries(stored.received))
      this.#seen.set(keyId, decodeReplayState(fromBase64url(state)));
  }

  static async open(store: DeviceStore): Promise<Counters> {
    const bytes = await store.loadState("counters");
    return new Counters(
      store,
      bytes === undefined ? { sent: {}, received: {} } : parseJson(CountersJson, bytes),
    );
  }

  /** The next sequence of one of our keys, reserved on disk before it is answered. */
  next(keyId: string): Promise<bigint> {
    return this.#inTurn(async () => {
      const taken = takeSequence(this.#sending.get(keyId) ?? startCounter(undefined));
      if (taken.reserve !== undefined)
        await this.#save({ sent: { ...newest(this.#stored.sent), [keyId]: String(taken.reserve) } });
      this.#sending.set(keyId, taken.counter);
      return taken.sequence;
    });
  }

  isFresh(keyId: string, sequence: bigint): boolean {
    return judgeSequence(this.#seen.get(keyId) ?? NO_REPLAY_STATE, sequence) === "fresh";
  }

  /** True for a sequence of the server that was not taken yet; then it is, durably. */
  take(keyId: string, sequence: bigint): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!this.isFresh(keyId, sequence)) return false;
      const next = markSeen(this.#seen.get(keyId) ?? NO_REPLAY_STATE, sequence);
      const encoded = toBase64url(encodeReplayState(next));
      await this.#save({ received: { ...newest(this.#stored.received), [keyId]: encoded } });
      this.#seen.set(keyId, next);
      return true;
    });
  }

  async #save(change: Partial<Static<typeof CountersJson>>): Promise<void> {
    const next = { ...this.#stored, ...change };
    await this.#store.saveState("counters", encodeJson(next));
    this.#stored = next;
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(run);
    this.#turn = mine.catch(() => {});
    return mine;
  }
}

const newest = (byKey: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(byKey).slice(-(MAX_KEYS - 1)));
