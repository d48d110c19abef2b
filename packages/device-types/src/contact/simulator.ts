import type { Random } from "@gatehouse/base";
import type { FaultRatios, Simulator } from "../device-type.ts";
import { BATTERY } from "../metrics.ts";
import {
  battery,
  between,
  HOUR_MS,
  happens,
  isNight,
  MINUTE_MS,
  measured,
  stopwatch,
  withFaults,
} from "../simulation.ts";

/** A door that is opened now and then by day, seldom at night, and closed again after some minutes. */
export function simulateContact(random: Random, faults?: FaultRatios): Simulator {
  const closedMs = between(random, 0.5, 3) * HOUR_MS;
  const openMs = between(random, 1, 8) * MINUTE_MS;
  const elapsed = stopwatch();
  const charge = battery(random);
  let open = false;

  const device: Simulator = {
    command: () => false,
    next(nowMs, noise) {
      const elapsedMs = elapsed(nowMs);
      const quietMs = isNight(nowMs) ? 10 * closedMs : closedMs;
      if (happens(noise, elapsedMs, open ? openMs : quietMs)) open = !open;
      return { values: { open, battery: measured(BATTERY, charge(elapsedMs)) } };
    },
  };
  return withFaults(device, faults);
}
