import type { Feature } from "../../platform/feature.ts";
import { type LiveDeps, LiveHub } from "./hub.ts";

export type { LiveDeps } from "./hub.ts";

export interface LiveFeature extends Feature {
  readonly handleUpgrade: LiveHub["handleUpgrade"];
  viewerCount(): number;
}

export function createLive(deps: LiveDeps): LiveFeature {
  const hub = new LiveHub(deps);
  return {
    name: "live",
    start: async () => hub.start(),
    stop: () => hub.stop(),
    handleUpgrade: hub.handleUpgrade,
    viewerCount: () => hub.viewerCount,
  };
}
