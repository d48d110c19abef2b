import { describe, expect, it } from "vitest";
import { coverOf, spanDraftOf, spanFrom, wrongOfSpan } from "./schedule.ts";

const draft = { key: "1", days: [1], from: "08:00", to: "18:00" };

describe("a span of the week", () => {
  it("goes to the server and back", () => {
    const span = { days: [1, 6], fromMinute: 22 * 60, toMinute: 6 * 60 + 30 };
    expect(spanDraftOf(span, "1")).toEqual({ key: "1", days: [1, 6], from: "22:00", to: "06:30" });
    expect(spanFrom(spanDraftOf(span, "1"))).toEqual(span);
  });

  it("may last a whole day, whose end is written 00:00", () => {
    const whole = { days: [7], fromMinute: 0, toMinute: 1_440 };
    expect(spanFrom({ ...draft, days: [7], from: "00:00", to: "00:00" })).toEqual(whole);
    expect(wrongOfSpan({ ...draft, from: "00:00", to: "00:00" })).toBeUndefined();
    expect(spanDraftOf(whole, "1").to).toBe("00:00");
  });

  it("needs days and two different times", () => {
    expect(wrongOfSpan(draft)).toBeUndefined();
    expect(wrongOfSpan({ ...draft, days: [] })).toBe("days");
    expect(wrongOfSpan({ ...draft, to: "08:00" })).toBe("times");
    expect(wrongOfSpan({ ...draft, from: "" })).toBe("times");
    expect(wrongOfSpan({ ...draft, from: "24:10" })).toBe("times");
  });
});

describe("what a week covers", () => {
  it("goes past midnight into the next day, from Sunday into Monday", () => {
    const week = coverOf([{ days: [7], fromMinute: 1_320, toMinute: 360 }]);
    expect(week.get(7)).toEqual([{ fromMinute: 1_320, toMinute: 1_440 }]);
    expect(week.get(1)).toEqual([{ fromMinute: 0, toMinute: 360 }]);
    expect(week.get(2)).toEqual([]);
  });

  it("joins spans that overlap or touch", () => {
    const week = coverOf([
      { days: [1], fromMinute: 600, toMinute: 720 },
      { days: [1], fromMinute: 480, toMinute: 600 },
      { days: [1], fromMinute: 700, toMinute: 710 },
      { days: [1], fromMinute: 900, toMinute: 960 },
    ]);
    expect(week.get(1)).toEqual([
      { fromMinute: 480, toMinute: 720 },
      { fromMinute: 900, toMinute: 960 },
    ]);
  });
});
