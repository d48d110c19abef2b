import { expect, it } from "vitest";
import { isTimely } from "./timely.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const nowMs = 1_800_000_000_000;
const judge = (ageMs: number, storedLate = false): boolean =>
  isTimely({ sentMs: nowMs - ageMs, storedLate }, nowMs, 7 * DAY_MS);

it("takes a live message within five minutes, before and after", () => {
  expect([-5 * MINUTE_MS, 0, 5 * MINUTE_MS].map((age) => judge(age))).toEqual([true, true, true]);
  expect([-5 * MINUTE_MS - 1, 5 * MINUTE_MS + 1, DAY_MS].map((age) => judge(age))).toEqual([
    false,
    false,
    false,
  ]);
});

it("takes a stored message up to the tenant's limit, but none from the future", () => {
  expect(judge(7 * DAY_MS, true)).toBe(true);
  expect(judge(7 * DAY_MS + 1, true)).toBe(false);
  expect(judge(-5 * MINUTE_MS - 1, true)).toBe(false);
});

it("leaves a sender without a clock to its sequence", () => {
  for (const storedLate of [false, true])
    expect(isTimely({ sentMs: 0, storedLate }, nowMs, DAY_MS)).toBe(true);
});
