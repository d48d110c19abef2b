import { expect, test } from "vitest";
import { CloneWatch } from "./clone-watch.ts";

const KEY = "00112233445566aa";
const MINUTE_MS = 60_000;

/** What the watch says of messages in the order of their arrival: boot, sequence, minute by the sender's clock. */
function verdicts(...messages: readonly (readonly [bootId: number, sequence: number, minute?: number])[]) {
  const watch = new CloneWatch();
  return messages.map(([bootId, sequence, minute]) => {
    const sentMs = minute === undefined ? 0 : 1_000_000_000_000 + minute * MINUTE_MS;
    const header = { senderKeyId: KEY, bootId, sequence: BigInt(sequence), sentMs };
    const isSecond = watch.isSecondMachine(header);
    if (!isSecond) watch.noteBoot(header);
    return isSecond;
  });
}

test("a machine that restarts is one machine", () => {
  expect(verdicts([1, 1], [1, 2], [2, 257], [2, 258], [3, 513])).toEqual([false, false, false, false, false]);
});

test("what an earlier start left behind may come late and out of order", () => {
  expect(verdicts([1, 1], [2, 257], [1, 3], [1, 2], [2, 258])).toEqual([false, false, false, false, false]);
});

test("an earlier start that goes on after a later one began is a second machine", () => {
  expect(verdicts([1, 10], [2, 11], [1, 12])).toEqual([false, false, true]);
});

test("a copy that jumps far ahead in its sequences is told by the clock", () => {
  expect(verdicts([1, 10, 0], [2, 1_000_000, 1], [1, 11, 2], [1, 12, 7])).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

test("a machine set back to an older state uses its sequences again and is still one machine", () => {
  expect(verdicts([1, 10], [1, 500], [2, 20], [2, 21])).toEqual([false, false, false, false]);
});

test("a session that is used half a minute after a newer one began is of a second machine", () => {
  const watch = new CloneWatch();
  expect(watch.noteSession(KEY, "a", 0)).toBe(false);
  expect(watch.noteSession(KEY, "b", 1_000)).toBe(false);
  expect(watch.noteSession(KEY, "a", 5_000)).toBe(false);
  expect(watch.noteSession(KEY, "b", 60_000)).toBe(false);
  expect(watch.noteSession(KEY, "a", 60_001)).toBe(true);
});

test("keys have nothing to do with one another", () => {
  const watch = new CloneWatch();
  watch.noteSession(KEY, "a", 0);
  watch.noteSession("ffffffffffffffff", "b", 1_000);
  expect(watch.noteSession(KEY, "a", 60_000)).toBe(false);
});
