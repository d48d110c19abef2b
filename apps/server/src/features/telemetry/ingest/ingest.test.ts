import type { Reading } from "@gatehouse/contract";
import { access } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { openHouse, START_MS, testClock } from "../testing/house.ts";

const count = async (house: Awaited<ReturnType<typeof openHouse>>, table = "telemetry"): Promise<number> =>
  (await house.database.pool.query(`select count(*)::int as n from ${table}`)).rows[0].n;

const number = (tsMs: number, value: number, metric = "t"): Partial<Reading> => ({
  tsMs,
  numbers: [[metric, value]],
});

test("a reading is answered only after another connection can read it", async () => {
  await using house = await openHouse();
  const deviceId = house.deviceIds[0] as string;
  const seen = await new Promise<Promise<number>>((resolve) => {
    house.telemetry.submit(
      {
        tenantId: house.tenantId,
        deviceId,
        typeId: "generic",
        tsMs: START_MS,
        receivedMs: START_MS,
        numbers: [["t", 1]],
        states: [["on", true]],
      },
      () => resolve(count(house)),
    );
  });
  expect(await seen).toBe(1);
  expect(await count(house, "state_changes")).toBe(1);
});

test("answers come in order of arrival, refused readings among them", async () => {
  await using house = await openHouse();
  const order: (string | number)[] = [];
  for (let i = 0; i < 300; i++)
    house.telemetry.submit(
      {
        tenantId: house.tenantId,
        deviceId: house.deviceIds[0] as string,
        typeId: "generic",
        tsMs: START_MS + i,
        receivedMs: START_MS,
        numbers: [["t", i % 7 === 0 ? Number.NaN : i]],
        states: [],
      },
      (error) => order.push(error === undefined ? i : `${i} ${error.code}`),
    );
  await house.telemetry.flush();
  expect(order).toEqual(Array.from({ length: 300 }, (_, i) => (i % 7 === 0 ? `${i} message.not_finite` : i)));
  expect(await count(house)).toBe(300 - 43);
});

test("the same reading again is kept once, also after a restart", async () => {
  await using house = await openHouse();
  const readings = Array.from({ length: 50 }, (_, i) => ({
    tsMs: START_MS + i * 1000,
    numbers: [
      ["t", i],
      ["h", i * 2],
    ] as [string, number][],
    states: [["on", i % 10 < 5]] as [string, boolean][],
  }));
  expect(await house.send(...readings)).toEqual(readings.map(() => undefined));
  expect(await house.send(...readings)).toEqual(readings.map(() => undefined));
  await house.restart();
  expect(await house.send(...readings, ...readings)).toEqual([...readings, ...readings].map(() => undefined));
  expect(await count(house)).toBe(50);
  expect(await count(house, "state_changes")).toBe(10);
  expect(await count(house, "telemetry_conflicts")).toBe(0);
});

test("another value for a known instant is refused by the first, logged and counted", async () => {
  await using house = await openHouse();
  await house.send(number(START_MS, 20), number(START_MS, 20), number(START_MS, 21), number(START_MS, 21));
  await house.send(number(START_MS, 22));
  const { rows } = await house.database.pool.query(
    "select kept, refused from telemetry_conflicts order by refused",
  );
  expect(rows).toEqual([
    { kept: "20", refused: "21" },
    { kept: "20", refused: "22" },
  ]);
  const ref = `${house.deviceIds[0]}:t`;
  const [history] = await house.telemetry.history(access.wholeTenant(house.tenantId), {
    series: [ref],
    fromMs: START_MS,
    toMs: START_MS + 1,
  });
  expect(history).toMatchObject({ t: [START_MS], v: [20], conflicts: 1 });
  expect(house.telemetry.stats().conflicts).toBe(3);
});

test("metrics of one instant may come in several messages, in any order and combination", async () => {
  await using house = await openHouse();
  await house.send({
    tsMs: START_MS,
    numbers: [
      ["a", 1],
      ["b", 2],
    ],
  });
  await house.send({
    tsMs: START_MS,
    numbers: [
      ["b", 2],
      ["a", 1],
    ],
  });
  await house.send({
    tsMs: START_MS,
    numbers: [
      ["c", 3],
      ["b", 9],
    ],
  });
  await house.send({
    tsMs: START_MS,
    numbers: [
      ["b", 2],
      ["c", 3],
      ["d", 4],
    ],
  });
  const history = await house.telemetry.history(access.wholeTenant(house.tenantId), {
    series: ["a", "b", "c", "d"].map((metric) => `${house.deviceIds[0]}:${metric}`),
    fromMs: START_MS,
    toMs: START_MS + 1,
  });
  expect(history.map(({ v, conflicts }) => [v, conflicts])).toEqual([
    [[1], 0],
    [[2], 1],
    [[3], 0],
    [[4], 0],
  ]);
});

test("out-of-order readings all arrive, and the newest value stays the newest", async () => {
  await using house = await openHouse();
  await house.send(
    number(START_MS + 5, 5),
    number(START_MS + 1, 1),
    number(START_MS + 3, 3),
    number(START_MS + 1, 1),
  );
  const deviceId = house.deviceIds[0] as string;
  expect(house.telemetry.lastValues([deviceId]).get(deviceId)).toEqual([
    { metric: "t", tsMs: START_MS + 5, value: 5 },
  ]);
  const restarted = await house.restart();
  expect(restarted.lastValues([deviceId]).get(deviceId)).toEqual([
    { metric: "t", tsMs: START_MS + 5, value: 5 },
  ]);
  expect(
    (await house.telemetry.values(deviceId, "t", 0, START_MS + 9, 10)).map(({ value }) => value),
  ).toEqual([1, 3, 5]);
});

test("a program that was killed finds the newest values that it never saved", async () => {
  await using house = await openHouse();
  const deviceId = house.deviceIds[0] as string;
  await house.send({ tsMs: START_MS, numbers: [["t", 1]], states: [["door", "open"]] });
  await house.database.pool.query("update metric_sets set last_ts = null, last_values = null");
  await house.restart();
  await house.database.pool.query(
    "update metric_sets set last_ts = null, last_values = null; update state_series set last_ts = null, last_value = null",
  );
  const restarted = await house.restart();
  expect(restarted.lastValues([deviceId]).get(deviceId)).toEqual([
    { metric: "t", tsMs: START_MS, value: 1 },
    { metric: "door", tsMs: START_MS, value: "open" },
  ]);
});

test("one reading that the database cannot take refuses no other", async () => {
  await using house = await openHouse();
  await house.database.pool.query("alter table telemetry add constraint poison check (v[1] <> 666)");
  const answers = await house.send(
    ...Array.from({ length: 200 }, (_, i) => number(START_MS + i, i === 77 ? 666 : i)),
  );
  expect(answers.findIndex((error) => error !== undefined)).toBe(77);
  expect(answers.filter((error) => error !== undefined)).toHaveLength(1);
  expect(await count(house)).toBe(199);
});

test("every text is kept exactly, whatever is in it", async () => {
  await using house = await openHouse();
  const naughty = ["\u0000", "\ud800", "'; drop table telemetry;--", "😀\u202e", "x".repeat(1024), ""];
  const answers = await house.send(
    ...naughty.map((value, i) => ({ tsMs: START_MS + i, states: [["s", value]] as [string, string][] })),
  );
  expect(answers).toEqual(naughty.map(() => undefined));
  const values = await house.telemetry.values(house.deviceIds[0] as string, "s", 0, START_MS + 99, 99);
  expect(values.map(({ value }) => value)).toEqual(naughty);
  await house.send(
    ...naughty.map((_, i) => ({
      tsMs: START_MS + i,
      states: [["s", "y".repeat(1024) + i]] as [string, string][],
    })),
  );
  expect(await count(house, "telemetry_conflicts")).toBe(naughty.length);
});

test("extreme numbers are kept to the last bit", async () => {
  await using house = await openHouse();
  const extremes = [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -0, 2 ** 53 + 2, 0.1 + 0.2];
  await house.send(...extremes.map((value, i) => number(START_MS + i, value)));
  const deviceId = house.deviceIds[0] as string;
  expect(
    (await house.telemetry.values(deviceId, "t", 0, START_MS + 99, 99)).map(({ value }) => value),
  ).toEqual(extremes);
  const restarted = await house.restart();
  expect(restarted.lastValues([deviceId]).get(deviceId)?.[0]?.value).toBe(0.1 + 0.2);
});

test("instants far from now are refused, and partitions for late ones are made", async () => {
  const clock = testClock();
  await using house = await openHouse({ clock });
  const day = 86_400_000;
  const answers = await house.send(
    number(0, 1),
    number(START_MS + 2 * day, 1),
    number(Date.UTC(2100, 0), 1),
    number(START_MS - 300 * day, 1),
    number(START_MS + 0.5, 1),
  );
  expect(answers.map((error) => error?.code)).toEqual([
    "message.timestamp",
    "message.timestamp",
    "message.timestamp",
    undefined,
    "message.timestamp",
  ]);
  const { rows } = await house.database.pool.query(
    "select to_regclass('telemetry_20250805') is not null as made",
  );
  expect(rows).toEqual([{ made: true }]);
});

test("a device sends at most 256 different metrics, and every order of the known ones", async () => {
  await using house = await openHouse();
  const names = Array.from({ length: 260 }, (_, i) => `m${i}`);
  const answers = await house.send(...names.map((metric, i) => number(START_MS + i, i, metric)));
  expect(answers.filter((error) => error?.code === "message.too_many_metrics")).toHaveLength(4);
  const many = Array.from({ length: 80 }, (_, i) => ({
    tsMs: START_MS + 1000 + i,
    numbers: [
      [`m${i}`, 1],
      [`m${i + 1}`, 2],
      ["m200", 3],
    ] as [string, number][],
  }));
  expect((await house.send(...many)).every((error) => error === undefined)).toBe(true);
  const values = await house.telemetry.values(
    house.deviceIds[0] as string,
    "m200",
    START_MS + 1000,
    START_MS + 9999,
    999,
  );
  expect(values).toHaveLength(80);
});

test("a device that does not exist, or is another tenant's, gets a refusal and nothing is stored", async () => {
  await using house = await openHouse();
  const other = await openHouse();
  const answers = await house.send(
    { ...number(START_MS, 1), deviceId: "01990000-0000-7000-8000-000000000000" },
    { ...number(START_MS, 1), tenantId: "01990000-0000-7000-8000-000000000001" },
    number(START_MS, 1),
  );
  expect(answers.map((error) => error?.code)).toEqual(["device.not_found", "device.not_found", undefined]);
  await house.send({ ...number(START_MS + 1, 1) });
  expect((await house.send({ ...number(START_MS + 2, 1), tenantId: other.tenantId }))[0]?.code).toBe(
    "device.not_found",
  );
  await other[Symbol.asyncDispose]();
});

test("late states are put where they belong", async () => {
  await using house = await openHouse();
  const state = (tsMs: number, value: boolean): Partial<Reading> => ({
    tsMs: START_MS + tsMs,
    states: [["on", value]],
  });
  await house.send(state(10, true), state(20, true), state(30, true));
  await house.send(state(15, false));
  await house.send(state(30, false), state(5, true));
  const values = await house.telemetry.values(
    house.deviceIds[0] as string,
    "on",
    START_MS,
    START_MS + 99,
    99,
  );
  expect(values.map(({ tsMs, value }) => [tsMs - START_MS, value])).toEqual([
    [5, true],
    [10, true],
    [15, false],
    [30, true],
  ]);
  expect(await count(house, "telemetry_conflicts")).toBe(1);
});

test("the bus hears each committed batch once, after its answers", async () => {
  await using house = await openHouse();
  const events: string[] = [];
  house.bus.subscribe("readings.stored", ({ readings }) => events.push(`stored ${readings.length}`));
  await new Promise<void>((resolve) => {
    house.bus.subscribe("readings.stored", () => resolve());
    for (let i = 0; i < 3; i++)
      house.telemetry.submit(
        {
          tenantId: house.tenantId,
          deviceId: house.deviceIds[0] as string,
          typeId: "generic",
          tsMs: START_MS + i,
          receivedMs: START_MS,
          numbers: [["t", i]],
          states: [],
        },
        () => events.push("done"),
      );
  });
  expect(events).toEqual(["done", "done", "done", "stored 3"]);
});
