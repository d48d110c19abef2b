import type { Detector } from "../detector.ts";

/** Finds nothing: recording and live pictures alone. */
export const noDetector = (): Detector => ({
  description: { kind: "none", labels: [] },
  detect: async () => [],
  close: async () => undefined,
});
