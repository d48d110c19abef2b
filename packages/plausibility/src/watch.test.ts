import { type Random, seededRandom } from "@gatehouse/base";
import { findDeviceType } from "@gatehouse/device-types";
import { describe, expect, it } from "vitest";
import { SLOT_MS } from "./tuning.ts";
import { PlausibilityWatch } from "./watch.ts";

const DAY_MS = 86_400_000;
const STEP_MS = 300_000;
/** Midnight UTC. */
const START_MS = 1_772_323_200_000;
const METRICS = findDeviceType("thermometer")?.metrics ?? [];
const NEIGHBOURS = 6;

type Numbers = readonly (readonly [string, number])[];
type Forge = (numbers: Numbers, tsMs: number) => Numbers | undefined;

const gaussian = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.ratio())) * Math.cos(2 * Math.PI * random.ratio());

/** A site of thermometers under one sky; `forge` changes what the first one says. */
class Site {
  readonly watch = new PlausibilityWatch();
  readonly random = seededRandom(7);
  nowMs = START_MS;
  #front = 0;

  constructor(devices = NEIGHBOURS) {
    for (let i = 0; i < devices; i++)
      this.watch.put({ deviceId: `d${i}`, groupId: "site", metrics: METRICS });
  }

  run(days: number, forge: Forge = (numbers) => numbers): void {
    for (const endMs = this.nowMs + days * DAY_MS; this.nowMs < endMs; this.nowMs += STEP_MS) {
      this.#front = 0.998 * this.#front + 0.15 * gaussian(this.random);
      const warm = this.#front + 4 * Math.sin((this.nowMs / DAY_MS) * 2 * Math.PI);
      for (const { deviceId } of this.watch.devices()) {
        const temperature = 18 + warm + 0.1 * gaussian(this.random);
        const humidity = 50 - 2.5 * warm + 0.5 * gaussian(this.random);
        const truth: Numbers = [
          ["temperature", Math.round(temperature * 10) / 10],
          ["humidity", Math.round(humidity)],
        ];
        const said = deviceId === "d0" ? forge(truth, this.nowMs) : truth;
        if (said !== undefined) this.watch.judge(deviceId, this.nowMs, said);
      }
      if ((this.nowMs + STEP_MS) % SLOT_MS === 0) this.watch.endSlots(this.nowMs + STEP_MS).forEach(() => {});
    }
  }

  score(deviceId = "d0"): number {
    return this.watch.trust(deviceId)?.score ?? Number.NaN;
  }

  codes(deviceId = "d0"): string[] {
    return this.watch.trust(deviceId)?.findings.map(({ code }) => code) ?? [];
  }
}

const warmer =
  (by: number): Forge =>
  (numbers) =>
    numbers.map(([metric, value]) => [metric, metric === "temperature" ? value + by : value] as const);

function learned(): Site {
  const site = new Site();
  site.run(9);
  return site;
}

describe("the plausibility watch", () => {
  it("believes devices that do what they always did", () => {
    const site = learned();
    expect([...site.watch.devices()].map(({ deviceId }) => site.score(deviceId))).toEqual(
      Array.from({ length: NEIGHBOURS }, () => 100),
    );
    expect(site.watch.trust("d0")?.learned).toBe(true);
  });

  it("finds a device that is displaced, says by how much, and believes its neighbours", () => {
    const site = learned();
    site.run(1, warmer(5));
    expect(site.score()).toBeLessThanOrEqual(site.watch.tuning.quarantineScore);
    const finding = site.watch
      .trust("d0")
      ?.findings.find(({ code, metric }) => code === "offset" && metric === "temperature");
    expect(finding?.value).toBeGreaterThan(4);
    expect(finding?.value).toBeLessThan(6);
    expect(finding?.limit).toBeLessThan(3);
    expect(site.score("d1")).toBeGreaterThan(90);
  });

  it("trusts a device again some time after the cause is over", () => {
    const site = learned();
    site.run(1, warmer(5));
    const low = site.score();
    site.run(1);
    expect(site.score()).toBeGreaterThan(low);
    site.run(3);
    expect(site.score()).toBeGreaterThan(95);
  });

  it("finds a value that does not move any more", () => {
    const site = learned();
    site.run(0.5, () => [
      ["temperature", 18],
      ["humidity", 50],
    ]);
    expect(site.codes()).toContain("stuck");
  });

  it("finds a device that has become restless", () => {
    const site = learned();
    site.run(0.5, (numbers) => warmer(Math.round(15 * gaussian(site.random)) / 10)(numbers, 0));
    expect(site.codes()).toContain("noise");
  });

  it("finds a stretch that is played again", () => {
    const site = new Site();
    const said: Numbers[] = [];
    site.run(9, (numbers) => {
      said.push(numbers);
      return numbers;
    });
    let at = said.length - 500;
    site.run(0.5, () => said[at++]);
    expect(site.codes()).toContain("replay");
  });

  it("finds a few that move together, and does not blame the others", () => {
    const site = new Site(10);
    site.run(9);
    const liars = new Set(["d0", "d1", "d2"]);
    const judge = site.watch.judge.bind(site.watch);
    site.watch.judge = (deviceId, tsMs, numbers) =>
      judge(deviceId, tsMs, liars.has(deviceId) ? (warmer(1.5)(numbers, tsMs) ?? []) : numbers);
    site.run(2);
    for (const liar of liars) expect(site.codes(liar)).toContain("coordinated");
    expect(site.score("d5")).toBeGreaterThan(90);
  });

  it("takes one impossible step for an error, and several that agree for a change", () => {
    const site = learned();
    const device = site.watch.find("d0");
    const atMs = site.nowMs;
    const verdict = device?.check(atMs, [["temperature", 150]]);
    expect(verdict).toMatchObject({
      kind: "implausible",
      reasons: [{ code: "jump", metric: "temperature", limit: 45 }],
    });
    expect(device?.check(atMs + 1, [["temperature", 151]]).kind).toBe("implausible");
    expect(device?.check(atMs + 2, [["temperature", 150]]).kind).toBe("implausible");
    expect(device?.check(atMs + 3, [["temperature", 150]]).kind).toBe("ok");
  });

  it("refuses to believe a counter that falls, but for one that begins again", () => {
    const watch = new PlausibilityWatch();
    watch.put({ deviceId: "p", groupId: "g", metrics: findDeviceType("plug")?.metrics ?? [] });
    watch.judge("p", 1_000, [["energy", 5_000]]);
    expect(watch.judge("p", 2_000, [["energy", 4_000]]).reasons[0]?.code).toBe("counter_fell");
    expect(watch.judge("p", 3_000, [["energy", 0.2]]).kind).toBe("ok");
  });

  it("counts what others report, and forgets it in time", () => {
    const site = learned();
    site.watch.find("d0")?.report("channel.signature", 0.9, site.nowMs);
    expect(site.watch.trust("d0")).toMatchObject({
      score: 24,
      findings: [{ code: "reported", detail: "channel.signature" }],
    });
    site.run(3);
    expect(site.score()).toBeGreaterThan(95);
  });

  it("goes on after a restart as if there had been none", () => {
    const site = learned();
    site.run(0.5, warmer(2));
    const saved = JSON.parse(JSON.stringify([...site.watch.devices()].map((device) => device.save())));
    const other = new Site();
    for (const [i, device] of [...other.watch.devices()].entries()) device.restore(saved[i]);
    expect(other.watch.trust("d0")).toEqual(site.watch.trust("d0"));
    expect(JSON.stringify(saved[0]).length).toBeLessThan(60_000);
  });

  it("learns what a person says is normal", () => {
    const site = learned();
    site.run(1, warmer(5));
    site.watch.find("d0")?.accept();
    expect(site.score()).toBe(100);
    site.run(2, warmer(5));
    expect(site.score()).toBeGreaterThan(90);
  });
});
