import type { MetricSpec } from "../device-type.ts";

/** Of the devices assigned to it, how many it heard in the last ten minutes. */
export const DEVICES_HEARD: MetricSpec = {
  key: "devicesHeard",
  kind: "number",
  unit: "",
  min: 0,
  max: 100_000,
  decimals: 0,
  label: { en: "Devices heard", fr: "Appareils entendus" },
};

/** Connections of devices at the site that are open now. */
export const LINKS_OPEN: MetricSpec = {
  key: "linksOpen",
  kind: "number",
  unit: "",
  min: 0,
  max: 100_000,
  decimals: 0,
  label: { en: "Open connections", fr: "Connexions ouvertes" },
};
