import { Type } from "typebox";
import { defineDeviceType } from "../device-type.ts";
import { ON } from "../metrics.ts";
import { ENERGY, POWER, VOLTAGE } from "./metrics.ts";
import { simulatePlug } from "./simulator.ts";

/** A socket that measures what it feeds and switches it with a relay. */
export const plug = defineDeviceType({
  id: "plug",
  label: { en: "Plug", fr: "Prise" },
  icon: "plug",
  metrics: [POWER, ENERGY, VOLTAGE, ON],
  openMetrics: false,
  commands: [
    {
      key: "set",
      label: { en: "Switch", fr: "Commuter" },
      params: Type.Object({ on: Type.Boolean() }, { additionalProperties: false }),
      ttlMs: 30_000,
    },
  ],
  intervalMs: 10_000,
  homeAssistant: [
    { component: "sensor", metric: "power", deviceClass: "power", stateClass: "measurement" },
    { component: "sensor", metric: "energy", deviceClass: "energy", stateClass: "total_increasing" },
    { component: "sensor", metric: "voltage", deviceClass: "voltage", stateClass: "measurement" },
    { component: "switch", metric: "on", deviceClass: "outlet", command: { key: "set", param: "on" } },
  ],
  simulate: simulatePlug,
});
