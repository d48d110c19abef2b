/** A decoded picture as people see it: already turned, three bytes a pixel, red first, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
  /** When it was taken; only differences count. */
  readonly atMs: number;
  /** The same picture as it came, where there is one: what travels when somebody else looks. */
  readonly jpeg?: Uint8Array;
}

/** Pixels of the picture: left and upper edge, right and lower edge; within the picture. */
export interface Box {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export interface Detection extends Box {
  /** Name of the class, as the model calls it: `person`. */
  readonly label: string;
  /** 0…1. */
  readonly score: number;
}

export interface LookOptions {
  /** Detections below are left out, 0…1. */
  readonly minScore: number;
  /** Only these classes; all when absent. */
  readonly labels?: readonly string[];
}

/** What a detector says of itself. */
export interface DetectorDescription {
  readonly kind: DetectorKind;
  /** What it can find; empty when it is known only by looking. */
  readonly labels: readonly string[];
  /** Larger pictures are made smaller before it looks: decode no larger than that. */
  readonly inputSize?: Size;
  /** What its model is built like. */
  readonly family?: string;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const DETECTOR_KINDS = ["none", "motion", "onnx", "ncnn", "remote"] as const;
export type DetectorKind = (typeof DETECTOR_KINDS)[number];

/**
 * Finds things in pictures. Looks may overlap; each is answered or rejects with `detector.failed` or `server.busy`,
 * and a look that fails does not end the detector.
 */
export interface Detector {
  readonly description: DetectorDescription;
  /** The most certain first. */
  detect(picture: Picture, options: LookOptions): Promise<readonly Detection[]>;
  /** Looks under way are rejected; ends what was started. Twice is once. */
  close(): Promise<void>;
}

/** Below, litter and shadows become things (docs/detection.md says how it was chosen). */
export const DEFAULT_MIN_SCORE = 0.45;
