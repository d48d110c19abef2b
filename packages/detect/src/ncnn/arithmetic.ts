import { modelInvalid } from "../model-invalid.ts";
import { axisOf, type Blob, checkDims } from "./blob.ts";
import { add, inputOf, type LayerContext, type Translate } from "./layer-context.ts";

/** By the layer's number; those that take their values the other way round after the others. */
const OPERATORS = ["Add", "Sub", "Mul", "Div", "Max", "Min", "Pow"];
const REVERSED: Readonly<Record<number, string>> = { 7: "Sub", 8: "Div", 9: "Pow" };

export const binary: Translate = (context) => {
  const { layer, writer } = context;
  const { settings } = layer;
  const kind = settings.whole(0, 0);
  const operator = OPERATORS[kind] ?? REVERSED[kind];
  if (operator === undefined) throw modelInvalid("an unknown operation on two values");
  const one = inputOf(context);
  const scalar = settings.whole(1, 0) === 1;
  const other: Blob = scalar
    ? { name: writer.floats([settings.number(2, 0)], []), dims: [] }
    : inputOf(context, 1);
  const dims = scalar ? one.dims : broadcast(one.dims, other.dims);
  const names = kind in REVERSED ? [other.name, one.name] : [one.name, other.name];
  return [add(context, operator, names, dims)];
};

/** Of equally many axes; each as long as the other's, or 1. */
function broadcast(one: readonly number[], other: readonly number[]): number[] {
  const fits = one.every((size, i) => size === other[i] || size === 1 || other[i] === 1);
  if (one.length !== other.length || !fits)
    throw modelInvalid("an operation on two values of different sizes");
  return one.map((size, i) => Math.max(size, other[i] as number));
}

export const matMul: Translate = (context) => {
  const [one, other] = [inputOf(context), inputOf(context, 1)];
  const turned = context.layer.settings.whole(0, 0) === 1 ? turnLast(context, other) : other;
  const [rows, inner] = one.dims.slice(-2) as [number, number];
  const [match, columns] = turned.dims.slice(-2) as [number, number];
  const batch = one.dims.slice(0, -2);
  if (one.dims.length < 2 || inner !== match || String(batch) !== String(turned.dims.slice(0, -2)))
    throw modelInvalid("a product of matrices that do not fit");
  return [add(context, "MatMul", [one.name, turned.name], [...batch, rows, columns])];
};

function turnLast(context: LayerContext, { name, dims }: Blob): Blob {
  const last = dims.length;
  const perm = [...Array(last - 1).keys(), last, last - 1];
  const [rows, columns] = dims.slice(-2) as [number, number];
  return add(context, "Transpose", [name], [...dims.slice(0, -2), columns, rows], { perm });
}

export const softmax: Translate = (context) => {
  const { name, dims } = inputOf(context);
  const axis = axisOf(context.layer.settings.number(0, 0), dims);
  return [add(context, "Softmax", [name], dims, { axis: axis + 1 })];
};

/** Numbers that are part of the file, such as the middles of the cells. */
export const memoryData: Translate = ({ layer, writer, weights }) => {
  const { settings } = layer;
  const dims = checkDims([2, 1, 0].map((key) => settings.whole(key, 0)).filter((size) => size > 0));
  const shape = [1, ...dims];
  const marked = settings.whole(21, 1) === 0;
  return [{ name: marked ? weights.marked(writer, shape) : weights.floats(writer, shape), dims }];
};

/** Scales and shifts each channel: mean and variance as learned. */
export const batchNorm: Translate = (context) => {
  const { layer, writer, weights } = context;
  const { name, dims } = inputOf(context);
  const channels = layer.settings.whole(0, 0, 1);
  if (channels !== dims[0]) throw modelInvalid("a layer that does not fit its input");
  const [slope, mean, variance, bias] = Array.from({ length: 4 }, () =>
    weights.floats(writer, [channels]),
  ) as [string, string, string, string];
  const epsilon = { float: layer.settings.number(1, 0) };
  return [add(context, "BatchNormalization", [name, slope, bias, mean, variance], dims, { epsilon })];
};

/** Sum, product or maximum of several values of one size. */
export const eltwise: Translate = (context) => {
  const operator = ["Mul", "Sum", "Max"][context.layer.settings.whole(0, 0)];
  const first = inputOf(context);
  const same = context.inputs.every(({ dims }) => String(dims) === String(first.dims));
  if (operator === undefined || !same || context.layer.settings.list(1).length > 0)
    throw modelInvalid("an unknown operation on several values");
  const names = context.inputs.map(({ name }) => name);
  if (operator !== "Mul") return [add(context, operator, names, first.dims)];
  return [
    names
      .slice(1)
      .reduce<Blob>((product, name) => add(context, "Mul", [product.name, name], first.dims), first),
  ];
};

/** Layers that only matter in training. */
export const copy: Translate = (context) => [inputOf(context)];
