import type { ReadingVectors } from "../conformance.ts";

export const vectors: ReadingVectors = {
  accepted: [
    { devicesHeard: 12, linksOpen: 12, queueDepth: 0, cpuTemperature: 51.2 },
    { "iio.bme280.pressure": 101.325, devicesHeard: 0 },
  ],
  refused: [
    [{ devicesHeard: -1 }, "message.out_of_range"],
    [{ linksOpen: "12" }, "message.schema"],
    [{ memoryUsed: 100.1 }, "message.out_of_range"],
  ],
};
