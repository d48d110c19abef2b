import type { Random } from "@gatehouse/base";
import type { FaultRatios, Simulator } from "../device-type.ts";
import { UPTIME } from "../linux-agent/metrics.ts";
import { RSSI } from "../metrics.ts";
import { between, gaussian, HOUR_MS, measured, stopwatch, withFaults } from "../simulation.ts";
import { FREE_HEAP, FREE_PSRAM } from "./metrics.ts";

/** A board on a wall: its signal wavers, its memory too, and now and then a frame does not get out. */
export function simulateEsp32Cam(random: Random, faults?: FaultRatios): Simulator {
  const wallDbm = between(random, -78, -48);
  const heapBytes = between(random, 110_000, 150_000);
  const elapsed = stopwatch();
  let uptimeMs = between(random, 0.1, 400) * HOUR_MS;
  let framesDropped = 0;
  let lamp = false;

  const device: Simulator = {
    next(nowMs, noise) {
      uptimeMs += elapsed(nowMs);
      const rssi = measured(RSSI, wallDbm + 2 * gaussian(noise));
      if (noise.ratio() < (rssi < -70 ? 0.2 : 0.01)) framesDropped++;
      return {
        values: {
          rssi,
          freeHeap: measured(FREE_HEAP, heapBytes + 3_000 * gaussian(noise)),
          freePsram: measured(FREE_PSRAM, 3_800_000 + 20_000 * gaussian(noise)),
          uptime: measured(UPTIME, uptimeMs / HOUR_MS),
          lamp,
          framesDropped,
          reconnects: 0,
          configVersion: 1,
        },
      };
    },
    command(key, params) {
      if (key === "lamp" && typeof params.on === "boolean") {
        lamp = params.on;
        return true;
      }
      if (key !== "restart") return false;
      uptimeMs = 0;
      framesDropped = 0;
      lamp = false;
      return true;
    },
  };
  return withFaults(device, faults, RSSI);
}
