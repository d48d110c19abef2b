import { afterAll, beforeAll, expect, test } from "vitest";
import { MeteringSite } from "../../bench/lib/metering-site.ts";

// The whole way of "read all meters": server, agents as gateways, and meters of both suites, each in processes of its own.

const GATEWAYS = 3;
const METERS_EACH = 40;
const METERS = GATEWAYS * METERS_EACH;

let site: MeteringSite;
beforeAll(async () => {
  site = await MeteringSite.open(GATEWAYS, METERS_EACH);
}, 240_000);
afterAll(async () => site?.end());

test("every meter is read or said to be silent, once", async () => {
  const { verdicts } = await site.read(120);
  expect(verdicts).toEqual({
    rows: METERS,
    devices: METERS,
    read: METERS - site.silentCount,
    silent: site.silentCount,
    other: 0,
    readings: METERS - site.silentCount,
    repeated: 0,
  });
}, 240_000);

test("also when the server and two gateways are killed in the middle", async () => {
  const { verdicts } = await site.read(120, () => site.killSome());
  expect(verdicts).toMatchObject({
    rows: METERS,
    devices: METERS,
    read: METERS - site.silentCount,
    repeated: 0,
  });
}, 240_000);
