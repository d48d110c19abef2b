import fc from "fast-check";
import { expect, test } from "vitest";
import { type EventChange, EventMachine, LONGEST_EVENT_MS } from "./event-machine.ts";
import { strengthDigit } from "./strength.ts";

const look = (atMs: number, share: number, zones: readonly string[] = []) => ({
  atMs,
  share,
  moves: share > 0,
  zones,
});
const kinds = (changes: readonly EventChange[]): string[] => changes.map(({ kind }) => kind);

test("an event begins with the third look that moves, and then it began with the first", () => {
  const machine = new EventMachine({ endAfterMs: 8_000 });
  expect(machine.take(look(1_000, 0.1))).toEqual([]);
  expect(machine.take(look(1_200, 0.3))).toEqual([]);
  expect(machine.take(look(1_400, 0))).toEqual([]);
  expect(machine.take(look(1_600, 0.2))).toEqual([
    { kind: "began", event: { startMs: 1_000, lastMs: 1_600, strength: 0.3, bestMs: 1_200, zones: [] } },
  ]);
});

test("three looks that are far apart are none", () => {
  const machine = new EventMachine({ endAfterMs: 8_000 });
  for (const atMs of [0, 6_000, 12_000, 18_000]) expect(machine.take(look(atMs, 0.5))).toEqual([]);
  for (const atMs of [30_000, 30_200, 30_400, 30_600, 30_800])
    expect(machine.take(look(atMs, atMs % 600 === 0 ? 0.5 : 0))).toEqual([]);
});

test("it goes on while something moves, keeps its best picture and its zones, and ends after the silence", () => {
  const machine = new EventMachine({ endAfterMs: 5_000 });
  for (const atMs of [0, 200, 400]) machine.take(look(atMs, 0.1, ["Door"]));
  expect(kinds(machine.take(look(4_000, 0.4, ["Path"])))).toEqual(["went_on"]);
  expect(kinds(machine.take(look(8_000, 0.2)))).toEqual(["went_on"]);
  expect(machine.take(look(12_000, 0))).toEqual([]);
  expect(machine.pass(12_999)).toEqual([]);
  expect(machine.pass(13_000)).toEqual([
    {
      kind: "ended",
      event: { startMs: 0, lastMs: 8_000, strength: 0.4, bestMs: 4_000, zones: ["Door", "Path"] },
    },
  ]);
  expect(machine.event).toBeUndefined();
});

test("a camera that stops sending ends its event too", () => {
  const machine = new EventMachine({ endAfterMs: 5_000 });
  for (const atMs of [0, 200, 400]) machine.take(look(atMs, 0.1));
  expect(kinds(machine.take(look(60_000, 0.3)))).toEqual(["ended"]);
});

test("what never rests is divided", () => {
  const machine = new EventMachine({ endAfterMs: 5_000 });
  const all: EventChange[] = [];
  for (let atMs = 0; atMs <= 2 * LONGEST_EVENT_MS; atMs += 200) all.push(...machine.take(look(atMs, 0.3)));
  expect(kinds(all).filter((kind) => kind !== "went_on")).toEqual(["began", "ended", "began", "ended"]);
});

test("whatever is seen, events do not overlap, last as long as they should, and hold their best picture", () => {
  const steps = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 9_000 }), fc.constantFrom(0, 0, 0.1, 0.5, 1), fc.boolean()),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(steps, fc.integer({ min: 1_000, max: 20_000 }), (taken, endAfterMs) => {
      const machine = new EventMachine({ endAfterMs });
      const all: EventChange[] = [];
      let atMs = 0;
      for (const [sinceMs, share, looked] of taken) {
        atMs += sinceMs;
        all.push(...(looked ? machine.take(look(atMs, share)) : machine.pass(atMs)));
      }
      all.push(...machine.end());
      const turns = all.filter(({ kind }) => kind !== "went_on");
      let lastMs = -1;
      turns.forEach(({ kind, event }, i) => {
        expect(kind).toBe(i % 2 === 0 ? "began" : "ended");
        if (kind === "began") expect(event.startMs).toBeGreaterThan(lastMs);
        else lastMs = event.lastMs;
        expect(event.bestMs).toBeGreaterThanOrEqual(event.startMs);
        expect(event.bestMs).toBeLessThanOrEqual(event.lastMs);
        expect(event.lastMs - event.startMs).toBeLessThan(LONGEST_EVENT_MS + 20_000);
      });
      expect(turns.length % 2).toBe(0);
    }),
  );
});

test("strength for timelines doubles with each step and ends at nine", () => {
  const digit = (share: number): number => strengthDigit({ share, threshold: 0.01, moves: share >= 0.01 });
  expect([0, 0.009, 0.01, 0.02, 0.05, 1].map(digit)).toEqual([0, 0, 1, 2, 3, 7]);
  expect(strengthDigit({ share: 1, threshold: 0.001, moves: true })).toBe(9);
});
