import type { Random } from "@gatehouse/base";
import type { FaultRatios, Simulator } from "../device-type.ts";
import { UPTIME } from "../linux-agent/metrics.ts";
import { between, HOUR_MS, measured, stopwatch, withFaults } from "../simulation.ts";

/** Says how long it has been running; its pictures come from elsewhere. */
export function simulateCamera(random: Random, faults?: FaultRatios): Simulator {
  const elapsed = stopwatch();
  let uptimeMs = between(random, 1, 2_000) * HOUR_MS;
  const device: Simulator = {
    next(nowMs) {
      uptimeMs += elapsed(nowMs);
      return { values: { uptime: measured(UPTIME, uptimeMs / HOUR_MS) } };
    },
    command: () => false,
  };
  return withFaults(device, faults, UPTIME);
}
