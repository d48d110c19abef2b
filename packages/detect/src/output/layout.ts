import type { Size } from "../detector.ts";
import { modelInvalid } from "../model-invalid.ts";
import type { Candidate, Tensor, Wanted } from "./candidate.ts";
import { cellCount } from "./grid.ts";
import {
  decodeNanodet,
  decodeNanodetGrids,
  NANODET_PLUS_STRIDES,
  NANODET_STRIDES,
  type NanodetShape,
} from "./nanodet.ts";
import type { Order } from "./places.ts";
import { decodeEndToEnd, decodeYolo } from "./yolo.ts";
import { decodeYolox, YOLOX_STRIDES } from "./yolox.ts";

export type Family = "yolo" | "yolo end-to-end" | "yolox" | "nanodet" | "nanodet-plus";

export interface Layout {
  readonly family: Family;
  readonly classCount: number;
  readonly decode: (outputs: readonly Tensor[], wanted: Wanted) => Candidate[];
}

/** What is known of a model whose outputs are to be read. */
export interface Outputs {
  readonly input: Size;
  /** Sizes of each output, in the model's order. */
  readonly dims: readonly (readonly number[])[];
  /** How many classes the file names; undefined when it names none. */
  readonly namedClasses?: number;
}

/** Class counts tried for a file that names none: COCO's, then a single one. */
const USUAL_CLASSES = [80, 1];
const MAX_END_TO_END = 1_000;
const END_TO_END_NUMBERS = 6;

/** Finds out from sizes alone how the answers are written. Throws `detector.model_invalid` when no way fits. */
export function layoutOf(outputs: Outputs): Layout {
  const counts = outputs.namedClasses === undefined ? USUAL_CLASSES : [outputs.namedClasses];
  for (const classCount of counts) {
    const layout =
      outputs.dims.length === 1 ? oneOutput(outputs, classCount) : manyOutputs(outputs, classCount);
    if (layout !== undefined) return layout;
  }
  const sizes = outputs.dims.map((dims) => `[${dims.join(", ")}]`).join(" ");
  throw modelInvalid("its outputs are of no detector that is known here", { outputs: sizes });
}

function oneOutput({ input, dims: [dims = []] }: Outputs, classCount: number): Layout | undefined {
  if (dims.length !== 3 || dims[0] !== 1) return undefined;
  const [, rows, columns] = dims as [number, number, number];
  const dense =
    perPlace({ input, order: "places first", places: rows, channels: columns, classCount }) ??
    perPlace({ input, order: "channels first", places: columns, channels: rows, classCount });
  if (dense !== undefined || columns !== END_TO_END_NUMBERS || rows > MAX_END_TO_END) return dense;
  return {
    family: "yolo end-to-end",
    classCount,
    decode: ([tensor], wanted) => decodeEndToEnd(tensor as Tensor, wanted),
  };
}

interface PlaceOutput {
  readonly input: Size;
  readonly order: Order;
  readonly places: number;
  readonly channels: number;
  readonly classCount: number;
}

/** A row of numbers for each cell of some grids: how many grids and numbers tells who wrote them. */
function perPlace({ input, order, places, channels, classCount }: PlaceOutput): Layout | undefined {
  if (places === cellCount(input, YOLOX_STRIDES) && channels === 4 + classCount)
    return {
      family: "yolo",
      classCount,
      decode: ([tensor], wanted) => decodeYolo(tensor as Tensor, order, wanted),
    };
  if (places === cellCount(input, YOLOX_STRIDES) && channels === 5 + classCount)
    return {
      family: "yolox",
      classCount,
      decode: ([tensor], wanted) => decodeYolox(tensor as Tensor, order, input, wanted),
    };
  const shape = nanodetShape(places, channels, input, classCount);
  if (shape === undefined) return undefined;
  return {
    family: shape.offset === 0 ? "nanodet-plus" : "nanodet",
    classCount,
    decode: ([tensor], wanted) => decodeNanodet(tensor as Tensor, order, input, shape, wanted),
  };
}

function nanodetShape(
  places: number,
  channels: number,
  input: Size,
  classCount: number,
): NanodetShape | undefined {
  const distances = (channels - classCount) / 4;
  if (!Number.isInteger(distances) || distances < 2) return undefined;
  const shape = { classCount, distances };
  if (places === cellCount(input, NANODET_STRIDES))
    return { ...shape, strides: NANODET_STRIDES, offset: 0.5 };
  if (places === cellCount(input, NANODET_PLUS_STRIDES))
    return { ...shape, strides: NANODET_PLUS_STRIDES, offset: 0 };
  return undefined;
}

/** Classes of three grids, then edges of three grids. */
function manyOutputs({ input, dims }: Outputs, classCount: number): Layout | undefined {
  const strides = NANODET_STRIDES;
  if (dims.length !== 2 * strides.length) return undefined;
  const width = dims[strides.length]?.[2] ?? 0;
  const distances = width / 4;
  const fits = dims.every(([batch, places, channels], i) => {
    const stride = strides[i % strides.length] as number;
    const wanted = i < strides.length ? classCount : width;
    return batch === 1 && places === cellCount(input, [stride]) && channels === wanted;
  });
  if (!fits || !Number.isInteger(distances) || distances < 2) return undefined;
  const shape: NanodetShape = { strides, classCount, distances, offset: 0.5 };
  return {
    family: "nanodet",
    classCount,
    decode: (outputs, wanted) => decodeNanodetGrids(outputs, input, shape, wanted),
  };
}
