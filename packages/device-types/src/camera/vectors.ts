import type { ReadingVectors } from "../conformance.ts";

export const vectors: ReadingVectors = {
  accepted: [{ uptime: 812.25 }, { lensTemperature: 41.5, irLight: true }],
  refused: [
    [{ uptime: -1 }, "message.out_of_range"],
    [{ uptime: "3 days" }, "message.schema"],
    [{ "lens/temperature": 41.5 }, "message.schema"],
  ],
};
