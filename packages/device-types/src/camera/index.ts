import { defineDeviceType } from "../device-type.ts";
import { UPTIME } from "../linux-agent/metrics.ts";
import { simulateCamera } from "./simulator.ts";

/** A camera of any make. Most only send pictures; what one measures beside them is taken too. */
export const camera = defineDeviceType({
  id: "camera",
  label: { en: "Camera", fr: "Caméra" },
  icon: "video",
  metrics: [UPTIME],
  openMetrics: true,
  commands: [],
  intervalMs: 10_000,
  homeAssistant: [],
  camera: true,
  simulate: simulateCamera,
});
