import type { Random } from "@gatehouse/base";
import type { FaultRatios, Simulator } from "../device-type.ts";
import {
  between,
  gaussian,
  HOUR_MS,
  happens,
  MINUTE_MS,
  measured,
  stopwatch,
  withFaults,
} from "../simulation.ts";
import * as metrics from "./metrics.ts";

const LED = "led.ACT";

/** A small board on a shelf: idle, with spells of work that heat it; its disk fills slowly and is tidied at 90 %. */
export function simulateLinuxAgent(random: Random, faults?: FaultRatios): Simulator {
  const diskGb = between(random, 14, 120);
  const shelf = between(random, 38, 46);
  const quiet = between(random, 0.05, 0.3);
  const elapsed = stopwatch();
  let diskUsed = between(random, 20, 70);
  let uptimeMs = between(random, 1, 2_000) * HOUR_MS;
  let load = quiet;
  let load5 = quiet;
  let load15 = quiet;
  let temperature = shelf;
  let working = false;
  let lit = true;

  const device: Simulator = {
    next(nowMs, noise) {
      const elapsedMs = elapsed(nowMs);
      uptimeMs += elapsedMs;
      if (happens(noise, elapsedMs, working ? 10 * MINUTE_MS : 3 * HOUR_MS)) working = !working;
      const towards = (value: number, target: number, timeMs: number): number =>
        target + (value - target) * Math.exp(-elapsedMs / timeMs);
      load = towards(load, (working ? 2 : quiet) * (1 + 0.1 * gaussian(noise)), MINUTE_MS);
      load5 = towards(load5, load, 5 * MINUTE_MS);
      load15 = towards(load15, load, 15 * MINUTE_MS);
      temperature = towards(temperature, shelf + 12 * Math.min(1, load), 4 * MINUTE_MS);
      diskUsed += (elapsedMs / HOUR_MS) * (working ? 0.2 : 0.01);
      if (diskUsed > 90) diskUsed = 40;
      const traffic = (working ? 400_000 : 3_000) * Math.exp(0.5 * gaussian(noise));
      return {
        values: {
          cpuTemperature: measured(metrics.CPU_TEMPERATURE, temperature + 0.3 * gaussian(noise)),
          load1: measured(metrics.LOAD_1, load),
          load5: measured(metrics.LOAD_5, load5),
          load15: measured(metrics.LOAD_15, load15),
          memoryUsed: measured(metrics.MEMORY_USED, 22 + 15 * Math.min(1, load) + 0.2 * gaussian(noise)),
          swapUsed: 0,
          diskUsed: measured(metrics.DISK_USED, diskUsed),
          diskFree: measured(metrics.DISK_FREE, (diskGb * (100 - diskUsed)) / 100),
          uptime: measured(metrics.UPTIME, uptimeMs / HOUR_MS),
          networkIn: measured(metrics.NETWORK_IN, traffic),
          networkOut: measured(metrics.NETWORK_OUT, traffic / 4),
          queueDepth: 0,
          queueBytes: 0,
          queueDropped: 0,
          reconnects: 0,
          agentMemory: measured(metrics.AGENT_MEMORY, 70 + gaussian(noise)),
          clockOffset: measured(metrics.CLOCK_OFFSET, 0.05 * gaussian(noise)),
          clockSet: true,
          configVersion: 1,
          [LED]: lit,
        },
      };
    },
    command(key, params) {
      if (key === "run") return typeof params.name === "string";
      if (key !== "led" || params.name !== "ACT" || typeof params.on !== "boolean") return false;
      lit = params.on;
      return true;
    },
  };
  return withFaults(device, faults, metrics.CPU_TEMPERATURE);
}
