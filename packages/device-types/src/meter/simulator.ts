import type { Random } from "@gatehouse/base";
import type { FaultRatios, Simulator } from "../device-type.ts";
import { DAY_MS, happens, MINUTE_MS, measured, stopwatch, withFaults } from "../simulation.ts";
import { METER_ENERGY, METER_POWER } from "./metrics.ts";
import { simulateRegister } from "./register.ts";

/** A household's meter. Somebody opens the cover about once in three years, and a meter is replaced after ten. */
export function simulateMeter(random: Random, faults?: FaultRatios): Simulator {
  const register = simulateRegister(random);
  const elapsed = stopwatch();
  let isOpen = false;
  const device: Simulator = {
    next(nowMs, noise) {
      const elapsedMs = elapsed(nowMs);
      if (happens(noise, elapsedMs, isOpen ? 20 * MINUTE_MS : 1_000 * DAY_MS)) {
        isOpen = !isOpen;
        register.setTamper(isOpen);
      }
      if (happens(noise, elapsedMs, 3_650 * DAY_MS)) register.replace(noise);
      const { wh, powerW, tamper, serial } = register.read(nowMs, noise);
      const energy = measured(METER_ENERGY, wh / 1_000);
      return { values: { energy, power: powerW, tamper, serial } };
    },
    command: () => false,
  };
  return withFaults(device, faults, METER_POWER);
}
