import { defineDeviceType } from "../device-type.ts";
import { METER_ENERGY, METER_ENERGY_OUT, METER_POWER, SERIAL, TAMPER } from "./metrics.ts";
import { simulateMeter } from "./simulator.ts";

/** An electricity meter whose readings are signed, counted and in whole watt-hours (docs/gateways.md). */
export const meter = defineDeviceType({
  id: "meter",
  label: { en: "Electricity meter", fr: "Compteur électrique" },
  icon: "gauge",
  metrics: [METER_ENERGY, METER_POWER, METER_ENERGY_OUT, TAMPER, SERIAL],
  openMetrics: false,
  commands: [],
  intervalMs: 900_000,
  homeAssistant: [
    { component: "sensor", metric: "energy", deviceClass: "energy", stateClass: "total_increasing" },
    { component: "sensor", metric: "power", deviceClass: "power", stateClass: "measurement" },
    { component: "binary_sensor", metric: "tamper", deviceClass: "tamper" },
  ],
  simulate: simulateMeter,
});
