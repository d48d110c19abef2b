import type { Box } from "../detector.ts";

/** What a model claims, in pixels of its input. */
export interface Candidate extends Box {
  readonly score: number;
  readonly classIndex: number;
}

/** One output of a model. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export interface Wanted {
  /** 0…1, both left out. */
  readonly minScore: number;
  /** 1 for each class that counts. */
  readonly classes: Uint8Array;
}

/** Area of what both cover, of what either covers: 0…1. */
export function intersectionOverUnion(one: Box, other: Box): number {
  const width = Math.min(one.x2, other.x2) - Math.max(one.x1, other.x1);
  const height = Math.min(one.y2, other.y2) - Math.max(one.y1, other.y1);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (areaOf(one) + areaOf(other) - both);
}

export const areaOf = ({ x1, y1, x2, y2 }: Box): number => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
