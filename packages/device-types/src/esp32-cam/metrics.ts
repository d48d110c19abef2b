import type { MetricSpec } from "../device-type.ts";

/** Bytes of internal memory that are free; a board that leaks falls towards zero and restarts. */
export const FREE_HEAP: MetricSpec = {
  key: "freeHeap",
  kind: "number",
  unit: "B",
  min: 0,
  max: 4_294_967_295,
  decimals: 0,
  label: { en: "Free memory", fr: "Mémoire libre" },
};

/** Of the board's external memory, where frames lie; absent on boards without. */
export const FREE_PSRAM: MetricSpec = {
  key: "freePsram",
  kind: "number",
  unit: "B",
  min: 0,
  max: 4_294_967_295,
  decimals: 0,
  label: { en: "Free picture memory", fr: "Mémoire d’image libre" },
};

/** Frames that the board gave up since its start because they could not be sent in time. */
export const FRAMES_DROPPED: MetricSpec = {
  key: "framesDropped",
  kind: "number",
  unit: "",
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  decimals: 0,
  label: { en: "Pictures given up", fr: "Images abandonnées" },
};

export const LAMP: MetricSpec = {
  key: "lamp",
  kind: "boolean",
  unit: "",
  label: { en: "Lamp", fr: "Lampe" },
};
