export { DEFAULT_MODEL, readDefaultModel } from "./default-model.ts";
export {
  type Box,
  DEFAULT_MIN_SCORE,
  DETECTOR_KINDS,
  type Detection,
  type Detector,
  type DetectorDescription,
  type DetectorKind,
  type LookOptions,
  type Picture,
  type Size,
} from "./detector.ts";
export type { ModelFile } from "./inference/loaded-model.ts";
export type { PostForm } from "./kinds/remote-detector.ts";
export { readModelFile } from "./model-files.ts";
export { intersectionOverUnion } from "./output/candidate.ts";
export { probeModel } from "./probe/probe-model.ts";
export { type DetectorChoice, openDetector } from "./registry.ts";
export { Tracker } from "./tracking/tracker.ts";
export { type FollowedThing, type FoundThing, PERSON, type Visit, type VisitChange } from "./visits/visit.ts";
export { type Followed, type VisitLook, VisitMachine } from "./visits/visit-machine.ts";
export { visitSettings } from "./visits/visit-settings.ts";
