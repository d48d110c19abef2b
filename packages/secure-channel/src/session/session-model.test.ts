import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusalReason } from "../refusal.ts";
import { connect, SUITES } from "../testing/connect.ts";
import { createParties } from "../testing/parties.ts";
import { EPOCH_MESSAGES, EPOCH_MS, LATE_MS, MAX_EPOCHS_AHEAD } from "./epochs.ts";
import { WINDOW_MESSAGES } from "./replay-window.ts";
import type { Session } from "./session.ts";

/** A frame on its way, and what its sender meant by it. */
interface Sent {
  readonly frame: Uint8Array;
  readonly epoch: number;
  readonly sequence: number;
  readonly payload: string;
}

/** One direction: a network that may do anything, and the rules of docs/channel.md told once more, slowly. */
class Direction {
  readonly wire: Sent[] = [];
  readonly #sender: Session;
  readonly #receiver: Session;
  #sequence = 0;
  #epoch = 0;
  #inEpoch = 0;
  #epochStartedMs = 0;
  readonly #accepted = new Map<number, number>();
  #current = 0;
  #steppedMs = 0;
  /** The epoch before is given up, by time or by the window. */
  #gaveUpPrevious = true;

  constructor(sender: Session, receiver: Session) {
    this.#sender = sender;
    this.#receiver = receiver;
  }

  send(nowMs: number, keep: boolean): void {
    if (this.#inEpoch === EPOCH_MESSAGES || nowMs - this.#epochStartedMs >= EPOCH_MS) {
      this.#epoch++;
      this.#inEpoch = 0;
      this.#epochStartedMs = nowMs;
    }
    this.#inEpoch++;
    const payload = `${this.#epoch}/${this.#sequence}`;
    const frame = this.#sender.seal({ contentType: 2, payload: Buffer.from(payload) }, nowMs);
    if (frame === undefined) throw new Error("the session is over");
    if (keep) this.wire.push({ frame, epoch: this.#epoch, sequence: this.#sequence, payload });
    this.#sequence++;
  }

  /** Delivers the frame, which stays on the wire, so that it can come again. */
  deliver(index: number, nowMs: number): void {
    const sent = this.wire[index % Math.max(1, this.wire.length)];
    if (sent === undefined) return;
    const expected = this.#judge(sent, nowMs);
    let reason: string | undefined;
    try {
      const opened = this.#receiver.open(sent.frame, nowMs);
      expect(Buffer.from(opened.payload).toString()).toBe(sent.payload);
      expect(opened).toMatchObject({ epoch: sent.epoch, sequence: sent.sequence });
    } catch (error) {
      reason = refusalReason(error) ?? String(error);
    }
    expect(reason).toBe(expected);
    if (expected === undefined) this.#accept(sent, nowMs);
  }

  #judge({ epoch, sequence }: Sent, nowMs: number): string | undefined {
    const distance = epoch - this.#current;
    if (distance === -1 && nowMs - this.#steppedMs > LATE_MS) this.#gaveUpPrevious = true;
    const isReadable =
      distance === -1 ? !this.#gaveUpPrevious : distance >= 0 && distance <= MAX_EPOCHS_AHEAD;
    if (!isReadable) return "unknown_key";
    const highest = Math.max(-1, ...this.#accepted.keys());
    return this.#accepted.has(sequence) || sequence <= highest - WINDOW_MESSAGES ? "replayed" : undefined;
  }

  #accept({ epoch, sequence }: Sent, nowMs: number): void {
    this.#accepted.set(sequence, epoch);
    if (epoch > this.#current) {
      this.#current = epoch;
      this.#steppedMs = nowMs;
      this.#gaveUpPrevious = false;
    }
    const ofCurrent = [...this.#accepted].filter(([, of]) => of === this.#current).map(([own]) => own);
    const lowest = ofCurrent.length > 0 ? Math.min(...ofCurrent) : 0;
    if (Math.max(...this.#accepted.keys()) - lowest >= WINDOW_MESSAGES) this.#gaveUpPrevious = true;
  }
}

type Step = (directions: readonly [Direction, Direction], time: { nowMs: number }) => void;

const which = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(which, fc.integer({ min: 1, max: 30 })).map(
      ([side, count]): Step =>
        (directions, { nowMs }) => {
          for (let i = 0; i < count; i++) directions[side].send(nowMs, true);
        },
    ),
  },
  {
    weight: 10,
    arbitrary: fc.tuple(which, fc.array(fc.nat(10_000), { maxLength: 30 })).map(
      ([side, indexes]): Step =>
        (directions, { nowMs }) => {
          for (const index of indexes) directions[side].deliver(index, nowMs);
        },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(which, fc.integer({ min: 1, max: 20 })).map(
      ([side, count]): Step =>
        (directions, { nowMs }) => {
          const { length } = directions[side].wire;
          for (let i = Math.max(0, length - count); i < length; i++) directions[side].deliver(i, nowMs);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(which, fc.constantFrom(WINDOW_MESSAGES - 40, WINDOW_MESSAGES, EPOCH_MESSAGES)).map(
      ([side, count]): Step =>
        (directions, { nowMs }) => {
          for (let i = 0; i < count; i++) directions[side].send(nowMs, false);
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(1, 1_000, LATE_MS - 1, LATE_MS, EPOCH_MS - 1, EPOCH_MS, 3 * EPOCH_MS).map(
      (passedMs): Step =>
        (_, time) => {
          time.nowMs += passedMs;
        },
    ),
  },
);

describe.each(SUITES)("any interleaving, loss, doubling, reordering and delay (%s)", (name, suite) => {
  it("opens exactly what the rules say, once, and both directions cross epochs", () => {
    const parties = createParties(suite);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { device, server } = connect(parties);
        const directions = [new Direction(device, server), new Direction(server, device)] as const;
        const time = { nowMs: 0 };
        for (const run of steps) run(directions, time);
      }),
      { numRuns: name === "M1" ? 150 : 50, seed: 2026 },
    );
  });
});
