import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeReplayState,
  encodeReplayState,
  judgeSequence,
  markSeen,
  NO_REPLAY_STATE,
  REPLAY_WINDOW,
  type ReplayState,
} from "./replay.ts";
import { RESERVATION_BLOCK, startCounter, takeSequence } from "./reservation.ts";

const accept = (state: ReplayState, sequence: bigint): ReplayState => {
  expect(judgeSequence(state, sequence)).toBe("fresh");
  return markSeen(state, sequence);
};

describe("the replay state of a sender", () => {
  it("behaves as a set of all sequences ever seen, but for those too far back, which are not taken either", () => {
    const steps = fc.array(fc.oneof(fc.nat(40), fc.nat(9_000), fc.nat(100_000)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (sequences) => {
        let state = NO_REPLAY_STATE;
        const seen = new Set<bigint>();
        let highest = 0n;
        for (const step of sequences) {
          const sequence = BigInt(step);
          const isInside = sequence > 0n && sequence > highest - BigInt(REPLAY_WINDOW);
          const isFresh = isInside && !seen.has(sequence);
          expect(judgeSequence(state, sequence)).toBe(isFresh ? "fresh" : isInside ? "seen" : "too_old");
          if (!isFresh) continue;
          state = markSeen(state, sequence);
          seen.add(sequence);
          if (sequence > highest) highest = sequence;
          state = decodeReplayState(encodeReplayState(state));
        }
        for (const sequence of seen)
          expect(judgeSequence(state, sequence)).toBe(
            sequence > highest - BigInt(REPLAY_WINDOW) ? "seen" : "too_old",
          );
      }),
      { numRuns: 500 },
    );
  });

  it("takes late messages to the window's last place and not one further", () => {
    const state = accept(NO_REPLAY_STATE, 10_000n);
    expect(judgeSequence(state, 10_000n - BigInt(REPLAY_WINDOW))).toBe("too_old");
    const later = accept(state, 10_001n - BigInt(REPLAY_WINDOW));
    expect(judgeSequence(later, 10_001n - BigInt(REPLAY_WINDOW))).toBe("seen");
    expect(judgeSequence(later, 9_999n)).toBe("fresh");
  });

  it("never changes a state in place: a transaction that is rolled back leaves the old one", () => {
    const before = accept(NO_REPLAY_STATE, 5n);
    const bytes = encodeReplayState(before);
    markSeen(before, 3n);
    markSeen(before, 6n);
    expect(encodeReplayState(before)).toEqual(bytes);
    expect(encodeReplayState(NO_REPLAY_STATE)).toEqual(new Uint8Array(8));
  });

  it("is small for a sender in order, 520 bytes at most, and refuses to be read from anything else", () => {
    let state = NO_REPLAY_STATE;
    for (let sequence = 1n; sequence <= 10n; sequence++) state = accept(state, sequence);
    expect(encodeReplayState(state)).toHaveLength(8 + 2);
    for (let sequence = 11n; sequence <= 6_000n; sequence++) state = markSeen(state, sequence);
    expect(encodeReplayState(state)).toHaveLength(8 + REPLAY_WINDOW / 8);
    expect(() => decodeReplayState(new Uint8Array(7))).toThrow(RangeError);
    expect(() => decodeReplayState(new Uint8Array(521))).toThrow(RangeError);
  });

  it("survives the largest sequence there is", () => {
    const state = accept(NO_REPLAY_STATE, 2n ** 63n - 1n);
    expect(judgeSequence(decodeReplayState(encodeReplayState(state)), 2n ** 63n - 1n)).toBe("seen");
    expect(judgeSequence(state, 2n ** 63n - 2n)).toBe("fresh");
  });
});

describe("a sender's counter", () => {
  it("never gives a sequence twice, however often the power goes, and writes to flash once a block", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(600), { maxLength: 8 }), (runs) => {
        let flash: bigint | undefined;
        let writes = 0;
        let last = 0n;
        let taken = 0;
        for (const messages of runs) {
          let counter = startCounter(flash);
          for (let message = 0; message < messages; message++) {
            const { sequence, counter: next, reserve } = takeSequence(counter);
            if (reserve !== undefined) {
              flash = reserve;
              writes++;
            }
            expect(sequence).toBeGreaterThan(last);
            expect(sequence).toBeLessThan(flash as bigint);
            last = sequence;
            counter = next;
            taken++;
          }
        }
        expect(writes).toBeLessThanOrEqual(Math.ceil(taken / Number(RESERVATION_BLOCK)) + runs.length);
      }),
    );
  });

  it("starts at 1", () => {
    expect(takeSequence(startCounter(undefined))).toMatchObject({ sequence: 1n, reserve: 257n });
  });
});
