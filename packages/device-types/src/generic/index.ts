import { Type } from "typebox";
import { defineDeviceType } from "../device-type.ts";
import { simulateGeneric } from "./simulator.ts";

/** Anything that sends a flat JSON object of numbers, booleans and strings, under names of its own. */
export const generic = defineDeviceType({
  id: "generic",
  label: { en: "Generic JSON", fr: "JSON générique" },
  icon: "braces",
  metrics: [],
  openMetrics: true,
  commands: [
    {
      key: "set",
      label: { en: "Set values", fr: "Régler des valeurs" },
      params: Type.Record(
        Type.String({ maxLength: 64 }),
        Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 1024 })]),
        { minProperties: 1, maxProperties: 16 },
      ),
      ttlMs: 60_000,
    },
  ],
  intervalMs: 30_000,
  homeAssistant: [],
  simulate: simulateGeneric,
});
