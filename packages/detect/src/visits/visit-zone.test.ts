import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FoundThing, VisitChange } from "./visit.ts";
import { VisitMachine } from "./visit-machine.ts";
import { visitSettings } from "./visit-settings.ts";
import { type VisitZone, zonesOf } from "./visit-zone.ts";

const CHOSEN = { minHeight: 0.03, minSeconds: 0, endAfterSeconds: 3 };
/** The left and the right half of the picture. */
const half = (name: string, left: number, asks: Partial<VisitZone> = {}): VisitZone => ({
  ...{ name, kind: "watch" },
  area: [
    [left, 0],
    [left + 0.5, 0],
    [left + 0.5, 1],
    [left, 1],
  ],
  ...asks,
});
/** `x` is where the feet are. */
const person = (x: number, part: Partial<FoundThing> = {}): FoundThing => ({
  ...{ label: "person", score: 0.8, x: x - 0.05, y: 0.3, width: 0.1, height: 0.5 },
  ...part,
});

/** Five looks a second. */
function watch(zones: readonly VisitZone[], looks: readonly (readonly FoundThing[])[]): VisitChange[] {
  const machine = new VisitMachine(visitSettings(CHOSEN, zones));
  return looks.flatMap((things, i) => machine.take({ atMs: i * 200, things }).changes);
}
const kinds = (changes: readonly VisitChange[]): string[] =>
  changes.map(({ kind }) => kind).filter((kind) => kind !== "went_on");
const stand = (seconds: number, x = 0.25): FoundThing[][] =>
  Array.from({ length: seconds * 5 }, () => [person(x)]);
const nobody = (seconds: number): FoundThing[][] => Array.from({ length: seconds * 5 }, () => []);
/** A tenth of the picture's width a second. */
const walk = (from: number, to: number): FoundThing[][] => {
  const steps = Math.round(Math.abs(to - from) * 50);
  return Array.from({ length: steps }, (_, i) => [person(from + ((to - from) * i) / steps)]);
};

describe("a zone that asks how long somebody stays", () => {
  const door = half("Door", 0, { loiterSeconds: 10 });

  test.each([
    ["who passes is no visit", [...stand(9), ...nobody(9)], []],
    ["nor is who comes again after they had gone", [...stand(9), ...nobody(4), ...stand(9)], []],
    ["nor are two who pass, one after the other", [...stand(9), ...nobody(4), ...stand(9, 0.4)], []],
    ["who stays is one", [...stand(12), ...nobody(4)], ["began", "ended"]],
    [
      "also whom looks miss for a moment",
      [...stand(6), ...nobody(2), ...stand(4), ...nobody(4)],
      ["began", "ended"],
    ],
    [
      "and who steps out of it for a moment",
      [...stand(6, 0.45), ...stand(2, 0.55), ...stand(4, 0.45)],
      ["began"],
    ],
  ])("%s", (_what, looks, expected) => {
    const changes = watch([door], looks);
    expect(kinds(changes)).toEqual(expected);
    for (const { visit } of changes)
      expect(visit).toMatchObject({ startMs: 0, sureMs: 10_000, zones: ["Door"], counted: 1 });
  });

  test("shows who stays before they count, so that looks go on", () => {
    const machine = new VisitMachine(visitSettings(CHOSEN, [door]));
    const followed = machine.take({ atMs: 0, things: [person(0.25)] });
    expect(followed.things).toHaveLength(1);
    expect(machine.isGoingOn).toBe(false);
  });

  test("leaves others as they are: what counts began where it counts, and who does not yet is not counted", () => {
    const lawn = half("Lawn", 0.5);
    const crossing = watch([door, lawn], [...stand(6, 0.41), ...walk(0.41, 0.61), ...stand(2, 0.61)]);
    expect(crossing.at(-1)?.visit).toMatchObject({ zones: ["Lawn"], startMs: 7_000 });
    const other = person(0.25);
    const both = watch([door, lawn], [...stand(4, 0.75).map(([one]) => [one as FoundThing, other])]);
    expect(both.at(-1)?.visit).toMatchObject({ zones: ["Lawn"], counted: 1, mostAtOnce: 1 });
  });

  test("ends a visit that goes on elsewhere, and begins another when somebody has stayed", () => {
    const lawn = half("Lawn", 0.5);
    const changes = watch([door, lawn], [...stand(4, 0.61), ...walk(0.61, 0.41), ...stand(12, 0.41)]);
    expect(kinds(changes)).toEqual(["began", "ended", "began"]);
    expect(changes.at(-1)?.visit).toMatchObject({ zones: ["Door"], startMs: 5_200 });
  });
});

describe("a zone that asks for a score", () => {
  const looks = fc.array(
    fc.array(
      fc.record({
        x: fc.double({ min: 0.06, max: 0.94, noNaN: true }),
        score: fc.double({ min: 0.45, max: 0.95, noNaN: true }),
        height: fc.double({ min: 0.1, max: 0.6, noNaN: true }),
      }),
      { maxLength: 3 },
    ),
    { maxLength: 40 },
  );

  test("is as one that asks for nothing before a detector that finds less in it", () => {
    const zones = (asks: Partial<VisitZone>) => [half("Door", 0, asks), half("Lawn", 0.5)];
    fc.assert(
      fc.property(looks, (found) => {
        const all = found.map((things) => things.map(({ x, ...part }) => person(x, part)));
        const sure = all.map((things) => things.filter(({ x, score }) => x + 0.05 >= 0.5 || score >= 0.7));
        expect(watch(zones({ minScore: 0.7 }), all)).toEqual(watch(zones({}), sure));
      }),
    );
  });

  test("takes nothing from another around it", () => {
    const yard: VisitZone = {
      ...half("Yard", 0),
      area: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
    };
    const door = half("Door", 0, { minScore: 0.7 });
    const namesAt = (score: number) =>
      zonesOf([yard, door], person(0.25, { score }))?.map(({ name }) => name);
    expect(namesAt(0.6)).toEqual(["Yard"]);
    expect(namesAt(0.7)).toEqual(["Yard", "Door"]);
    expect(zonesOf([door], person(0.25, { score: 0.6 }))).toBeUndefined();
    expect(zonesOf([{ ...door, kind: "ignore" }], person(0.75, { score: 0.6 }))).toEqual([]);
  });
});

test("what is larger than the greatest height, or smaller than the least, might as well not be there", () => {
  const things = fc.array(
    fc.array(
      fc.record({
        x: fc.double({ min: 0.06, max: 0.94, noNaN: true }),
        height: fc.double({ min: 0.02, max: 0.7, noNaN: true }),
      }),
      {
        maxLength: 3,
      },
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(things, (found) => {
      const all = found.map((look) => look.map(({ x, height }) => person(x, { height })));
      const run = (maxHeight: number | undefined, looks: FoundThing[][]) => {
        const bounds = { ...CHOSEN, minHeight: 0.1, ...(maxHeight === undefined ? {} : { maxHeight }) };
        const machine = new VisitMachine(visitSettings(bounds, []));
        return looks.map((look, i) => machine.take({ atMs: i * 200, things: look }));
      };
      const fitting = all.map((look) => look.filter(({ height }) => height >= 0.1 && height <= 0.4));
      expect(run(0.4, all)).toEqual(run(undefined, fitting));
    }),
  );
});
