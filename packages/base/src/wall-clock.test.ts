import { expect, test } from "vitest";
import { isWithinSpan, localMinute } from "./wall-clock.ts";

test("the site's own time counts, in summer and in winter", () => {
  const [winter, summer] = [Date.UTC(2026, 0, 5, 23, 30), Date.UTC(2026, 6, 5, 22, 30)];
  expect(localMinute("Europe/Paris", winter)).toEqual({ weekday: 2, minute: 30 });
  expect(localMinute("Europe/Paris", summer)).toEqual({ weekday: 1, minute: 30 });
  expect(localMinute("UTC", summer)).toEqual({ weekday: 7, minute: 22 * 60 + 30 });
});

test("a span that ends before it begins goes on after midnight of the days on which it begins", () => {
  const nights = { days: [5, 7], fromMinute: 20 * 60, toMinute: 6 * 60 };
  const at = (weekday: number, hour: number) => isWithinSpan(nights, { weekday, minute: hour * 60 });
  expect([at(5, 19), at(5, 20), at(5, 23), at(6, 5), at(6, 6), at(6, 23)]).toEqual([
    ...[false, true, true, true, false, false],
  ]);
  // Sunday's night ends on Monday.
  expect([at(7, 22), at(1, 3), at(1, 7)]).toEqual([true, true, false]);
});

test("a whole day is all of it", () => {
  for (let minute = 0; minute < 1_440; minute++)
    expect(isWithinSpan({ days: [3], fromMinute: 0, toMinute: 1_440 }, { weekday: 3, minute })).toBe(true);
});
