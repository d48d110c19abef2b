import type { ReadingVectors } from "../conformance.ts";

export const vectors: ReadingVectors = {
  accepted: [{ power: 0, energy: 12.345, voltage: 230.1, on: true }, { power: -300 }, { on: false }],
  refused: [
    [{ power: 1e6 }, "message.out_of_range"],
    [{ energy: -0.001 }, "message.out_of_range"],
    [{ power: [1] }, "message.schema"],
    [{ power: { value: 1 } }, "message.schema"],
    [{ on: null }, "message.schema"],
  ],
};
