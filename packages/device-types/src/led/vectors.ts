import type { ReadingVectors } from "../conformance.ts";

export const vectors: ReadingVectors = {
  accepted: [{ on: true }, { on: false, brightness: 0 }, { brightness: 55.5 }],
  refused: [
    [{ on: 1 }, "message.schema"],
    [{ on: "ON" }, "message.schema"],
    [{ on: true, brightness: 101 }, "message.out_of_range"],
    [{ on: true, brightness: Number.POSITIVE_INFINITY }, "message.not_finite"],
    [{ on: true, colour: "red" }, "message.schema"],
  ],
};
