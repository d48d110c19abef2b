import { Type } from "typebox";
import { defineDeviceType } from "../device-type.ts";
import { CONFIG_VERSION, RECONNECTS, UPTIME } from "../linux-agent/metrics.ts";
import { RSSI } from "../metrics.ts";
import { FRAMES_DROPPED, FREE_HEAP, FREE_PSRAM, LAMP } from "./metrics.ts";
import { Esp32CamSettings } from "./settings.ts";
import { simulateEsp32Cam } from "./simulator.ts";

/** An ESP32 board with an OV2640: our firmware, or any sketch that sends JPEG frames (docs/cameras.md). */
export const esp32Cam = defineDeviceType({
  id: "esp32-cam",
  label: { en: "ESP32 camera", fr: "Caméra ESP32" },
  icon: "camera",
  metrics: [RSSI, FREE_HEAP, FREE_PSRAM, UPTIME, LAMP, FRAMES_DROPPED, RECONNECTS, CONFIG_VERSION],
  openMetrics: false,
  commands: [
    {
      key: "lamp",
      label: { en: "Switch the lamp", fr: "Commuter la lampe" },
      params: Type.Object({ on: Type.Boolean() }, { additionalProperties: false }),
      ttlMs: 30_000,
    },
    {
      key: "restart",
      label: { en: "Restart", fr: "Redémarrer" },
      params: Type.Object({}, { additionalProperties: false }),
      ttlMs: 30_000,
    },
  ],
  intervalMs: 30_000,
  homeAssistant: [
    { component: "switch", metric: "lamp", command: { key: "lamp", param: "on" } },
    { component: "sensor", metric: "rssi", deviceClass: "signal_strength", stateClass: "measurement" },
    { component: "sensor", metric: "freeHeap", stateClass: "measurement" },
  ],
  camera: true,
  settings: Esp32CamSettings,
  simulate: simulateEsp32Cam,
});
