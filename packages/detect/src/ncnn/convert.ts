import type { Size } from "../detector.ts";
import { modelInvalid } from "../model-invalid.ts";
import { GraphWriter } from "../onnx/graph-writer.ts";
import { hardSwishLayer, mish, relu, swish } from "./activation.ts";
import { batchNorm, binary, copy, eltwise, matMul, memoryData, softmax } from "./arithmetic.ts";
import type { Blob } from "./blob.ts";
import { convolution, pooling } from "./convolution.ts";
import { elementwise, type Translate } from "./layer-context.ts";
import { namesInYaml, sizeInYaml } from "./metadata-yaml.ts";
import { type NcnnLayer, parseParam } from "./param.ts";
import { concat, interp, permute, reshape, shuffleChannel, slice, split } from "./shaping.ts";
import { WeightReader } from "./weights.ts";

export interface NcnnFiles {
  /** Text of the `.param` file. */
  readonly param: string;
  /** Bytes of the `.bin` file. */
  readonly weights: Uint8Array;
  /** Text of the `metadata.yaml` that exports of YOLO write beside them. */
  readonly metadata?: string;
}

/** A network names no size of picture: these are tried, and the first that fits counts. NanoDet's own comes first. */
const USUAL_SIZES = [416, 640, 320, 480, 512, 256, 224, 384, 960, 1_280];

const LAYERS: Readonly<Record<string, Translate>> = {
  BatchNorm: batchNorm,
  BinaryOp: binary,
  Concat: concat,
  Convolution: convolution,
  ConvolutionDepthWise: convolution,
  Dropout: copy,
  Eltwise: eltwise,
  HardSwish: hardSwishLayer,
  Interp: interp,
  MatMul: matMul,
  MemoryData: memoryData,
  Mish: mish,
  Noop: copy,
  Permute: permute,
  Pooling: pooling,
  ReLU: relu,
  Reshape: reshape,
  ShuffleChannel: shuffleChannel,
  Sigmoid: elementwise("Sigmoid"),
  Slice: slice,
  Softmax: softmax,
  Split: split,
  Swish: swish,
  TanH: elementwise("Tanh"),
};

/**
 * Writes a network of NCNN as an ONNX model that computes the same. Weights in 16 bits stay so. Throws
 * `detector.model_invalid`.
 * @param wish size of the picture; else that of the metadata counts, else the first usual one that the network fits
 */
export function convertNcnn(files: NcnnFiles, wish?: Size): Uint8Array<ArrayBuffer> {
  const layers = parseParam(files.param);
  const named = files.metadata === undefined ? undefined : namesInYaml(files.metadata);
  const metadata: Record<string, string> = named === undefined ? {} : { names: JSON.stringify(named) };
  const size = wish ?? (files.metadata === undefined ? undefined : sizeInYaml(files.metadata));
  if (size !== undefined) return translate(layers, files.weights, size, metadata);
  let refusal: unknown;
  for (const pixels of USUAL_SIZES) {
    try {
      return translate(layers, files.weights, { width: pixels, height: pixels }, metadata);
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}

function translate(
  layers: readonly NcnnLayer[],
  bytes: Uint8Array,
  { width, height }: Size,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const writer = new GraphWriter();
  const weights = new WeightReader(bytes);
  const input = { name: "images", dims: [3, height, width] };
  const blobs = new Map<string, Blob>();
  for (const layer of layers) {
    const translated = layer.type === "Input" ? [input] : translateLayer(layer, { writer, weights, blobs });
    for (const [i, name] of layer.outputs.entries()) blobs.set(name, translated[i] as Blob);
  }
  weights.finish();
  const used = new Set(layers.flatMap(({ inputs }) => inputs));
  const outputs = layers
    .flatMap((layer) => layer.outputs)
    .filter((name) => !used.has(name))
    .map((name, i) => {
      const blob = blobs.get(name) as Blob;
      return { name: `output${i}`, dims: [1, ...blob.dims], value: blob.name };
    });
  return writer.finish({ name: input.name, dims: [1, ...input.dims] }, outputs, metadata);
}

interface Network {
  readonly writer: GraphWriter;
  readonly weights: WeightReader;
  readonly blobs: ReadonlyMap<string, Blob>;
}

function translateLayer(layer: NcnnLayer, { writer, weights, blobs }: Network): readonly Blob[] {
  const layerName = { layer: layer.name.slice(0, 80) };
  const translateOne = Object.hasOwn(LAYERS, layer.type) ? LAYERS[layer.type] : undefined;
  if (translateOne === undefined)
    throw modelInvalid(`layers of the type ${layer.type.slice(0, 80)}`, layerName);
  const inputs = layer.inputs.map((name) => {
    const blob = blobs.get(name);
    if (blob === undefined) throw modelInvalid("a layer that needs what no layer before it makes", layerName);
    return blob;
  });
  const made = translateOne({ layer, inputs, writer, weights });
  if (made.length !== layer.outputs.length) throw modelInvalid("a layer with too many outputs", layerName);
  return made;
}
