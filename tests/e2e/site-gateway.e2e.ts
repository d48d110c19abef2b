import { afterAll, beforeAll, expect, test } from "vitest";
import { MeteringSite } from "../../bench/lib/metering-site.ts";
import type { VerdictCount } from "../../bench/lib/verdicts.ts";
import { takePulse } from "../lib/pulse.ts";

// The whole way of "read all meters": server, agents as gateways, and meters of both suites, each in processes of its own.

const GATEWAYS = 3;
const METERS_EACH = 40;
const METERS = GATEWAYS * METERS_EACH;
/** A gateway asks a meter twice, and waits so long each time. */
const ANSWER_MS = 6_000;
const ROUNDS = 3;

let site: MeteringSite;
beforeAll(async () => {
  site = await MeteringSite.open(GATEWAYS, METERS_EACH);
}, 240_000);
afterAll(async () => site?.end());

/** What a round said. One in which the machine stood still, and meters with it, says nothing of them: another is made. */
async function roundOf(meanwhile?: () => Promise<void>): Promise<VerdictCount> {
  await using pulse = takePulse();
  for (let round = 1; ; round++) {
    const beganMs = Date.now();
    const { verdicts } = await site.read(120, meanwhile);
    const endMs = Date.now();
    const stoodMs = endMs - beganMs - pulse.msBetween(beganMs, endMs);
    const isWhole = verdicts.read === METERS - site.silentCount;
    if (isWhole || stoodMs < ANSWER_MS || round === ROUNDS) return verdicts;
    console.log(`${stoodMs} ms without a machine: another round`);
  }
}

test("every meter is read or said to be silent, once", async () => {
  expect(await roundOf()).toEqual({
    rows: METERS,
    devices: METERS,
    read: METERS - site.silentCount,
    silent: site.silentCount,
    other: 0,
    readings: METERS - site.silentCount,
    repeated: 0,
  });
}, 600_000);

test("also when the server and two gateways are killed in the middle", async () => {
  expect(await roundOf(() => site.killSome())).toMatchObject({
    rows: METERS,
    devices: METERS,
    read: METERS - site.silentCount,
    repeated: 0,
  });
}, 600_000);
