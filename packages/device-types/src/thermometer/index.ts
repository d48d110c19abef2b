import { defineDeviceType } from "../device-type.ts";
import { BATTERY, HUMIDITY, TEMPERATURE } from "../metrics.ts";
import { simulateThermometer } from "./simulator.ts";

/** Air, water, soil or machine temperature, with humidity and battery where the sensor has them. */
export const thermometer = defineDeviceType({
  id: "thermometer",
  label: { en: "Thermometer", fr: "Thermomètre" },
  icon: "temperature",
  metrics: [TEMPERATURE, HUMIDITY, BATTERY],
  openMetrics: false,
  commands: [],
  intervalMs: 10_000,
  homeAssistant: [
    { component: "sensor", metric: "temperature", deviceClass: "temperature", stateClass: "measurement" },
    { component: "sensor", metric: "humidity", deviceClass: "humidity", stateClass: "measurement" },
    { component: "sensor", metric: "battery", deviceClass: "battery", stateClass: "measurement" },
  ],
  simulate: simulateThermometer,
});
