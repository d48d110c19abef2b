import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReplayWindow, WINDOW_MESSAGES } from "./replay-window.ts";

/** Accepts what is unseen; says what was accepted. */
function feed(window: ReplayWindow, sequence: number): boolean {
  const isUnseen = window.isUnseen(sequence);
  if (isUnseen) window.accept(sequence);
  return isUnseen;
}

describe("the replay window", () => {
  it("accepts each sequence once", () => {
    const window = new ReplayWindow();
    expect([0, 1, 0, 3, 2, 2, 3].map((sequence) => feed(window, sequence))).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it("accepts the last of its 1,024 and refuses the one before", () => {
    const window = new ReplayWindow();
    feed(window, 5_000);
    expect(window.isUnseen(5_000 - WINDOW_MESSAGES + 1)).toBe(true);
    expect(window.isUnseen(5_000 - WINDOW_MESSAGES)).toBe(false);
  });

  it("forgets nothing when it jumps by exactly its length, or one less or more", () => {
    for (const jump of [WINDOW_MESSAGES - 1, WINDOW_MESSAGES, WINDOW_MESSAGES + 1]) {
      const window = new ReplayWindow();
      for (let sequence = 0; sequence < 2 * WINDOW_MESSAGES; sequence++) feed(window, sequence);
      const top = 2 * WINDOW_MESSAGES - 1 + jump;
      expect(feed(window, top)).toBe(true);
      for (let sequence = 0; sequence < 2 * WINDOW_MESSAGES; sequence++)
        expect(window.isUnseen(sequence)).toBe(false);
      expect(feed(window, top - 1)).toBe(true);
    }
  });

  it("agrees with a plain set for any order of any numbers", () => {
    const steps = fc.array(
      fc.oneof(
        fc.nat(3_000),
        fc.nat(40).map((n) => 1_000 + n),
        fc.nat(2 ** 32),
      ),
      {
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(steps, (sequences) => {
        const window = new ReplayWindow();
        const accepted = new Set<number>();
        let highest = -1;
        for (const sequence of sequences) {
          const expected = !accepted.has(sequence) && sequence > highest - WINDOW_MESSAGES;
          expect(feed(window, sequence)).toBe(expected);
          if (expected) accepted.add(sequence);
          if (expected && sequence > highest) highest = sequence;
        }
      }),
      { numRuns: 300, seed: 42 },
    );
  });
});
