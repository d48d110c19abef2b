import { modelInvalid } from "../model-invalid.ts";
import type { Attributes } from "../onnx/graph-writer.ts";
import { activate } from "./activation.ts";
import { checkDims, elementCount } from "./blob.ts";
import { add, inputOf, type LayerContext, type Translate } from "./layer-context.ts";

/** Padding so that a stride of 1 keeps the size, the odd pixel at the end or at the start. */
const SAME_UPPER = -233;
const SAME_LOWER = -234;
const MAX_KERNEL = 64;

interface Window {
  readonly attributes: Attributes;
  readonly height: number;
  readonly width: number;
  readonly kernel: readonly [number, number];
}

/** Kernel, stride, dilation and padding, down and across: across alone counts for both where down is not given. */
function windowOf({ settings }: LayerContext["layer"], height: number, width: number): Window {
  const pair = (across: number, down: number, otherwise: number, least: number): [number, number] => {
    const first = settings.whole(across, otherwise, least, MAX_KERNEL);
    return [settings.whole(down, first, least, MAX_KERNEL), first];
  };
  const kernel = pair(1, 11, 1, 1);
  const dilations = pair(2, 12, 1, 1);
  const strides = pair(3, 13, 1, 1);
  const common = { kernel_shape: kernel, dilations, strides };
  const left = settings.number(4, 0);
  if (left === SAME_UPPER || left === SAME_LOWER) {
    const attributes = { ...common, auto_pad: left === SAME_UPPER ? "SAME_UPPER" : "SAME_LOWER" };
    const [down, across] = strides;
    return { attributes, kernel, height: Math.ceil(height / down), width: Math.ceil(width / across) };
  }
  const pad = (key: number, otherwise: number): number => settings.whole(key, otherwise, 0, MAX_KERNEL);
  const [leftPad, topPad] = [pad(4, 0), pad(14, pad(4, 0))];
  const [rightPad, bottomPad] = [pad(15, leftPad), pad(16, topPad)];
  const out = (size: number, axis: 0 | 1, pads: number): number =>
    Math.floor((size + pads - (dilations[axis] * (kernel[axis] - 1) + 1)) / strides[axis]) + 1;
  return {
    attributes: { ...common, pads: [topPad, leftPad, bottomPad, rightPad] },
    kernel,
    height: out(height, 0, topPad + bottomPad),
    width: out(width, 1, leftPad + rightPad),
  };
}

/** `Convolution`, and `ConvolutionDepthWise` with groups. */
export const convolution: Translate = (context) => {
  const { layer, writer, weights } = context;
  const { settings } = layer;
  const { name, dims } = inputOf(context, 0, 3);
  const [channels, height, width] = dims as [number, number, number];
  const out = settings.whole(0, 0, 1);
  const groups = layer.type === "Convolution" ? 1 : settings.whole(7, 1, 1);
  const window = windowOf(layer, height, width);
  if (settings.whole(8, 0) !== 0) throw modelInvalid("weights in 8 bits; export the model in 16 or 32 bits");
  if (settings.whole(19, 0) !== 0) throw modelInvalid("a convolution whose weights are computed");
  const shape = checkDims([out, channels / groups, ...window.kernel]);
  if (out % groups !== 0 || settings.number(6, 0) !== elementCount(shape))
    throw modelInvalid("a convolution whose weights do not fit its input", {
      layer: layer.name.slice(0, 80),
    });
  const inputs = [name, weights.marked(writer, shape)];
  if (settings.whole(5, 0) === 1) inputs.push(weights.floats(writer, [out]));
  const attributes = { ...window.attributes, group: groups };
  return [activate(context, add(context, "Conv", inputs, [out, window.height, window.width], attributes))];
};

const ADAPTIVE = 7;
const FULL_PADDING = 0;
const VALID_PADDING = 1;

export const pooling: Translate = (context) => {
  const { settings } = context.layer;
  const { name, dims } = inputOf(context, 0, 3);
  const [channels, height, width] = dims as [number, number, number];
  const average = settings.whole(0, 0) === 1;
  if (settings.whole(4, 0) === 1)
    return [add(context, average ? "GlobalAveragePool" : "GlobalMaxPool", [name], [channels, 1, 1])];
  const mode = settings.whole(5, FULL_PADDING);
  if (settings.whole(ADAPTIVE, 0) !== 0 || (mode !== FULL_PADDING && mode !== VALID_PADDING))
    throw modelInvalid("a pooling layer of an unknown kind");
  const across = settings.whole(1, 1, 1, MAX_KERNEL);
  const kernel = [settings.whole(11, across, 1, MAX_KERNEL), across] as const;
  const strideAcross = settings.whole(2, 1, 1, MAX_KERNEL);
  const strides = [settings.whole(12, strideAcross, 1, MAX_KERNEL), strideAcross] as const;
  const left = settings.whole(3, 0, 0, MAX_KERNEL);
  const top = settings.whole(13, left, 0, MAX_KERNEL);
  const [right, bottom] = [settings.whole(14, left, 0, MAX_KERNEL), settings.whole(15, top, 0, MAX_KERNEL)];
  const round = mode === FULL_PADDING ? Math.ceil : Math.floor;
  const out = (size: number, axis: 0 | 1, pads: number): number =>
    round((size + pads - kernel[axis]) / strides[axis]) + 1;
  const counted = average ? { count_include_pad: settings.whole(6, 0) } : {};
  const attributes = {
    kernel_shape: kernel,
    strides,
    pads: [top, left, bottom, right],
    ceil_mode: mode === FULL_PADDING ? 1 : 0,
    ...counted,
  };
  const size = [channels, out(height, 0, top + bottom), out(width, 1, left + right)];
  return [add(context, average ? "AveragePool" : "MaxPool", [name], size, attributes)];
};
