import { boilerRoom } from "./boiler-room.ts";
import { corridor } from "./corridor.ts";
import { frontGate } from "./front-gate.ts";
import { loadingBay } from "./loading-bay.ts";
import { meterRoom } from "./meter-room.ts";
import { parkingLevel } from "./parking-level.ts";
import type { Place } from "./place.ts";

export const SCENES = [
  "loading-bay",
  "front-gate",
  "meter-room",
  "parking-level",
  "corridor",
  "boiler-room",
] as const;
export type SceneName = (typeof SCENES)[number];

export const PLACES: Readonly<Record<SceneName, Place>> = {
  "loading-bay": loadingBay,
  "front-gate": frontGate,
  "meter-room": meterRoom,
  "parking-level": parkingLevel,
  corridor,
  "boiler-room": boilerRoom,
};
