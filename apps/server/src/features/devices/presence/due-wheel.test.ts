import fc from "fast-check";
import { expect, test } from "vitest";
import { DueWheel } from "./due-wheel.ts";

interface Item {
  readonly atMs: number;
  dueSlot: number | undefined;
}
const item = (atMs: number): Item => ({ atMs, dueSlot: undefined });

test("everything is taken once, not before its time and at most a second late", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100_000)), fc.array(fc.integer({ min: 1, max: 30_000 })), (times, steps) => {
      const wheel = new DueWheel<Item>(0);
      const items = times.map(item);
      for (const each of items) wheel.schedule(each, each.atMs);
      const taken = new Set<Item>();
      let nowMs = 0;
      for (const step of steps) {
        nowMs += step;
        for (const each of wheel.take(nowMs)) {
          expect(each.atMs).toBeLessThanOrEqual(nowMs);
          expect(taken.has(each)).toBe(false);
          taken.add(each);
        }
      }
      for (const each of items) if (each.atMs + 1_000 < nowMs) expect(taken.has(each)).toBe(true);
    }),
  );
});

test("an item that is looked at waits for its earlier time only", () => {
  const wheel = new DueWheel<Item>(0);
  const one = item(0);
  wheel.schedule(one, 50_000);
  wheel.schedule(one, 5_000);
  wheel.schedule(one, 70_000);
  expect([...wheel.take(5_000)]).toEqual([one]);
  expect([...wheel.take(100_000)]).toEqual([]);
});

test("a clock that went back has everything looked at again", () => {
  const wheel = new DueWheel<Item>(1_000_000);
  const one = item(0);
  wheel.schedule(one, 1_060_000);
  expect([...wheel.take(500_000)]).toEqual([one]);
  wheel.schedule(one, 510_000);
  expect([...wheel.take(510_000)]).toEqual([one]);
});

test("a removed item is never taken", () => {
  const wheel = new DueWheel<Item>(0);
  const one = item(0);
  wheel.schedule(one, 1_000);
  wheel.remove(one);
  expect([...wheel.take(10_000)]).toEqual([]);
});
