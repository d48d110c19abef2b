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
export {
  DEFAULT_TRACKER_SETTINGS,
  type PathPoint,
  type Track,
  type Tracked,
  Tracker,
  type TrackerSettings,
} from "./tracking/tracker.ts";
