import fc from "fast-check";
import { expect, test } from "vitest";
import type { Detection } from "../detector.ts";
import { DEFAULT_TRACKER_SETTINGS, MAX_PATH, MAX_TRACKS, type Track, Tracker } from "./tracker.ts";

const STEP_MS = 200;

const person = (x: number, y = 200, score = 0.8): Detection => ({
  label: "person",
  score,
  x1: x,
  y1: y,
  x2: x + 40,
  y2: y + 100,
});

/** Looks five times a second; answers all that ever counted, each as it was seen last. */
function follow(looks: readonly (readonly Detection[])[], tracker = new Tracker()): Track[] {
  const counted = new Map<number, Track>();
  for (const [i, detections] of looks.entries())
    for (const track of tracker.look(detections, i * STEP_MS))
      if (track.isConfirmed) counted.set(track.id, track);
  return [...counted.values()];
}

test("who walks through is one, with the way that was walked and the best look", () => {
  const looks = Array.from({ length: 20 }, (_, i) => [person(i * 15, 200, i === 7 ? 0.95 : 0.6)]);
  const tracks = follow(looks);
  expect(tracks).toHaveLength(1);
  const [track] = tracks;
  expect(track).toMatchObject({ id: 1, label: "person", firstMs: 0, lastMs: 3_800, looks: 20 });
  expect(track?.best).toMatchObject({ atMs: 1_400, score: 0.95 });
  expect(track?.path.map(({ x, y }) => [x, y])).toEqual(looks.map((_, i) => [i * 15 + 20, 300]));
});

test("two who pass each other stay two", () => {
  const looks = Array.from({ length: 30 }, (_, i) => [person(i * 10), person(290 - i * 10, 215)]);
  const tracks = follow(looks);
  expect(tracks).toHaveLength(2);
  const ends = tracks.map(({ path }) => [path[0]?.x, path.at(-1)?.x]);
  expect(ends).toEqual([
    [20, 310],
    [310, 20],
  ]);
});

test("who is hidden for two seconds while walking on is the same; who comes after four is another", () => {
  const walk = (from: number, to: number, hidden: (i: number) => boolean) =>
    Array.from({ length: to - from }, (_, i) => (hidden(from + i) ? [] : [person((from + i) * 6)]));
  expect(follow(walk(0, 40, (i) => i >= 15 && i < 25))).toHaveLength(1);
  expect(follow(walk(0, 50, (i) => i >= 15 && i < 35))).toHaveLength(2);
});

test("one wrong look, or two, are nobody", () => {
  expect(follow([[person(10)], [], [], [person(200)], [person(201)], [], []])).toEqual([]);
});

test("a thing of another class takes over nobody's place", () => {
  const dog = { ...person(100), label: "dog" };
  const looks = Array.from({ length: 10 }, (_, i) => [i % 2 === 0 ? person(100) : dog]);
  expect(follow(looks).map(({ label }) => label)).toEqual(["person", "dog"]);
});

test("somebody counts while present from the third look on", () => {
  const tracker = new Tracker();
  const counted = [0, 1, 2].map((i) => tracker.look([person(10)], i * STEP_MS)[0]?.isConfirmed);
  expect(counted).toEqual([false, false, true]);
});

test("memory stays bounded: a crowd, and an hour in one place", () => {
  const crowd = Array.from({ length: 400 }, (_, i) => person((i % 20) * 50, Math.floor(i / 20) * 120));
  expect(new Tracker().look(crowd, 0)).toHaveLength(MAX_TRACKS);
  const [track] = follow(Array.from({ length: 18_000 }, (_, i) => [person(100 + (i % 7))]));
  expect(track?.looks).toBe(18_000);
  expect(track?.path.length).toBeLessThanOrEqual(MAX_PATH);
  expect(track?.path[0]?.atMs).toBe(0);
  expect(track?.path.at(-1)?.atMs).toBe(17_999 * STEP_MS);
});

test("whatever is seen: no box belongs to two, times go forward, and nobody is counted too early", () => {
  const number = fc.integer({ min: -50, max: 700 });
  const detection = fc.tuple(number, number, number, number, fc.constantFrom("person", "dog")).map(
    ([a, b, c, d, label]): Detection => ({
      label,
      score: 0.5,
      x1: Math.min(a, b),
      x2: Math.max(a, b),
      y1: Math.min(c, d),
      y2: Math.max(c, d),
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.array(detection, { maxLength: 6 }), { maxLength: 25 }), (looks) => {
      const tracker = new Tracker();
      for (const [i, detections] of looks.entries()) {
        const present = tracker.look(detections, i * STEP_MS);
        const seenNow = present.filter(({ lastMs }) => lastMs === i * STEP_MS);
        expect(seenNow.length).toBeLessThanOrEqual(detections.length);
        expect(new Set(present.map(({ id }) => id)).size).toBe(present.length);
        for (const { firstMs, lastMs, looks: times, isConfirmed } of present) {
          expect(lastMs - firstMs).toBeGreaterThanOrEqual((times - 1) * STEP_MS);
          expect(isConfirmed).toBe(times >= DEFAULT_TRACKER_SETTINGS.confirmAfterLooks);
        }
      }
    }),
    { numRuns: 150 },
  );
});
