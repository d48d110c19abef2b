import { modelInvalid } from "../model-invalid.ts";
import { axisOf, checkDims, elementCount, withSize } from "./blob.ts";
import { add, inputOf, type Translate } from "./layer-context.ts";

/** A setting that is not given, and in a list of sizes: an equal part of what is left. */
const NOT_GIVEN = -233;
const REST = -1;

export const split: Translate = (context) => context.layer.outputs.map(() => inputOf(context));

export const concat: Translate = (context) => {
  const first = inputOf(context);
  const axis = axisOf(context.layer.settings.number(0, 0), first.dims);
  const fits = context.inputs.every(
    ({ dims }) =>
      dims.length === first.dims.length && dims.every((size, i) => i === axis || size === first.dims[i]),
  );
  if (!fits) throw modelInvalid("a layer that joins what does not fit together");
  const size = context.inputs.reduce((sum, { dims }) => sum + (dims[axis] as number), 0);
  const names = context.inputs.map(({ name }) => name);
  return [add(context, "Concat", names, withSize(first.dims, axis, size), { axis: axis + 1 })];
};

export const slice: Translate = (context) => {
  const { layer, writer } = context;
  const { name, dims } = inputOf(context);
  const axis = axisOf(layer.settings.number(1, 0), dims);
  const asked = layer.settings.list(0);
  let rest = dims[axis] as number;
  const sizes = asked.map((size, i) => {
    const part = size === NOT_GIVEN ? Math.floor(rest / (asked.length - i)) : size;
    rest -= part;
    return part;
  });
  if (sizes.length !== layer.outputs.length || rest !== 0) throw modelInvalid("a layer that cuts wrongly");
  const parts = sizes.map((size) => checkDims(withSize(dims, axis, size)));
  const names = writer.addMany("Split", [name, writer.integers(sizes)], sizes.length, { axis: axis + 1 });
  return names.map((part, i) => ({ name: part, dims: parts[i] as readonly number[] }));
};

/** Width, height and channels, as far as given. */
export const reshape: Translate = (context) => {
  const { layer, writer } = context;
  const { name, dims } = inputOf(context);
  const asked = [2, 1, 0]
    .map((key) => layer.settings.number(key, NOT_GIVEN))
    .filter((size) => size !== NOT_GIVEN);
  const known = asked.filter((size) => size !== REST);
  const size = asked.map((one) => (one === REST ? elementCount(dims) / elementCount(known) : one));
  if (layer.settings.number(3, 0) !== 0 || elementCount(checkDims(size)) !== elementCount(dims))
    throw modelInvalid(
      "a layer that reshapes what does not fit; perhaps the model is for pictures of another size",
    );
  return [add(context, "Reshape", [name, writer.integers([1, ...size])], size)];
};

/** Where each axis comes from, by the layer's number: of [height, width], and of [channels, height, width]. */
const ORDERS_2D = [
  [0, 1],
  [1, 0],
];
const ORDERS_3D = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

export const permute: Translate = (context) => {
  const { name, dims } = inputOf(context);
  const order = (dims.length === 2 ? ORDERS_2D : ORDERS_3D)[context.layer.settings.whole(0, 0)];
  if (order === undefined || order.length !== dims.length)
    throw modelInvalid("a layer that turns in an unknown way");
  const size = order.map((axis) => dims[axis] as number);
  return [add(context, "Transpose", [name], size, { perm: [0, ...order.map((axis) => axis + 1)] })];
};

/** Channels of each group in turn. */
export const shuffleChannel: Translate = (context) => {
  const { layer, writer } = context;
  const { name, dims } = inputOf(context, 0, 3);
  const [channels, height, width] = dims as [number, number, number];
  const count = layer.settings.whole(0, 1, 1);
  const groups = layer.settings.whole(1, 0) === 1 ? channels / count : count;
  const [, each] = checkDims([groups, channels / groups]) as [number, number];
  const apart = writer.add("Reshape", [name, writer.integers([1, groups, each, height, width])]);
  const turned = writer.add("Transpose", [apart], { perm: [0, 2, 1, 3, 4] });
  return [add(context, "Reshape", [turned, writer.integers([1, ...dims])], dims)];
};

const NEAREST = 1;
const BILINEAR = 2;

export const interp: Translate = (context) => {
  const { layer, writer } = context;
  const { settings } = layer;
  const { name, dims } = inputOf(context, 0, 3);
  const [channels, height, width] = dims as [number, number, number];
  const kind = settings.whole(0, 0);
  if (kind !== NEAREST && kind !== BILINEAR) throw modelInvalid("a layer that resizes in an unknown way");
  const size = checkDims([
    channels,
    settings.whole(3, 0) || Math.floor(height * settings.number(1, 1)),
    settings.whole(4, 0) || Math.floor(width * settings.number(2, 1)),
  ]);
  const linear = settings.whole(6, 0) === 1 ? "align_corners" : "half_pixel";
  const attributes =
    kind === NEAREST
      ? { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }
      : { mode: "linear", coordinate_transformation_mode: linear };
  return [add(context, "Resize", [name, "", "", writer.integers([1, ...size])], size, attributes)];
};
