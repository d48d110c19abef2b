import { encodeMeterReading, METER_FLAGS, type MeterReading } from "@gatehouse/device-types/meter-reading";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { SiteHouse } from "../../compose/testing/site-house.ts";

let house: SiteHouse;
let meter: string;
beforeAll(async () => {
  house = await SiteHouse.open(20);
}, 60_000);
afterAll(async () => house?.end());
beforeEach(() => {
  meter = house.add("meter", "m");
});

const say = (n: number, wh: number, more: Partial<MeterReading> = {}) =>
  house.read(meter, { n, registers: { "1.8.0": wh }, ...more });
const list = async () => (await house.call("GET /signed-readings", { id: meter })).items;

test("a reading is kept as it was signed, beside its history", async () => {
  expect(await say(1, 10_432_871, { flags: METER_FLAGS.tamper })).toBeUndefined();
  const [kept] = await list();
  expect(kept).toMatchObject({
    serial: "GH1",
    counter: 1,
    registers: { "1.8.0": 10_432_871 },
    flags: ["tamper"],
  });
  expect(kept.keyId).toBe("00112233445566aa");
  const signed = Buffer.from(kept.signed, "base64url");
  expect(signed.subarray(0, 112)).toEqual(Buffer.alloc(112, 7));
  const last = new Map(
    house.telemetry
      .lastValues([meter])
      .get(meter)
      ?.map(({ metric, value }) => [metric, value]),
  );
  expect([last.get("energy"), last.get("tamper"), last.get("serial")]).toEqual([10_432.871, true, "GH1"]);
});

test("the counter rises and the register never falls within a serial number", async () => {
  expect(await say(5, 1_000)).toBeUndefined();
  expect(await say(6, 999)).toBe("meter.contradiction");
  expect(await say(6, 1_000)).toBeUndefined();
  expect(await say(5, 1_001)).toBe("meter.contradiction");
  expect(await list()).toHaveLength(2);
});

test("a reading that waited at the site finds its place between those that came before it", async () => {
  expect(await say(1, 1_000)).toBeUndefined();
  expect(await say(3, 3_000)).toBeUndefined();
  expect(await say(2, 3_001, { t: 1_772_366_400 })).toBe("meter.contradiction");
  expect(await say(2, 999)).toBe("meter.contradiction");
  expect(await say(2, 2_000, { t: Math.floor(house.clock.nowMs() / 1_000) - 60 })).toBeUndefined();
});

test("it falls where it rolls over, and another meter begins anew", async () => {
  expect(await say(1, 99_999_999)).toBeUndefined();
  expect(await say(2, 5)).toBe("meter.contradiction");
  expect(await say(2, 5, { flags: METER_FLAGS.rollover })).toBeUndefined();
  expect(await say(1, 0, { serial: "GH2", flags: METER_FLAGS.replaced })).toBeUndefined();
  expect(await say(2, 7, { serial: "GH2" })).toBeUndefined();
});

test("the same reading in a new envelope is stored already; another under its number is refused", async () => {
  const t = Math.floor(house.clock.nowMs() / 1_000);
  expect(await say(1, 1_000, { t })).toBeUndefined();
  expect(await say(1, 1_000, { t })).toBeUndefined();
  expect(await say(1, 1_000, { t: t + 1 })).toBe("meter.contradiction");
  expect(await list()).toHaveLength(1);
});

test("many at once are judged one after the other", async () => {
  const results = await Promise.all([3, 1, 2, 4, 4].map((n, i) => say(n, n * 100 + (i === 4 ? 1 : 0))));
  expect(results.filter((code) => code === "meter.contradiction")).toHaveLength(1);
  expect(await list()).toHaveLength(4);
});

test("what is no reading, or no meter's, is refused", async () => {
  const other = house.add("thermometer", "t");
  expect(await house.read(other)).toBe("message.schema");
  expect(await house.readBytes(meter, Buffer.from("{}"))).toBe("message.schema");
  const fraction = {
    v: 1,
    n: 1,
    t: 1,
    kind: "asked",
    registers: { "1.8.0": 0.5 },
    flags: 0,
    serial: "A",
    digits: 8,
  };
  expect(await house.readBytes(meter, encodeMeterReading(fraction as MeterReading))).toBe("message.schema");
  expect(await list()).toEqual([]);
});

test("a meter without a clock is read when its reading comes", async () => {
  // The door for devices puts the time of arrival where this is outside its window.
  const times: number[] = [];
  const payload = encodeMeterReading({
    v: 1,
    n: 1,
    t: 5,
    kind: "scheduled",
    registers: { "1.8.0": 1 },
    flags: METER_FLAGS.clockUnset,
    serial: "GH1",
    digits: 8,
  });
  const { tenantId } = house;
  await house.sites.meterReading(
    { tenantId, deviceId: meter, senderKeyId: "", payload, signed: payload },
    async ({ tsMs }) => {
      times.push(tsMs);
      return "server.busy";
    },
  );
  expect(times).toEqual([0]);
});
