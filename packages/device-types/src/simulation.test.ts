import { seededRandom } from "@gatehouse/base";
import { describe, expect, it } from "vitest";
import { contact } from "./contact/index.ts";
import type { Simulator } from "./device-type.ts";
import { generic } from "./generic/index.ts";
import { led } from "./led/index.ts";
import { TEMPERATURE } from "./metrics.ts";
import { plug } from "./plug/index.ts";
import { battery, DAY_MS, gaussian, hourOf, MINUTE_MS, measured, withFaults } from "./simulation.ts";
import { thermometer } from "./thermometer/index.ts";

/** Midnight UTC. */
const START_MS = 1_772_323_200_000;

/** Ten days of readings, one a minute, with their hour. */
function tenDays(type: typeof plug, seed = 3) {
  const random = seededRandom(seed);
  const simulator = type.simulate(random);
  return Array.from({ length: 14_400 }, (_, i) => {
    const nowMs = START_MS + i * MINUTE_MS;
    return { hour: hourOf(nowMs), values: simulator.next(nowMs, random)?.values ?? {} };
  });
}
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("a simulated day", () => {
  it("is warmer in the afternoon than before dawn", () => {
    const days = tenDays(thermometer);
    const at = (from: number, to: number) =>
      mean(
        days
          .filter(({ hour }) => hour >= from && hour < to)
          .map(({ values }) => values.temperature as number),
      );
    expect(at(14, 16)).toBeGreaterThan(at(2, 4) + 0.5);
  });

  it("has the lamp on at night until somebody switches it", () => {
    const random = seededRandom(1);
    const lamp = led.simulate(random);
    const onAt = (hour: number) => lamp.next(START_MS + hour * 60 * MINUTE_MS, random)?.values.on;
    expect([onAt(2), onAt(12), onAt(21)]).toEqual([true, false, true]);
    lamp.command("set", { on: true });
    expect(onAt(36)).toBe(true);
  });

  it("opens the door mostly by day", () => {
    const days = tenDays(contact);
    const opened = days.filter(({ values }, i) => values.open === true && days[i - 1]?.values.open === false);
    expect(opened.length).toBeGreaterThan(10);
    expect(opened.filter(({ hour }) => hour >= 6 && hour < 19).length).toBeGreaterThan(opened.length * 0.7);
  });

  it("fills the room with air that people have breathed", () => {
    const days = tenDays(generic);
    const of = (occupied: boolean) =>
      mean(
        days.filter(({ values }) => values.occupied === occupied).map(({ values }) => values.co2 as number),
      );
    expect(of(true)).toBeGreaterThan(of(false) + 100);
  });

  it("counts energy that agrees with power and never falls", () => {
    const days = tenDays(plug).map(({ values }) => values as { power: number; energy: number });
    for (let i = 1; i < days.length; i++)
      expect(days[i]?.energy).toBeGreaterThanOrEqual(days[i - 1]?.energy ?? 0);
    const counted = (days.at(-1)?.energy ?? 0) - (days[0]?.energy ?? 0);
    const summed = days.slice(1).reduce((sum, { power }) => sum + power / 60 / 1000, 0);
    expect(counted).toBeCloseTo(summed, 1);
    expect(counted).toBeGreaterThan(0);
  });

  it("draws nothing from a plug that is off", () => {
    const random = seededRandom(2);
    const simulator = plug.simulate(random);
    simulator.command("set", { on: false });
    expect(simulator.next(START_MS, random)?.values).toMatchObject({ on: false, power: 0 });
  });
});

describe("a fault", () => {
  const steady: Simulator = {
    command: () => true,
    next: (nowMs) => ({ values: { temperature: 20, at: nowMs } }),
  };
  const readings = (faults: { spike: number; stuck: number; dropout: number }) => {
    const random = seededRandom(4);
    const device = withFaults(steady, faults, TEMPERATURE);
    return Array.from({ length: 2_000 }, (_, i) => device.next(i * MINUTE_MS, random)?.values);
  };

  it("called spike is one far value at a time", () => {
    const temperatures = readings({ spike: 0.01, stuck: 0, dropout: 0 }).map((values) => values?.temperature);
    expect(new Set(temperatures)).toEqual(new Set([20, 110]));
    const spikes = temperatures.filter((value) => value === 110).length;
    expect(spikes).toBeGreaterThan(5);
    expect(spikes).toBeLessThan(50);
  });

  it("called stuck repeats a reading for minutes", () => {
    const times = readings({ spike: 0, stuck: 0.01, dropout: 0 }).map((values) => values?.at);
    expect(new Set(times).size).toBeLessThan(times.length - 20);
    expect(times).not.toContain(undefined);
  });

  it("called dropout is silence that ends", () => {
    const silent = readings({ spike: 0, stuck: 0, dropout: 0.01 }).filter((values) => values === undefined);
    expect(silent.length).toBeGreaterThan(20);
    expect(silent.length).toBeLessThan(1_000);
  });
});

describe("simulated measurements", () => {
  it("are rounded and stay inside the limits", () => {
    expect(measured(TEMPERATURE, 21.449)).toBe(21.4);
    expect(measured(TEMPERATURE, 1e9)).toBe(200);
    expect(measured(TEMPERATURE, -1e9)).toBe(-100);
  });

  it("have noise of mean 0 and deviation 1", () => {
    const random = seededRandom(9);
    const noise = Array.from({ length: 20_000 }, () => gaussian(random));
    expect(Math.abs(mean(noise))).toBeLessThan(0.03);
    expect(mean(noise.map((value) => value * value))).toBeCloseTo(1, 1);
  });

  it("drain a battery and change it", () => {
    const charge = battery(seededRandom(1));
    const levels = Array.from({ length: 2_000 }, () => charge(DAY_MS));
    expect(Math.min(...levels)).toBe(5);
    expect(Math.max(...levels)).toBe(100);
  });
});
