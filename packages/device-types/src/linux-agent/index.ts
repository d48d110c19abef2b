import { Type } from "typebox";
import { AgentSettings } from "../agent-settings.ts";
import { defineDeviceType } from "../device-type.ts";
import { METRICS } from "./metrics.ts";
import { simulateLinuxAgent } from "./simulator.ts";

const NAME = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9_:.-]{0,63}$" });

/**
 * A Raspberry Pi or any Linux machine that runs `gatehouse-agent`. Sensors that a machine may have any number of
 * come as open metrics: `w1.<sensor>.temperature`, `iio.<device>.<channel>`, `led.<name>`.
 */
export const linuxAgent = defineDeviceType({
  id: "linux-agent",
  label: { en: "Linux machine", fr: "Machine Linux" },
  icon: "cpu",
  metrics: METRICS,
  openMetrics: true,
  commands: [
    {
      key: "led",
      label: { en: "Switch an LED", fr: "Commuter une DEL" },
      params: Type.Object({ name: NAME, on: Type.Boolean() }, { additionalProperties: false }),
      ttlMs: 30_000,
    },
    {
      key: "run",
      label: { en: "Run an allowed command", fr: "Lancer une commande autorisée" },
      params: Type.Object({ name: NAME }, { additionalProperties: false }),
      ttlMs: 60_000,
    },
  ],
  intervalMs: 30_000,
  homeAssistant: [
    {
      component: "sensor",
      metric: "cpuTemperature",
      deviceClass: "temperature",
      stateClass: "measurement",
    },
    { component: "sensor", metric: "load1", stateClass: "measurement" },
    { component: "sensor", metric: "memoryUsed", stateClass: "measurement" },
    { component: "sensor", metric: "diskUsed", stateClass: "measurement" },
  ],
  settings: AgentSettings,
  simulate: simulateLinuxAgent,
});
