import type { Random } from "@gatehouse/base";
import type { FaultRatios, Simulator } from "../device-type.ts";
import { simulateLinuxAgent } from "../linux-agent/simulator.ts";
import { between } from "../simulation.ts";

/** A small board in a cellar: the machine's own figures, and a handful of meters of which one is away now and then. */
export function simulateSiteGateway(random: Random, faults?: FaultRatios): Simulator {
  const machine = simulateLinuxAgent(random, faults);
  const devices = Math.floor(between(random, 4, 40));
  return {
    next(nowMs, noise) {
      const reading = machine.next(nowMs, noise);
      if (reading === undefined) return undefined;
      const devicesHeard = noise.ratio() < 0.05 ? devices - 1 : devices;
      return { values: { ...reading.values, devicesHeard, linksOpen: devicesHeard } };
    },
    command: (key, params) => machine.command(key, params),
  };
}
