import { describe, expect, test } from "vitest";
import { type FoundThing, MAX_VISIT_PATH, type VisitChange } from "./visit.ts";
import { VisitMachine } from "./visit-machine.ts";
import { visitSettings } from "./visit-settings.ts";

const SETTINGS = visitSettings({ minHeight: 0.03, minSeconds: 0, endAfterSeconds: 3 }, []);

const person = (x: number, part: Partial<FoundThing> = {}): FoundThing => ({
  ...{ label: "person", score: 0.8, x, y: 0.3, width: 0.1, height: 0.5 },
  ...part,
});

/** Five looks a second from this second on. */
function watch(
  machine: VisitMachine,
  fromSecond: number,
  looks: readonly (readonly FoundThing[])[],
): VisitChange[] {
  return looks.flatMap((things, i) => machine.take({ atMs: (fromSecond + i / 5) * 1_000, things }).changes);
}
const nobody = (seconds: number): FoundThing[][] => Array.from({ length: seconds * 5 }, () => []);
const walk = (seconds: number, part: Partial<FoundThing> = {}): FoundThing[][] =>
  Array.from({ length: seconds * 5 }, (_, i) => [person(0.05 + i * 0.01, part)]);
const kinds = (changes: readonly VisitChange[]): string[] =>
  changes.map(({ kind }) => kind).filter((kind) => kind !== "went_on");

describe("a visit", () => {
  test("begins with the third look that finds somebody, at the time of the first, and ends with the last", () => {
    const machine = new VisitMachine(SETTINGS);
    const changes = watch(machine, 10, [...walk(4), ...nobody(5)]);
    expect(kinds(changes)).toEqual(["began", "ended"]);
    expect(changes[0]?.visit).toMatchObject({ startMs: 10_000, sureMs: 10_400, lastMs: 10_400, counted: 1 });
    expect(changes.at(-1)?.visit).toMatchObject({ startMs: 10_000, lastMs: 13_800, sureMs: 10_400 });
    expect(machine.isGoingOn).toBe(false);
  });

  test("is none with two looks, however sure", () => {
    const changes = watch(new VisitMachine(SETTINGS), 0, [
      ...nobody(1),
      ...walk(1, { score: 0.99 }).slice(0, 2),
      ...nobody(9),
    ]);
    expect(changes).toEqual([]);
  });

  test("goes on while somebody else of it is there, and counts how many at once and altogether", () => {
    const second = person(0.8);
    const looks = [
      ...walk(6).map(([one], i) => (i < 15 ? [one as FoundThing] : [one as FoundThing, second])),
      ...nobody(1),
    ];
    const changes = watch(new VisitMachine(SETTINGS), 0, [
      ...looks,
      ...Array.from({ length: 10 }, () => [second]),
      ...nobody(4),
    ]);
    expect(kinds(changes)).toEqual(["began", "ended"]);
    expect(changes.at(-1)?.visit).toMatchObject({ mostAtOnce: 2, counted: 2, lastMs: 8_800 });
  });

  test("of people counts people alone; of other things those", () => {
    const dog = person(0.6, { label: "dog", height: 0.1, score: 0.9 });
    const both = watch(new VisitMachine(SETTINGS), 0, [...walk(3).map(([one]) => [one as FoundThing, dog])]);
    expect(both.at(-1)?.visit).toMatchObject({ mostAtOnce: 1, counted: 1, labels: ["dog", "person"] });
    const dogs = watch(
      new VisitMachine(SETTINGS),
      0,
      walk(3).map(() => [dog]),
    );
    expect(dogs.at(-1)?.visit).toMatchObject({ counted: 1, labels: ["dog"] });
  });

  test("keeps its best look and the way that was walked, in few points", () => {
    const looks = Array.from({ length: 400 }, (_, i) => [
      person(0.1 + i * 0.001, { score: i === 200 ? 0.95 : 0.7 }),
    ]);
    const { visit } = watch(new VisitMachine(SETTINGS), 0, looks).at(-1) as VisitChange;
    expect(visit).toMatchObject({ bestMs: 40_000, best: { score: 0.95, x: 0.1 + 200 * 0.001, track: 1 } });
    expect(visit.path.length).toBeLessThanOrEqual(MAX_VISIT_PATH);
    expect(visit.path[0]?.[0]).toBeCloseTo(0.15);
    expect(visit.path.at(-1)?.[0]).toBeCloseTo(0.15 + 0.399);
    expect(visit.path.every(([, y]) => y === 0.8)).toBe(true);
    expect(visit.areaRatio).toBeCloseTo(0.05);
  });

  test("that is too short is none; one that lasts becomes one when it has", () => {
    const settings = { ...SETTINGS, minMs: 2_000 };
    expect(watch(new VisitMachine(settings), 0, [...walk(1), ...nobody(5)])).toEqual([]);
    const [began] = watch(new VisitMachine(settings), 0, walk(3));
    expect(began).toMatchObject({ kind: "began", visit: { startMs: 0, sureMs: 2_000 } });
  });

  test("is over after the silence; who comes then is another", () => {
    const machine = new VisitMachine(SETTINGS);
    const changes = watch(machine, 0, [...walk(2), ...nobody(4), ...walk(2), ...nobody(4)]);
    expect(kinds(changes)).toEqual(["began", "ended", "began", "ended"]);
    expect(changes.at(-1)?.visit).toMatchObject({ startMs: 6_000, counted: 1, best: { track: 1 } });
  });

  test("does not end because nobody looked for a while, but when nobody looks for long", () => {
    const machine = new VisitMachine(SETTINGS);
    watch(machine, 0, walk(2));
    expect(machine.pass(6_000)).toEqual([]);
    expect(machine.take({ atMs: 6_200, things: [person(0.2)] }).changes).not.toContainEqual(
      expect.objectContaining({ kind: "ended" }),
    );
    expect(kinds(machine.pass(20_000))).toEqual(["ended"]);
  });

  test("of ten minutes is divided; the next begins after it", () => {
    const looks = Array.from({ length: 610 * 5 }, () => [person(0.4)]);
    const changes = watch(new VisitMachine(SETTINGS), 0, looks);
    expect(kinds(changes)).toEqual(["began", "ended", "began"]);
    const [first, second] = [
      changes.find(({ kind }) => kind === "ended"),
      changes.findLast(({ kind }) => kind === "began"),
    ];
    expect(second?.visit.startMs).toBeGreaterThan(first?.visit.lastMs as number);
    expect(second?.visit.bestMs).toBeGreaterThanOrEqual(second?.visit.startMs as number);
  });
});

describe("what does not count", () => {
  const garden = {
    name: "Garden",
    kind: "watch",
    area: [
      [0, 0.7],
      [0.5, 0.7],
      [0.5, 1],
      [0, 1],
    ],
  } as const;

  test("is who stands outside of all zones, or in one that is ignored; feet decide", () => {
    const inside = watch(new VisitMachine({ ...SETTINGS, zones: [garden] }), 0, walk(3));
    expect(inside.at(-1)?.visit.zones).toEqual(["Garden"]);
    const outside = Array.from({ length: 15 }, () => [person(0.7)]);
    expect(watch(new VisitMachine({ ...SETTINGS, zones: [garden] }), 0, outside)).toEqual([]);
    const above = Array.from({ length: 15 }, () => [person(0.1, { y: 0.1 })]);
    expect(watch(new VisitMachine({ ...SETTINGS, zones: [garden] }), 0, above)).toEqual([]);
    const ignored = { ...garden, kind: "ignore" as const };
    expect(watch(new VisitMachine({ ...SETTINGS, zones: [ignored] }), 0, walk(3))).toEqual([]);
    expect(watch(new VisitMachine({ ...SETTINGS, zones: [ignored] }), 0, outside)).not.toEqual([]);
  });

  test("is what is too small or too large, and it is not told of either", () => {
    for (const other of [{ minHeightRatio: 0.6 }, { maxHeightRatio: 0.4 }]) {
      const machine = new VisitMachine({ ...SETTINGS, ...other });
      expect(machine.take({ atMs: 0, things: [person(0.1)] }).things).toEqual([]);
    }
    expect(new VisitMachine(SETTINGS).take({ atMs: 0, things: [person(0.1)] }).things).toEqual([
      { ...person(0.1), track: 1 },
    ]);
  });
});
