import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bucketsOf,
  clampView,
  dayText,
  dayView,
  LONGEST_VIEW_MS,
  MAX_BUCKETS,
  panView,
  SHORTEST_VIEW_MS,
  spanOf,
  ticksOf,
  timeAt,
  viewEndingNow,
  viewWith,
  xOf,
  zoomView,
} from "./view.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 19, 19, 2, 37);
const view = { fromMs: NOW_MS - 6 * HOUR_MS, toMs: NOW_MS };
const views = fc
  .record({ agoMs: fc.integer({ min: 0, max: 1e10 }), spanMs: fc.integer({ min: 1, max: 5e9 }) })
  .map(({ agoMs, spanMs }) => clampView({ fromMs: NOW_MS - agoMs - spanMs, toMs: NOW_MS - agoMs }, NOW_MS));

describe("a view of time", () => {
  it("is linear, and a place in it is a time again", () => {
    fc.assert(
      fc.property(
        views,
        fc.integer({ min: 1, max: 4_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, width, at) => {
          const atMs = Math.round(one.fromMs + at * spanOf(one));
          expect(Math.abs(timeAt(one, xOf(one, atMs, width), width) - atMs)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("shows between five minutes and 31 days, hardly anything of it after now", () => {
    fc.assert(
      fc.property(views, fc.double({ min: 0.01, max: 100, noNaN: true }), (one, factor) => {
        const zoomed = zoomView(one, factor, one.fromMs, NOW_MS);
        expect(spanOf(zoomed)).toBeGreaterThanOrEqual(SHORTEST_VIEW_MS);
        expect(spanOf(zoomed)).toBeLessThanOrEqual(LONGEST_VIEW_MS);
        expect(zoomed.toMs - NOW_MS).toBeLessThanOrEqual(spanOf(zoomed) * 0.05);
      }),
    );
  });

  it("keeps what the pointer is on where it is while it zooms", () => {
    const old = { fromMs: NOW_MS - 48 * HOUR_MS, toMs: NOW_MS - 40 * HOUR_MS };
    const pivotMs = old.fromMs + 2 * HOUR_MS;
    const zoomed = zoomView(old, 0.5, pivotMs, NOW_MS);
    expect(spanOf(zoomed)).toBe(4 * HOUR_MS);
    expect(xOf(zoomed, pivotMs, 800)).toBeCloseTo(xOf(old, pivotMs, 800), 5);
  });

  it("moves no further than to now", () => {
    expect(panView(view, -HOUR_MS, NOW_MS)).toEqual({
      fromMs: view.fromMs - HOUR_MS,
      toMs: view.toMs - HOUR_MS,
    });
    expect(panView(view, 99 * HOUR_MS, NOW_MS)).toEqual(viewEndingNow(6 * HOUR_MS, NOW_MS));
  });

  it("stays when an instant is in it, and goes there otherwise", () => {
    expect(viewWith(view, NOW_MS - HOUR_MS, NOW_MS)).toBe(view);
    const beforeMs = view.fromMs - 3 * HOUR_MS;
    const moved = viewWith(view, beforeMs, NOW_MS);
    expect(beforeMs).toBeGreaterThan(moved.fromMs);
    expect(beforeMs).toBeLessThan(moved.toMs);
    expect(spanOf(moved)).toBe(spanOf(view));
  });
});

describe("days of the site", () => {
  it("begin at its midnight and have 23 or 25 hours when the clocks change", () => {
    const plain = dayView("2026-11-19", "America/Toronto");
    expect(plain).toEqual({ fromMs: Date.UTC(2026, 10, 19, 5), toMs: Date.UTC(2026, 10, 20, 5) });
    const longer = dayView("2026-11-01", "America/Toronto");
    expect(longer && spanOf(longer)).toBe(25 * HOUR_MS);
    const shorter = dayView("2026-03-08", "America/Toronto");
    expect(shorter && spanOf(shorter)).toBe(23 * HOUR_MS);
    expect(dayText(Date.UTC(2026, 10, 20, 3), "America/Toronto")).toBe("2026-11-19");
    expect(dayView("", "America/Toronto")).toBeUndefined();
  });
});

describe("the ruler", () => {
  const clock = (timeZone: string) =>
    new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  it("has round hours of the site's clock, also of zones with half hours", () => {
    for (const zone of ["America/Toronto", "Asia/Kolkata", "Asia/Kathmandu", "UTC"]) {
      const ticks = ticksOf(view, 1_000, zone);
      expect(ticks.length).toBeGreaterThanOrEqual(5);
      for (const { atMs } of ticks) expect(clock(zone).format(atMs)).toMatch(/:00$/);
    }
  });

  it("stays round over a change of the clocks", () => {
    const days = { fromMs: Date.UTC(2026, 9, 31, 4), toMs: Date.UTC(2026, 10, 3, 5) };
    const ticks = ticksOf(days, 1_200, "America/Toronto");
    for (const { atMs } of ticks) expect(clock("America/Toronto").format(atMs)).toMatch(/^(00|06|12|18):00$/);
    expect(ticks.filter(({ isDay }) => isDay)).toHaveLength(4);
  });

  it("keeps its marks apart and in order at every width and zoom", () => {
    fc.assert(
      fc.property(views, fc.integer({ min: 200, max: 3_000 }), (one, width) => {
        const ticks = ticksOf(one, width, "America/Toronto");
        expect(ticks.length).toBeLessThanOrEqual(width / 70 + 2);
        for (const [n, tick] of ticks.entries())
          if (n > 0) expect(tick.atMs).toBeGreaterThan(ticks[n - 1]?.atMs ?? 0);
      }),
      { numRuns: 60 },
    );
  });
});

describe("buckets", () => {
  it("cover the view exactly once, never more than the server answers", () => {
    fc.assert(
      fc.property(views, fc.integer({ min: 100, max: 20_000 }), (one, width) => {
        const { fromMs, toMs, count, bucketMs } = bucketsOf(one, width);
        expect(fromMs).toBeLessThanOrEqual(one.fromMs);
        expect(toMs).toBeGreaterThanOrEqual(one.toMs);
        expect(one.fromMs - fromMs).toBeLessThan(bucketMs);
        expect(count).toBe((toMs - fromMs) / bucketMs);
        expect(Number.isInteger(count)).toBe(true);
        expect(count).toBeLessThanOrEqual(MAX_BUCKETS);
      }),
    );
  });

  it("have the same edges after panning", () => {
    const { bucketMs, fromMs } = bucketsOf(view, 1_000);
    const panned = bucketsOf(panView(view, -3 * bucketMs - 17, NOW_MS), 1_000);
    expect(panned.bucketMs).toBe(bucketMs);
    expect((fromMs - panned.fromMs) % bucketMs).toBe(0);
  });
});
