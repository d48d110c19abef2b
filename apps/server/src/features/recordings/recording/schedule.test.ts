import fc from "fast-check";
import { expect, test } from "vitest";
import { isScheduled, localTimeOf } from "./schedule.ts";

test("the site's own time counts, in summer and in winter", () => {
  const [winter, summer] = [Date.UTC(2026, 0, 5, 23, 30), Date.UTC(2026, 6, 5, 22, 30)];
  expect(localTimeOf(winter, "Europe/Paris")).toEqual({ day: 2, minute: 30 });
  expect(localTimeOf(summer, "Europe/Paris")).toEqual({ day: 1, minute: 30 });
  expect(localTimeOf(summer, "UTC")).toEqual({ day: 7, minute: 22 * 60 + 30 });
});

test("a span that ends before it begins goes on after midnight of the days on which it begins", () => {
  const nights = [{ days: [5, 7], fromMinute: 20 * 60, toMinute: 6 * 60 }];
  const at = (day: number, hour: number) => isScheduled(nights, { day, minute: hour * 60 });
  expect([at(5, 19), at(5, 20), at(5, 23), at(6, 5), at(6, 6), at(6, 23)]).toEqual([
    ...[false, true, true, true, false, false],
  ]);
  // Sunday's night ends on Monday.
  expect([at(7, 22), at(1, 3), at(1, 7)]).toEqual([true, true, false]);
});

test("a whole day is all of it, and an empty span nothing", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 1_439 }), (day, minute) => {
      expect(isScheduled([{ days: [day], fromMinute: 0, toMinute: 1_440 }], { day, minute })).toBe(true);
      expect(isScheduled([{ days: [day], fromMinute: minute, toMinute: minute }], { day, minute })).toBe(
        false,
      );
      expect(isScheduled([], { day, minute })).toBe(false);
    }),
  );
});
