import { describe, expect, test } from "vitest";
import { armedIn, isEmptySchedule, localMinute } from "./schedule.ts";

const utc = (text: string): number => Date.parse(text);
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

describe("a schedule in a time zone", () => {
  test("is armed from its first minute up to its last", () => {
    const office = armedIn({ days: [1, 2, 3, 4, 5], fromMinute: 480, toMinute: 1080 }, "Europe/Paris");
    // Monday 2 March 2026, winter time: UTC+1
    expect(office(utc("2026-03-02T06:59:59Z"))).toBe(false);
    expect(office(utc("2026-03-02T07:00:00Z"))).toBe(true);
    expect(office(utc("2026-03-02T16:59:59Z"))).toBe(true);
    expect(office(utc("2026-03-02T17:00:00Z"))).toBe(false);
    expect(office(utc("2026-03-01T10:00:00Z"))).toBe(false);
  });

  test("spans midnight on the account of the day on which it begins", () => {
    const fridayNight = armedIn({ days: [5], fromMinute: 1320, toMinute: 360 }, "UTC");
    expect(fridayNight(utc("2026-03-06T21:59:00Z"))).toBe(false);
    expect(fridayNight(utc("2026-03-06T22:00:00Z"))).toBe(true);
    expect(fridayNight(utc("2026-03-07T05:59:00Z"))).toBe(true);
    expect(fridayNight(utc("2026-03-07T06:00:00Z"))).toBe(false);
    expect(fridayNight(utc("2026-03-06T03:00:00Z"))).toBe(false);
    const sundayNight = armedIn({ days: [7], fromMinute: 1320, toMinute: 360 }, "UTC");
    expect(sundayNight(utc("2026-03-09T01:00:00Z"))).toBe(true);
  });

  test("follows the wall clock over both changes of the hour", () => {
    const morning = armedIn({ days: EVERY_DAY, fromMinute: 480, toMinute: 540 }, "Europe/Paris");
    expect(morning(utc("2026-03-28T07:30:00Z"))).toBe(true);
    expect(morning(utc("2026-03-29T06:30:00Z"))).toBe(true);
    expect(morning(utc("2026-03-29T07:30:00Z"))).toBe(false);
    expect(morning(utc("2026-10-24T06:30:00Z"))).toBe(true);
    expect(morning(utc("2026-10-25T07:30:00Z"))).toBe(true);
  });

  test("an hour that the change of the clock skips is not armed, one that comes twice is armed twice", () => {
    const night = armedIn({ days: EVERY_DAY, fromMinute: 130, toMinute: 150 }, "Europe/Paris");
    for (let minute = 0; minute < 180; minute++)
      expect(night(utc("2026-03-29T00:00:00Z") + minute * 60_000)).toBe(false);
    expect(night(utc("2026-10-25T00:15:00Z"))).toBe(true);
    expect(night(utc("2026-10-25T01:15:00Z"))).toBe(true);
  });

  test("a whole day ends at midnight, and zones with odd offsets are right to the minute", () => {
    const monday = armedIn({ days: [1], fromMinute: 0, toMinute: 1440 }, "Asia/Kathmandu");
    expect(monday(utc("2026-03-01T18:14:59Z"))).toBe(false);
    expect(monday(utc("2026-03-01T18:15:00Z"))).toBe(true);
    expect(monday(utc("2026-03-02T18:15:00Z"))).toBe(false);
    expect(localMinute("Asia/Kathmandu", utc("2026-03-01T18:15:00Z"))).toEqual({ weekday: 1, minute: 0 });
  });

  test("without a schedule always, and a schedule without a minute is empty", () => {
    expect(armedIn(undefined, "UTC")(0)).toBe(true);
    expect(isEmptySchedule({ days: [1], fromMinute: 60, toMinute: 60 })).toBe(true);
    expect(isEmptySchedule({ days: [1], fromMinute: 1320, toMinute: 0 })).toBe(false);
    expect(isEmptySchedule({ days: [1], fromMinute: 0, toMinute: 1440 })).toBe(false);
  });

  test("an unknown zone is refused by name", () => {
    expect(() => armedIn({ days: [1], fromMinute: 0, toMinute: 1 }, "Mars/Olympus")(0)).toThrow(
      expect.objectContaining({ code: "rule.invalid" }),
    );
  });
});
