import type { ReadingVectors } from "../conformance.ts";

export const vectors: ReadingVectors = {
  accepted: [
    { cpuTemperature: 48.3, load1: 0.12, memoryUsed: 31.5, diskUsed: 62, diskFree: 9.81, uptime: 120.5 },
    { "w1.28-0316a2795cff.temperature": 21.437, "iio.bme280.pressure": 101.325, "led.ACT": true },
    { queueDepth: 0, queueBytes: 0, queueDropped: 0, reconnects: 3, clockOffset: -1.7e9, clockSet: false },
  ],
  refused: [
    [{ cpuTemperature: 4_850 }, "message.out_of_range"],
    [{ memoryUsed: 100.1 }, "message.out_of_range"],
    [{ load1: -0.1 }, "message.out_of_range"],
    [{ clockSet: 1 }, "message.schema"],
    [{ diskUsed: "62%" }, "message.schema"],
    [{ "iio/bme280": 1 }, "message.schema"],
  ],
};
