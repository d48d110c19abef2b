import type { Reading } from "@gatehouse/contract";
import { access } from "@gatehouse/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS, startOf } from "../model.ts";
import { mergeBuckets } from "../query/buckets.ts";
import { type House, openHouse, testClock } from "../testing/house.ts";

const DAY = Date.UTC(2026, 5, 1);
const FAR = DAY + 30 * DAY_MS;

const at = (tsMs: number, a: number, b = a * 2): Partial<Reading> => ({
  tsMs,
  numbers: [
    ["a", a],
    ["b", b],
  ],
});

async function column(house: House, text: string): Promise<unknown[]> {
  const { rows } = await house.database.pool.query<unknown[]>({ text, rowMode: "array" });
  return rows.map((row) => row[0]);
}

const partitions = (house: House): Promise<unknown[]> =>
  column(
    house,
    "select inhrelid::regclass::text from pg_inherits where inhparent = 'telemetry'::regclass order by 1",
  );

async function read(house: House, metric: string, fromMs: number, toMs: number, more: object = {}) {
  const ref = `${house.deviceIds[0]}:${metric}`;
  const [history] = await house.telemetry.history(access.wholeTenant(house.tenantId), {
    series: [ref],
    fromMs,
    toMs,
    maxPoints: 10_000,
    ...more,
  });
  if (history === undefined) throw new Error("no history");
  return history;
}

interface Sample {
  readonly tsMs: number;
  readonly a: number;
}

/** Buckets as they must be, straight from the samples. */
function bruteForce(
  samples: readonly Sample[],
  widthMs: number,
): (readonly [number, number, number, number, number])[] {
  const groups = Map.groupBy(samples, ({ tsMs }) => startOf(tsMs, widthMs));
  return [...groups]
    .sort(([x], [y]) => x - y)
    .map(([tsMs, group]) => {
      const values = group.map(({ a }) => a);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [tsMs, values.length, Math.min(...values), Math.max(...values), mean] as const;
    });
}

const rowsOf = ({ t, n, min, max, v }: Awaited<ReturnType<typeof read>>) =>
  t.map((tsMs, i) => [tsMs, n?.[i], min?.[i], max?.[i], v[i]]);

function expectBuckets(found: unknown[][], wanted: readonly (readonly number[])[]): void {
  expect(found.map((row) => row.slice(0, 4))).toEqual(wanted.map((row) => row.slice(0, 4)));
  for (const [i, row] of found.entries()) expect(row[4]).toBeCloseTo(wanted[i]?.[4] as number, 6);
}

const samples = fc.uniqueArray(
  fc.record({
    tsMs: fc.integer({ min: 0, max: 2 * DAY_MS - 1 }).map((ms) => DAY + ms),
    a: fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((a) => a + 0),
  }),
  { selector: ({ tsMs }) => tsMs, minLength: 1, maxLength: 400 },
);

test("whatever is stored, in whatever order: packed or not, it reads the same, and rollups equal brute force", async () => {
  await fc.assert(
    fc.asyncProperty(samples, fc.double({ min: 0, max: 1, noNaN: true }), async (all, share) => {
      const clock = testClock(DAY + 2 * DAY_MS + HOUR_MS);
      await using house = await openHouse({ clock });
      const split = Math.floor(all.length * share);
      const [first, late] = [all.slice(0, split), all.slice(split)];
      const sorted = [...all].sort((x, y) => x.tsMs - y.tsMs);
      const expectAll = async (): Promise<void> => {
        const raw = await read(house, "a", DAY, DAY + 2 * DAY_MS, { resolution: "raw" });
        expect(raw.t).toEqual(sorted.map(({ tsMs }) => tsMs));
        expect(raw.v).toEqual(sorted.map(({ a }) => a));
        const b = await read(house, "b", DAY, DAY + 2 * DAY_MS, { resolution: "raw" });
        expect(b.v).toEqual(sorted.map(({ a }) => a * 2));
      };
      await house.send(...first.map(({ tsMs, a }) => at(tsMs, a)));
      await house.run("telemetry.rollup");
      clock.nowAt = DAY + 3 * DAY_MS;
      await house.run("telemetry.rollup");
      await house.run("telemetry.pack");
      expect(await column(house, "select count(*)::int from telemetry where ts < '2026-06-03'")).toEqual([0]);
      await house.send(...late.map(({ tsMs, a }) => at(tsMs, a)));
      await expectAll();
      await house.send(...all.map(({ tsMs, a }) => at(tsMs, a)));
      await house.run("telemetry.rollup");
      await house.run("telemetry.pack");
      await expectAll();
      expect(await column(house, "select count(*)::int from telemetry where ts < '2026-06-03'")).toEqual([0]);
      expect(await column(house, "select count(*)::int from telemetry_conflicts")).toEqual([0]);
      const minutes = await read(house, "a", DAY, DAY + 2 * DAY_MS, { resolution: "1m" });
      expectBuckets(rowsOf(minutes), bruteForce(all, MINUTE_MS));
      const hours = await read(house, "a", DAY, DAY + 2 * DAY_MS, { resolution: "1h" });
      expectBuckets(rowsOf(hours), bruteForce(all, HOUR_MS));
    }),
    { numRuns: 6 },
  );
}, 60_000);

test("a packed day's partition is gone, and what comes in for it later is packed too", async () => {
  const clock = testClock(DAY + HOUR_MS);
  await using house = await openHouse({ clock });
  await house.send(at(DAY + 1, 1), at(DAY + 2, 2), at(DAY + HOUR_MS - 1, 3));
  clock.nowAt = DAY + DAY_MS + 7 * HOUR_MS;
  await house.run("telemetry.rollup");
  await house.run("telemetry.pack");
  expect(await partitions(house)).not.toContain("telemetry_20260601");
  expect(await column(house, "select n from telemetry_packed")).toEqual([3]);
  expect(await house.send(at(DAY + 2, 2), at(DAY + 2, 9), at(DAY + 5, 5))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(await partitions(house)).toContain("telemetry_20260601");
  expect((await read(house, "a", DAY, DAY + DAY_MS)).v).toEqual([1, 2, 5, 3]);
  await house.run("telemetry.rollup");
  await house.run("telemetry.pack");
  expect(await partitions(house)).not.toContain("telemetry_20260601");
  const history = await read(house, "a", DAY, DAY + DAY_MS);
  expect(history).toMatchObject({ v: [1, 2, 5, 3], conflicts: 1, resolution: "raw" });
});

test("a day is not packed before its rollups are made", async () => {
  const clock = testClock(DAY + HOUR_MS);
  await using house = await openHouse({ clock });
  await house.send(at(DAY + 1, 1));
  clock.nowAt = DAY + 3 * DAY_MS;
  await house.run("telemetry.pack");
  expect(await partitions(house)).toContain("telemetry_20260601");
});

test("the right edge has no hole: minutes that are not rolled up yet are computed for the reader", async () => {
  const clock = testClock(DAY + 12 * HOUR_MS);
  await using house = await openHouse({ clock });
  const all: Sample[] = Array.from({ length: 600 }, (_, i) => ({
    tsMs: DAY + 11 * HOUR_MS + i * 6000,
    a: Math.sin(i),
  }));
  await house.send(...all.slice(0, 500).map(({ tsMs, a }) => at(tsMs, a)));
  await house.run("telemetry.rollup");
  await house.send(...all.slice(500).map(({ tsMs, a }) => at(tsMs, a)));
  for (const resolution of ["1m", "1h"] as const) {
    const history = await read(house, "a", DAY, DAY + DAY_MS, { resolution });
    expectBuckets(rowsOf(history), bruteForce(all, resolution === "1m" ? MINUTE_MS : HOUR_MS));
  }
  expect(await column(house, "select metrics from metric_sets")).toEqual([["a", "b"]]);
});

test("values that came in several messages are counted once in every rollup", async () => {
  const clock = testClock(DAY + 12 * HOUR_MS);
  await using house = await openHouse({ clock });
  const all = Array.from({ length: 40 }, (_, i) => ({ tsMs: DAY + i * 10 * MINUTE_MS, a: i }));
  for (const { tsMs, a } of all) await house.send(a % 2 === 0 ? at(tsMs, a) : { tsMs, numbers: [["a", a]] });
  await house.run("telemetry.rollup");
  const history = await read(house, "a", DAY, DAY + DAY_MS, { resolution: "1h" });
  expectBuckets(rowsOf(history), bruteForce(all, HOUR_MS));
});

test("the resolution is the finest that fits, and extremes survive the coarsest", async () => {
  const clock = testClock(DAY + 20 * DAY_MS);
  await using house = await openHouse({ clock });
  const all = Array.from({ length: 1500 }, (_, i) =>
    at(DAY + i * 18 * MINUTE_MS, i === 1234 ? 9999 : i % 10),
  );
  await house.send(...all);
  await house.run("telemetry.rollup");
  const fit = async (toMs: number, maxPoints: number) =>
    (await read(house, "a", DAY, toMs, { maxPoints })).resolution;
  expect(await fit(DAY + DAY_MS, 500)).toBe("raw");
  expect(await fit(DAY + HOUR_MS, 10)).toBe("raw");
  expect(await fit(DAY + 20 * DAY_MS, 500)).toBe("1h");
  const wide = await read(house, "a", DAY, DAY + 20 * DAY_MS, { maxPoints: 50 });
  expect(wide.t.length).toBeLessThanOrEqual(50);
  expect(wide.truncated).toBe(false);
  expect(Math.max(...(wide.max ?? []))).toBe(9999);
  expect(wide.n?.reduce((sum, n) => sum + n, 0)).toBe(1500);
});

test("numbers whose sum no float can hold do not stop the rollup", async () => {
  const clock = testClock(DAY + HOUR_MS);
  await using house = await openHouse({ clock });
  await house.send(at(DAY, Number.MAX_VALUE, 1), at(DAY + 1, Number.MAX_VALUE, 2), at(DAY + 2, -5, 3));
  clock.nowAt = DAY + 2 * HOUR_MS;
  await house.run("telemetry.rollup");
  const history = await read(house, "a", DAY, DAY + HOUR_MS, { resolution: "1h" });
  expect(history).toMatchObject({ n: [3], max: [Number.MAX_VALUE], min: [-5] });
  expect(
    await column(
      house,
      "select array[cardinality(min), cardinality(max), cardinality(sum)] from telemetry_1m",
    ),
  ).toEqual([[2, 2, 2]]);
  expect(await house.telemetry.points()).toEqual({ total: 6, perDay: 6 });
  expect((await read(house, "b", DAY, DAY + HOUR_MS, { resolution: "1h" })).v).toEqual([2]);
});

test("rolling up twice, or after a restart, changes nothing", async () => {
  const clock = testClock(DAY + 5 * HOUR_MS);
  await using house = await openHouse({ clock });
  await house.send(...Array.from({ length: 100 }, (_, i) => at(DAY + i * MINUTE_MS, i)));
  await house.run("telemetry.rollup");
  const before = await column(house, "select array_agg(t.* order by set_id, ts)::text from telemetry_1m t");
  await house.database.pool.query("update telemetry_progress set value = 0");
  await house.restart();
  await house.run("telemetry.rollup");
  await house.run("telemetry.rollup");
  expect(await column(house, "select array_agg(t.* order by set_id, ts)::text from telemetry_1m t")).toEqual(
    before,
  );
});

test("retention lets go of readings first and of rollups later, and keeps the state that still holds", async () => {
  const clock = testClock(DAY + HOUR_MS);
  await using house = await openHouse({ clock });
  await house.send({ ...at(DAY, 1), states: [["on", true]] }, { ...at(DAY + 1, 2), states: [["on", false]] });
  clock.nowAt = DAY + 3 * DAY_MS;
  await house.run("telemetry.rollup");
  await house.run("telemetry.pack");
  clock.nowAt = DAY + 402 * DAY_MS;
  await house.run("telemetry.retention");
  expect((await read(house, "a", DAY, DAY + DAY_MS, { resolution: "raw" })).v).toEqual([]);
  expect((await read(house, "a", DAY, DAY + DAY_MS, { resolution: "1h" })).v).toEqual([1.5]);
  expect((await read(house, "on", FAR, FAR + DAY_MS)).s).toEqual([false]);
  expect(await column(house, "select count(*)::int from state_changes")).toEqual([1]);
  clock.nowAt = DAY + 900 * DAY_MS;
  await house.run("telemetry.retention");
  expect((await read(house, "a", DAY, DAY + DAY_MS, { resolution: "1h" })).v).toEqual([]);
  expect(
    await column(
      house,
      "select inhrelid::regclass::text from pg_inherits where inhparent = 'telemetry_1m'::regclass",
    ),
  ).toEqual([]);
});

test("what a deleted device leaves behind is removed, and another device's is not", async () => {
  const clock = testClock(DAY + HOUR_MS);
  await using house = await openHouse({ clock, devices: 2 });
  const [gone, stays] = house.deviceIds as [string, string];
  await house.send(
    { ...at(DAY, 1), deviceId: gone, states: [["on", true]] },
    { ...at(DAY, 9), deviceId: gone },
    { ...at(DAY, 1), deviceId: stays, states: [["on", true]] },
  );
  clock.nowAt = DAY + 2 * HOUR_MS;
  await house.run("telemetry.rollup");
  await house.database.pool.query("delete from devices where id = $1", [gone]);
  await house.run("telemetry.purge");
  for (const table of [
    "metric_sets",
    "telemetry",
    "telemetry_1m",
    "telemetry_1h",
    "state_series",
    "state_changes",
  ])
    expect([table, await column(house, `select count(*)::int from ${table}`)]).toEqual([table, [1]]);
  expect(await column(house, "select count(*)::int from telemetry_conflicts")).toEqual([0]);
  expect((await house.send({ ...at(DAY + 5, 1), deviceId: gone }))[0]?.code).toBe("device.not_found");
});

test("joined buckets are the buckets of everything in them", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ tsMs: fc.integer({ min: 0, max: DAY_MS }), a: fc.integer({ min: -99, max: 99 }) }),
        { minLength: 1 },
      ),
      (all) => {
        const minutes = bruteForce(all, MINUTE_MS).map(([tsMs, n, min, max, mean]) => ({
          tsMs,
          n,
          min,
          max,
          sum: mean * n,
        }));
        const hours = mergeBuckets(minutes, HOUR_MS).map(({ tsMs, n, min, max, sum }) => [
          tsMs,
          n,
          min,
          max,
          sum / n,
        ]);
        expectBuckets(hours, bruteForce(all, HOUR_MS));
      },
    ),
  );
});
