import type { MetricSpec } from "./device-type.ts";

/** Wide enough for a freezer in Antarctica and a sauna stove; a DS18B20's error value 85 is inside, its -127 outside. */
export const TEMPERATURE: MetricSpec = {
  key: "temperature",
  kind: "number",
  unit: "°C",
  min: -100,
  max: 200,
  decimals: 1,
  label: { en: "Temperature", fr: "Température" },
  // Hot water over a probe gives 40 °C within a minute; a forged or broken value usually more.
  typical: { kind: "level", floor: 0.5, maxStep: 45, movesWith: "humidity" },
};

export const HUMIDITY: MetricSpec = {
  key: "humidity",
  kind: "number",
  unit: "%",
  min: 0,
  max: 100,
  decimals: 0,
  label: { en: "Humidity", fr: "Humidité" },
  // A shower takes a bathroom from 40 to 95 %.
  typical: { kind: "level", floor: 2, maxStep: 65, movesWith: "temperature" },
};

export const BATTERY: MetricSpec = {
  key: "battery",
  kind: "number",
  unit: "%",
  min: 0,
  max: 100,
  decimals: 0,
  label: { en: "Battery", fr: "Batterie" },
};

/** Whether a lamp or a relay is on. */
export const ON: MetricSpec = {
  key: "on",
  kind: "boolean",
  unit: "",
  label: { en: "On", fr: "Allumé" },
};

export const BRIGHTNESS: MetricSpec = {
  key: "brightness",
  kind: "number",
  unit: "%",
  min: 0,
  max: 100,
  decimals: 0,
  label: { en: "Brightness", fr: "Luminosité" },
};

/** Whether a door or a window is open. */
export const OPEN: MetricSpec = {
  key: "open",
  kind: "boolean",
  unit: "",
  label: { en: "Open", fr: "Ouvert" },
};

/** Strength of the Wi-Fi signal as a station hears it. */
export const RSSI: MetricSpec = {
  key: "rssi",
  kind: "number",
  unit: "dBm",
  min: -128,
  max: 20,
  decimals: 0,
  label: { en: "Wi-Fi signal", fr: "Signal Wi-Fi" },
};
