import { defineDeviceType } from "../device-type.ts";
import { BATTERY, OPEN } from "../metrics.ts";
import { simulateContact } from "./simulator.ts";

/** A magnet contact on a door or a window. Sends at once when it changes and now and then to show that it lives. */
export const contact = defineDeviceType({
  id: "contact",
  label: { en: "Contact sensor", fr: "Capteur d’ouverture" },
  icon: "door",
  metrics: [OPEN, BATTERY],
  openMetrics: false,
  commands: [],
  intervalMs: 60_000,
  homeAssistant: [
    { component: "binary_sensor", metric: "open", deviceClass: "opening" },
    { component: "sensor", metric: "battery", deviceClass: "battery", stateClass: "measurement" },
  ],
  simulate: simulateContact,
});
