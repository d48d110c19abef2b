import type { MetricSpec } from "../device-type.ts";

/** Negative when the load feeds back (a balcony solar panel). 16 A at 250 V is 4 kW; three-phase sockets reach 22 kW. */
export const POWER: MetricSpec = {
  key: "power",
  kind: "number",
  unit: "W",
  min: -25_000,
  max: 25_000,
  decimals: 1,
  label: { en: "Power", fr: "Puissance" },
};

/** A counter that only rises. */
export const ENERGY: MetricSpec = {
  key: "energy",
  kind: "number",
  unit: "kWh",
  min: 0,
  max: 10_000_000,
  decimals: 3,
  label: { en: "Energy", fr: "Énergie" },
  // 25 kW for ten minutes is 4.2 kWh; what was counted during an outage comes at once.
  typical: { kind: "counter", floor: 0.001, maxStep: 1_000 },
};

export const VOLTAGE: MetricSpec = {
  key: "voltage",
  kind: "number",
  unit: "V",
  min: 0,
  max: 500,
  decimals: 1,
  label: { en: "Voltage", fr: "Tension" },
  // A mains that fails and comes back goes from 230 to 0.
  typical: { kind: "level", floor: 2, maxStep: 260 },
};
