import type { alerts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { isQuietDraftRight, NIGHT, quietDraftOf, quietHoursOf, wrongSpan } from "./quiet-draft.ts";

const QUIET: alerts.QuietHours = {
  spans: [
    { days: [6, 7], fromMinute: 0, toMinute: 540 },
    { days: [1], fromMinute: 1320, toMinute: 420 },
  ],
  passes: "nothing",
  rest: "drop",
  timeZone: "Europe/Paris",
};

test("what is read and not touched is written as it was", () => {
  expect(quietHoursOf(quietDraftOf(QUIET))).toEqual(QUIET);
  expect(quietHoursOf(quietDraftOf(undefined))).toBeUndefined();
});

test("switched off they are not sent, and wrong spans stop nothing", () => {
  const draft = { ...quietDraftOf(QUIET), spans: [{ ...NIGHT, days: [] }] };
  expect(isQuietDraftRight(draft)).toBe(false);
  expect(isQuietDraftRight({ ...draft, on: false })).toBe(true);
  expect(quietHoursOf({ ...draft, on: false })).toBeUndefined();
});

test("a span needs a day, and a start that is not its end", () => {
  expect(wrongSpan(NIGHT)).toBeUndefined();
  expect(wrongSpan({ ...NIGHT, days: [] })).toBe("wrongDays");
  expect(wrongSpan({ ...NIGHT, to: NIGHT.from })).toBe("wrongTimes");
  expect(wrongSpan({ ...NIGHT, to: "" })).toBe("wrongTimes");
});
