import type { Random } from "@gatehouse/base";
import type { FaultRatios, Simulator } from "../device-type.ts";
import { BATTERY, HUMIDITY, TEMPERATURE } from "../metrics.ts";
import { battery, between, daySwing, gaussian, measured, stopwatch, withFaults } from "../simulation.ts";

/** A room of its own mean and swing; air that warms gets drier. The drift is a slow random walk that returns. */
export function simulateThermometer(random: Random, faults?: FaultRatios): Simulator {
  const mean = between(random, 17, 23);
  const swing = between(random, 0.5, 3);
  const wetness = between(random, 40, 60);
  const elapsed = stopwatch();
  const charge = battery(random);
  let drift = 0;

  const device: Simulator = {
    command: () => false,
    next(nowMs, noise) {
      drift = 0.99 * drift + 0.05 * gaussian(noise);
      const temperature = mean + swing * daySwing(nowMs) + drift + 0.03 * gaussian(noise);
      const humidity = wetness - 2.5 * (temperature - mean) + 0.3 * gaussian(noise);
      return {
        values: {
          temperature: measured(TEMPERATURE, temperature),
          humidity: measured(HUMIDITY, humidity),
          battery: measured(BATTERY, charge(elapsed(nowMs))),
        },
      };
    },
  };
  return withFaults(device, faults, TEMPERATURE);
}
