import type { ReadingVectors } from "../conformance.ts";

export const vectors: ReadingVectors = {
  accepted: [
    { rssi: -61, freeHeap: 131_072, freePsram: 3_801_088, uptime: 12.5, lamp: false, framesDropped: 2 },
    { rssi: -90 },
    { lamp: true, configVersion: 3, reconnects: 1 },
  ],
  refused: [
    [{ rssi: 61 }, "message.out_of_range"],
    [{ freeHeap: -1 }, "message.out_of_range"],
    [{ lamp: 1 }, "message.schema"],
    [{ uptime: "12:30" }, "message.schema"],
    [{ picture: "…" }, "message.schema"],
    [{ rssi: Number.NaN }, "message.not_finite"],
  ],
};
