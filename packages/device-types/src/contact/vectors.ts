import type { ReadingVectors } from "../conformance.ts";

export const vectors: ReadingVectors = {
  accepted: [{ open: true }, { open: false, battery: 0 }, { battery: 100 }],
  refused: [
    [{ open: "open" }, "message.schema"],
    [{ open: 0 }, "message.schema"],
    [{ battery: 100.5 }, "message.out_of_range"],
    [{ open: true, battery: Number.NEGATIVE_INFINITY }, "message.not_finite"],
  ],
};
