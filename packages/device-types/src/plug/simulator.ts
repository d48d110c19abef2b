import type { Random } from "@gatehouse/base";
import type { FaultRatios, Simulator } from "../device-type.ts";
import {
  between,
  daySwing,
  gaussian,
  HOUR_MS,
  happens,
  hourOf,
  MINUTE_MS,
  measured,
  stopwatch,
  withFaults,
} from "../simulation.ts";
import { ENERGY, POWER, VOLTAGE } from "./metrics.ts";

/** An appliance that runs in spells, more in the evening, with a little standby between; the mains sag when everybody cooks. */
export function simulatePlug(random: Random, faults?: FaultRatios): Simulator {
  const rated = between(random, 60, 2_000);
  const standby = between(random, 0.5, 4);
  const spellMs = between(random, 10, 60) * MINUTE_MS;
  const elapsed = stopwatch();
  let energy = between(random, 0, 500);
  let running = random.ratio() < 0.3;
  let on = true;

  const device: Simulator = {
    next(nowMs, noise) {
      const elapsedMs = elapsed(nowMs);
      const evening = hourOf(nowMs) >= 17 && hourOf(nowMs) < 22;
      const pauseMs = evening ? HOUR_MS : 4 * HOUR_MS;
      if (happens(noise, elapsedMs, running ? spellMs : pauseMs)) running = !running;
      const load = (running ? rated : standby) * (1 + 0.02 * gaussian(noise));
      const power = on ? measured(POWER, Math.max(0, load)) : 0;
      energy += (power * elapsedMs) / (HOUR_MS * 1000);
      const voltage = 230 - 1.5 * daySwing(nowMs) - (evening ? 2 : 0) + 0.6 * gaussian(noise);
      return { values: { power, energy: measured(ENERGY, energy), voltage: measured(VOLTAGE, voltage), on } };
    },
    command(key, params) {
      if (key !== "set" || typeof params.on !== "boolean") return false;
      on = params.on;
      return true;
    },
  };
  return withFaults(device, faults, POWER);
}
