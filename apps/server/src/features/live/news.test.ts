import { PERMISSIONS, type Permission } from "@gatehouse/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { everywhere } from "../../platform/http/testing/gates.ts";
import { type LiveValue, MAX_VALUES_PER_FRAME, News, type Wish } from "./news.ts";
import { Sight } from "./sight.ts";

const ALL: Wish = { values: "all", details: new Set(["d1"]) };
const may = (permissions: readonly Permission[]): Sight =>
  new Sight(everywhere(permissions), () => undefined);
const MAY = may(PERMISSIONS);

const liveValue = fc.tuple(
  fc.constantFrom("d1", "d2", "d3"),
  fc.constantFrom("a", "b"),
  fc.integer({ min: 0, max: 50 }),
  fc.integer(),
) as fc.Arbitrary<LiveValue>;

const newestOf = (values: readonly LiveValue[]): Map<string, number> => {
  const newest = new Map<string, number>();
  for (const [device, metric, tsMs] of values) {
    const key = `${device}:${metric}`;
    newest.set(key, Math.max(tsMs, newest.get(key) ?? tsMs));
  }
  return newest;
};

test("merged news hold the newest value of each metric, however they came", () => {
  fc.assert(
    fc.property(fc.array(fc.array(liveValue, { minLength: 1 }), { minLength: 1 }), (frames) => {
      const backlog = new News();
      for (const values of frames) backlog.absorb({ type: "batch", serverMs: 0, values });
      const batch = backlog.batchFor(ALL, MAY, 1);
      expect(batch?.merged).toBe(true);
      const found = batch?.values ?? [];
      expect(new Map(found.map(([device, metric, tsMs]) => [`${device}:${metric}`, tsMs]))).toEqual(
        newestOf(frames.flat()),
      );
      expect(found).toHaveLength(newestOf(frames.flat()).size);
    }),
  );
});

test("a frame holds every reading in order, until there are more than a screen can show", () => {
  const news = new News();
  const add = (i: number): void => news.addValue(["d1", `m${i % 10}`, i, i]);
  for (let i = 0; i < MAX_VALUES_PER_FRAME; i++) add(i);
  expect(news.batchFor(ALL, MAY, 1)?.values?.map(([, , tsMs]) => tsMs)).toEqual(
    Array.from({ length: MAX_VALUES_PER_FRAME }, (_, i) => i),
  );
  expect(news.batchFor(ALL, MAY, 1)?.merged).toBeUndefined();
  add(MAX_VALUES_PER_FRAME);
  const merged = news.batchFor(ALL, MAY, 1);
  expect(merged?.merged).toBe(true);
  expect(merged?.values).toHaveLength(10);
});

test("each part needs its permission", () => {
  const news = new News();
  news.addValue(["d1", "a", 1, 1]);
  news.setStatus("d1", "online", 1);
  news.addLog("d1", { id: "1", tsMs: 1, kind: "log", level: "info", message: "m" });
  const keys = (...permissions: (typeof PERMISSIONS)[number][]): string[] =>
    Object.keys(news.batchFor(ALL, may(permissions), 1) ?? {});
  expect(keys("telemetry.read")).toEqual(["type", "serverMs", "values"]);
  expect(keys("device.read")).toEqual(["type", "serverMs", "status", "log"]);
  expect(keys("alert.read")).toEqual([]);
});
