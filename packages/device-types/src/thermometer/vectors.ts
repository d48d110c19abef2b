import type { ReadingVectors } from "../conformance.ts";

export const vectors: ReadingVectors = {
  accepted: [{ temperature: 21.5 }, { temperature: -40, humidity: 0, battery: 100 }, { battery: 3 }],
  refused: [
    [{}, "message.schema"],
    [{ temperature: "21.5" }, "message.schema"],
    [{ temperature: null }, "message.schema"],
    [{ Temperature: 21.5 }, "message.schema"],
    [{ temperature: 21.5, pressure: 1013 }, "message.schema"],
    [{ temperature: -127 }, "message.out_of_range"],
    [{ temperature: 1e308 }, "message.out_of_range"],
    [{ temperature: Number.NaN }, "message.not_finite"],
    [{ temperature: 21.5, humidity: 100.1 }, "message.out_of_range"],
  ],
};
