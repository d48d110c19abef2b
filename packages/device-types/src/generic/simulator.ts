import type { Random } from "@gatehouse/base";
import type { FaultRatios, MetricSpec, Simulator } from "../device-type.ts";
import {
  between,
  gaussian,
  HOUR_MS,
  happens,
  isNight,
  measured,
  stopwatch,
  withFaults,
} from "../simulation.ts";

const CO2: MetricSpec = {
  key: "co2",
  kind: "number",
  unit: "ppm",
  min: 400,
  max: 5_000,
  decimals: 0,
  label: { en: "CO₂", fr: "CO₂" },
};

/** The air of a room: people come by day, the carbon dioxide rises towards 1,200 ppm and falls back to 420 after. */
export function simulateGeneric(random: Random, faults?: FaultRatios): Simulator {
  const staysMs = between(random, 0.5, 2) * HOUR_MS;
  const elapsed = stopwatch();
  let occupied = false;
  let mode = "auto";
  let co2 = 420;

  const device: Simulator = {
    next(nowMs, noise) {
      const elapsedMs = elapsed(nowMs);
      const awayMs = isNight(nowMs) ? 20 * staysMs : staysMs;
      if (happens(noise, elapsedMs, occupied ? staysMs : awayMs)) occupied = !occupied;
      const target = occupied ? 1_200 : 420;
      co2 += (target - co2) * (1 - Math.exp(-elapsedMs / (0.5 * HOUR_MS)));
      return { values: { co2: measured(CO2, co2 + 5 * gaussian(noise)), occupied, mode } };
    },
    command(key, params) {
      if (key !== "set") return false;
      if (typeof params.mode === "string") mode = params.mode;
      return true;
    },
  };
  return withFaults(device, faults, CO2);
}
