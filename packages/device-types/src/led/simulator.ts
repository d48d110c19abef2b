import type { Random } from "@gatehouse/base";
import type { FaultRatios, Simulator } from "../device-type.ts";
import { BRIGHTNESS } from "../metrics.ts";
import { between, isNight, measured, withFaults } from "../simulation.ts";

/** Lights up at night by itself until somebody switches it; from then on it obeys. */
export function simulateLed(random: Random, faults?: FaultRatios): Simulator {
  let brightness = measured(BRIGHTNESS, between(random, 60, 100));
  let switched: boolean | undefined;

  const device: Simulator = {
    next: (nowMs) => ({ values: { on: switched ?? isNight(nowMs), brightness } }),
    command(key, params) {
      if (key !== "set") return false;
      if (typeof params.on === "boolean") switched = params.on;
      if (typeof params.brightness === "number") brightness = measured(BRIGHTNESS, params.brightness);
      return true;
    },
  };
  return withFaults(device, faults);
}
