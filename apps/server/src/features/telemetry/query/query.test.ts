import type { Readable } from "node:stream";
import type { telemetry } from "@gatehouse/contract";
import { access } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { csvField } from "../../../platform/http/csv.ts";
import { DAY_MS } from "../model.ts";
import { directoryOf, type House, openHouse, START_MS } from "../testing/house.ts";
import { exportReadings } from "./export.ts";
import type { HistoryReader } from "./history.ts";

const ask = (house: House, metrics: readonly string[], more: Partial<telemetry.History> = {}) =>
  house.telemetry.history(access.wholeTenant(house.tenantId), {
    series: metrics.map((metric) => `${house.deviceIds[0]}:${metric}`),
    fromMs: START_MS,
    toMs: START_MS + DAY_MS,
    ...more,
  });

test("another tenant's series is not found, whoever owns it", async () => {
  await using house = await openHouse();
  await using other = await openHouse();
  await house.send({ numbers: [["t", 1]] });
  const request = { series: [`${house.deviceIds[0]}:t`], fromMs: START_MS, toMs: START_MS + 1 };
  await expect(house.telemetry.history(access.wholeTenant(other.tenantId), request)).rejects.toMatchObject({
    code: "telemetry.series_not_found",
  });
});

test("a metric without readings has an empty history, in the order asked", async () => {
  await using house = await openHouse();
  await house.send({ numbers: [["t", 1]] });
  const found = await ask(house, ["none", "t"]);
  expect(found.map(({ t, v }) => [t, v])).toEqual([
    [[], []],
    [[START_MS], [1]],
  ]);
});

test("an empty or endless range is refused", async () => {
  await using house = await openHouse();
  for (const toMs of [START_MS, START_MS - 1, START_MS + 4000 * DAY_MS])
    await expect(ask(house, ["t"], { toMs })).rejects.toMatchObject({ code: "telemetry.range_invalid" });
});

test("a state's history begins with what held at the start of the range", async () => {
  await using house = await openHouse();
  const door = (tsMs: number, value: string) => ({ tsMs, states: [["door", value]] as [string, string][] });
  await house.send(door(START_MS - 500, "shut"), door(START_MS + 10, "open"), door(START_MS + 20, "shut"));
  const [history] = await ask(house, ["door"]);
  expect(history).toMatchObject({ t: [START_MS, START_MS + 10, START_MS + 20], s: ["shut", "open", "shut"] });
});

test("more raw readings than asked for are cut, and said to be", async () => {
  await using house = await openHouse();
  await house.send(
    ...Array.from({ length: 30 }, (_, i) => ({
      tsMs: START_MS + i,
      numbers: [["t", i]] as [string, number][],
    })),
  );
  const ref = `${house.deviceIds[0]}:t`;
  const [cut] = await house.telemetry.history(access.wholeTenant(house.tenantId), {
    series: [ref],
    fromMs: START_MS,
    toMs: START_MS + DAY_MS,
    maxPoints: 10,
    resolution: "raw",
  });
  expect(cut).toMatchObject({ truncated: true, v: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
});

async function collect(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test("an export holds every reading in UTC, as CSV and as JSON lines", async () => {
  await using house = await openHouse();
  const deviceId = house.deviceIds[0] as string;
  await house.send(
    { tsMs: START_MS, numbers: [["t", -1.5]], states: [["s", '=HYPERLINK("x")']] },
    { tsMs: START_MS + 1, numbers: [["t", 2]], states: [["s", "plain, with comma"]] },
  );
  const reader = {
    values: (
      { deviceId: id, metric }: { deviceId: string; metric: string },
      from: number,
      to: number,
      limit: number,
    ) => house.telemetry.values(id, metric, from, to, limit),
  } as HistoryReader;
  const [device] = await directoryOf(house.database.pool).find(access.wholeTenant(house.tenantId), [
    deviceId,
  ]);
  const request = {
    series: ["t", "s"].map((metric) => ({ deviceId, metric })),
    fromMs: START_MS,
    toMs: START_MS + 10,
  };
  const devices = new Map(device === undefined ? [] : [[deviceId, device]]);
  const name = device?.name;
  expect(await collect(exportReadings(reader, devices, { ...request, format: "csv" }))).toBe(
    [
      "time,site,device,metric,unit,value",
      `2026-06-01T12:00:00.000Z,Café,${name},t,°C,-1.5`,
      `2026-06-01T12:00:00.001Z,Café,${name},t,°C,2`,
      `2026-06-01T12:00:00.000Z,Café,${name},s,,"'=HYPERLINK(""x"")"`,
      `2026-06-01T12:00:00.001Z,Café,${name},s,,"plain, with comma"`,
      "",
    ].join("\r\n"),
  );
  const lines = (await collect(exportReadings(reader, devices, { ...request, format: "json" })))
    .trim()
    .split("\n");
  expect(lines.map((line) => JSON.parse(line).value)).toEqual([
    -1.5,
    2,
    '=HYPERLINK("x")',
    "plain, with comma",
  ]);
});

test("an export reads no further than its client takes, and stops when the client is gone", async () => {
  let asked = 0;
  const values = async (_key: unknown, fromMs: number, _to: number, limit: number) => {
    asked++;
    return Array.from({ length: limit }, (_, i) => ({ tsMs: fromMs + i, value: i }));
  };
  const stream = exportReadings({ values }, new Map(), {
    format: "csv",
    series: [{ deviceId: "d", metric: "t" }],
    fromMs: 0,
    toMs: 1e12,
  });
  await new Promise((resolve) => stream.once("readable", resolve));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked).toBeLessThan(4);
  stream.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const before = asked;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toBe(before);
});

test("an export of more than a page has every reading once", async () => {
  await using house = await openHouse();
  const count = 11_000;
  await house.send(
    ...Array.from({ length: count }, (_, i) => ({
      tsMs: START_MS + i * 7,
      numbers: [["t", i]] as [string, number][],
    })),
  );
  const deviceId = house.deviceIds[0] as string;
  const reader = {
    values: (key: { deviceId: string; metric: string }, from: number, to: number, limit: number) =>
      house.telemetry.values(key.deviceId, key.metric, from, to, limit),
  } as HistoryReader;
  const text = await collect(
    exportReadings(reader, new Map(), {
      format: "json",
      series: [{ deviceId, metric: "t" }],
      fromMs: START_MS,
      toMs: START_MS + DAY_MS,
    }),
  );
  const values = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).value);
  expect(values).toEqual(Array.from({ length: count }, (_, i) => i));
});

test.each([
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["-x", "'-x"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\tx", "'\tx"],
  ["a\nb", '"a\nb"'],
  ['say "x"', '"say ""x"""'],
])("text %j is written so that no spreadsheet runs it", (text, field) => {
  expect(csvField(text)).toBe(field);
});
