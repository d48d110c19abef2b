import type { MetricSpec } from "../device-type.ts";

/**
 * The register as the meter shows it: falls when it rolls over or is replaced, so it has no `typical` behaviour of a
 * counter here. What may fall and what may not is judged where its signed readings are taken.
 */
export const METER_ENERGY: MetricSpec = {
  key: "energy",
  kind: "number",
  unit: "kWh",
  min: 0,
  // Nine digits of kWh.
  max: 1_000_000_000,
  decimals: 3,
  label: { en: "Energy register", fr: "Index d’énergie" },
};

/** Register 2.8.0: what the site fed into the grid. */
export const METER_ENERGY_OUT: MetricSpec = {
  ...METER_ENERGY,
  key: "energyOut",
  label: { en: "Energy fed in", fr: "Énergie injectée" },
};

/** Negative when the site feeds in. A transformer-coupled meter of a factory reaches a megawatt. */
export const METER_POWER: MetricSpec = {
  key: "power",
  kind: "number",
  unit: "W",
  min: -1_000_000,
  max: 1_000_000,
  decimals: 0,
  label: { en: "Power", fr: "Puissance" },
};

/** Whether the cover is open, or was since the last visit. */
export const TAMPER: MetricSpec = {
  key: "tamper",
  kind: "boolean",
  unit: "",
  label: { en: "Cover open", fr: "Capot ouvert" },
};

/** Serial number of the meter in place: changes when it is replaced. */
export const SERIAL: MetricSpec = {
  key: "serial",
  kind: "string",
  unit: "",
  label: { en: "Serial number", fr: "Numéro de série" },
};
