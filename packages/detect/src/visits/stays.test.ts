import fc from "fast-check";
import { expect, test } from "vitest";
import { Stays } from "./stays.ts";
import type { VisitZone } from "./visit-zone.ts";

const PAUSE_MS = 3_000;
const zone = (name: string, loiterSeconds?: number): VisitZone => ({
  ...{ name, kind: "watch", area: [] },
  ...(loiterSeconds === undefined ? {} : { loiterSeconds }),
});
const NOT_YET = { zones: [], fromMs: Number.POSITIVE_INFINITY };

test("somebody counts in a zone when looks in it, none of them long after the other, reach back far enough", () => {
  const door = zone("Door", 4);
  const step = fc.record({
    sinceMs: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 1_500 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 * PAUSE_MS }) },
    ),
    isThere: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const stays = new Stays(PAUSE_MS);
      const looksMs: number[] = [];
      let atMs = 1_000_000;
      for (const { sinceMs, isThere } of steps) {
        atMs += sinceMs;
        if (!isThere) continue;
        looksMs.push(atMs);
        const cameMs = looksMs.findLast((ms, i) => i === 0 || ms - (looksMs[i - 1] as number) > PAUSE_MS);
        const counts = atMs - (cameMs as number) >= 4_000;
        expect(stays.note(1, [door], atMs)).toEqual(counts ? { zones: ["Door"], fromMs: cameMs } : NOT_YET);
      }
    }),
  );
});

test("each zone has its own time, and one without a time counts at once", () => {
  const stays = new Stays(PAUSE_MS);
  const [lawn, door] = [zone("Lawn"), zone("Door", 4)];
  expect(stays.note(1, [door], 0)).toEqual(NOT_YET);
  expect(stays.note(1, [door, lawn], 2_000)).toEqual({ zones: ["Lawn"], fromMs: 2_000 });
  expect(stays.note(1, [door, lawn], 4_000)).toEqual({ zones: ["Door", "Lawn"], fromMs: 2_000 });
  expect(stays.note(1, [zone("Gate", 4)], 4_200)).toEqual(NOT_YET);
  expect(stays.note(1, [lawn], 4_400)).toEqual({ zones: ["Lawn"], fromMs: 2_000 });
});

test("everywhere counts at once where there is no zone, and since the first look", () => {
  const stays = new Stays(PAUSE_MS);
  expect(stays.note(1, [], 500)).toEqual({ zones: [], fromMs: 500 });
  expect(stays.note(1, [], 3_500)).toEqual({ zones: [], fromMs: 500 });
});

test("nobody's time is another's, and who has gone begins anew", () => {
  const stays = new Stays(PAUSE_MS);
  const door = zone("Door", 2);
  for (const id of [1, 2]) expect(stays.note(id, [door], id * 1_000)).toEqual(NOT_YET);
  expect(stays.note(1, [door], 3_000)).toEqual({ zones: ["Door"], fromMs: 1_000 });
  expect(stays.note(2, [door], 3_000)).toEqual(NOT_YET);
  stays.keep([{ id: 1 }]);
  expect(stays.note(2, [door], 4_000)).toEqual(NOT_YET);
  expect(stays.note(1, [door], 4_000)).toEqual({ zones: ["Door"], fromMs: 1_000 });
});
