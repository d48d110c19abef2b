import { Type } from "typebox";
import { defineDeviceType } from "../device-type.ts";
import { BRIGHTNESS, ON } from "../metrics.ts";
import { simulateLed } from "./simulator.ts";

/** A lamp that is switched and, where it can, dimmed. */
export const led = defineDeviceType({
  id: "led",
  label: { en: "LED", fr: "LED" },
  icon: "bulb",
  metrics: [ON, BRIGHTNESS],
  openMetrics: false,
  commands: [
    {
      key: "set",
      label: { en: "Switch", fr: "Commuter" },
      params: Type.Object(
        {
          on: Type.Optional(Type.Boolean()),
          brightness: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
        },
        { additionalProperties: false, minProperties: 1 },
      ),
      ttlMs: 30_000,
    },
  ],
  intervalMs: 30_000,
  homeAssistant: [
    { component: "light", metric: "on", command: { key: "set", param: "on" } },
    { component: "number", metric: "brightness", command: { key: "set", param: "brightness" } },
  ],
  simulate: simulateLed,
});
