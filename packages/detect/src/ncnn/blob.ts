import { modelInvalid } from "../model-invalid.ts";

/** A value of the network: without a batch, as NCNN counts axes. [channels, height, width], [height, width] or [width]. */
export interface Blob {
  /** Its name in the ONNX graph, where it has a batch of one before its axes. */
  readonly name: string;
  readonly dims: readonly number[];
}

/** Far more than a picture of the largest size needs anywhere within a network. */
const MAX_ELEMENTS = 2 ** 26;

/** Throws `detector.model_invalid` for sizes that are none, or that would fill the memory. */
export function checkDims(dims: readonly number[]): readonly number[] {
  const isSize = (size: number): boolean => Number.isInteger(size) && size > 0;
  if (!dims.every(isSize) || elementCount(dims) > MAX_ELEMENTS)
    throw modelInvalid("a layer whose values have an impossible size", { size: dims.join(" × ") });
  return dims;
}

export const elementCount = (dims: readonly number[]): number =>
  dims.reduce((product, size) => product * size, 1);

/** Axes count from the front, or with a minus from the end. */
export function axisOf(axis: number, dims: readonly number[]): number {
  const counted = axis < 0 ? axis + dims.length : axis;
  if (!Number.isInteger(counted) || counted < 0 || counted >= dims.length)
    throw modelInvalid("a layer along an axis that is not there", { axis });
  return counted;
}

export const withSize = (dims: readonly number[], axis: number, size: number): number[] =>
  dims.map((old, i) => (i === axis ? size : old));
