import type { ReadingVectors } from "../conformance.ts";

export const vectors: ReadingVectors = {
  accepted: [
    { energy: 10_432.871, power: 412, tamper: false, serial: "GH40817123" },
    { energy: 0, energyOut: 12.5, power: -3_200 },
    { tamper: true },
  ],
  refused: [
    [{ energy: -0.001 }, "message.out_of_range"],
    [{ power: 2e6 }, "message.out_of_range"],
    [{ tamper: 1 }, "message.schema"],
    [{ voltage: 230 }, "message.schema"],
  ],
};
