import { modelInvalid } from "../model-invalid.ts";
import type { Attributes, GraphWriter } from "../onnx/graph-writer.ts";
import { type Blob, checkDims } from "./blob.ts";
import type { NcnnLayer } from "./param.ts";
import type { WeightReader } from "./weights.ts";

/** What a layer's translation works with. */
export interface LayerContext {
  readonly layer: NcnnLayer;
  readonly inputs: readonly Blob[];
  readonly writer: GraphWriter;
  readonly weights: WeightReader;
}

/** Writes one layer into the graph; answers one value for each output of the layer. */
export type Translate = (context: LayerContext) => readonly Blob[];

/** An input that must be there. @param rank how many axes it must have; any number when absent */
export function inputOf({ inputs, layer }: LayerContext, i = 0, rank?: number): Blob {
  const blob = inputs[i];
  if (blob === undefined || (rank !== undefined && blob.dims.length !== rank))
    throw modelInvalid(`the layer ${layer.type} is not given what it needs`, {
      layer: layer.name.slice(0, 80),
    });
  return blob;
}

export function add(
  { writer }: Pick<LayerContext, "writer">,
  operator: string,
  inputs: readonly string[],
  dims: readonly number[],
  attributes: Attributes = {},
): Blob {
  return { name: writer.add(operator, inputs, attributes), dims: checkDims(dims) };
}

/** A translation to one operation on each value by itself. */
export const elementwise =
  (operator: string, attributes: Attributes = {}): Translate =>
  (context) => {
    const { name, dims } = inputOf(context);
    return [add(context, operator, [name], dims, attributes)];
  };
