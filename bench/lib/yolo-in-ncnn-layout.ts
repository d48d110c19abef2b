import type { ModelFile } from "@gatehouse/detect";
import { type NcnnLayer, parseParam } from "../../packages/detect/src/ncnn/param.ts";
import type { Constant } from "../../packages/detect/src/onnx/onnx-model.ts";
import { readModel } from "../../packages/detect/src/onnx/read-model.ts";
import { numbersOf } from "../../packages/detect/src/onnx/wire-reader.ts";

const UINT8 = 2;
const STRIDES = [8, 16, 32];
const RANKS: Readonly<Record<string, number>> = {
  cv1: 0,
  m: 1,
  cv2: 2,
  cv3: 3,
  attn: 0,
  ffn: 1,
  qkv: 0,
  pe: 1,
  proj: 2,
};
const HEAD = 23;

/**
 * A network's `.param` with the weights of the same network's ONNX file, whose weights are kept in 8 bits: written in
 * 32 bits in the order of the layers. There is no genuine `.bin` of a YOLO here; this shows that ours reads that network.
 * @param size pixels of the picture, across and down
 */
export function yoloInNcnnLayout(param: string, onnx: Uint8Array, size: number): ModelFile {
  const constants = new Map(readModel(onnx).constants.map((constant) => [constant.name, constant]));
  const names = [...constants.keys()]
    .filter((name) => name.endsWith(".weight_quantized"))
    .map((name) => name.slice(0, -".weight_quantized".length))
    .toSorted(inOrderOfLayers);
  const parts = parseParam(param).flatMap((layer) => partsOf(layer, names, constants, size));
  return { format: "ncnn", param, weights: new Uint8Array(Buffer.concat(parts)) };
}

function partsOf(
  layer: NcnnLayer,
  names: string[],
  constants: ReadonlyMap<string, Constant>,
  size: number,
): Uint8Array[] {
  if (layer.type === "MemoryData")
    return [bytesOf(layer.settings.number(1, 0) === 2 ? middles(size) : strides(size))];
  if (!layer.type.startsWith("Convolution")) return [];
  const name = names.shift() ?? "";
  const bias = constants.get(`${name}.bias`);
  return [new Uint8Array(4), bytesOf(weightsOf(name, constants)), ...(bias === undefined ? [] : [bias.raw])];
}

function weightsOf(name: string, constants: ReadonlyMap<string, Constant>): Float32Array {
  const constant = (end: string): Constant => constants.get(`${name}.weight_${end}`) as Constant;
  const { raw, elementType } = constant("quantized");
  const signed = (byte: number): number => (elementType === UINT8 ? byte : (byte << 24) >> 24);
  const { floats } = constant("scale");
  const scale = new DataView(floats.buffer, floats.byteOffset).getFloat32(0, true);
  const [zero = 0] = numbersOf(constant("zero_point").varints);
  return Float32Array.from(raw, (byte) => (signed(byte) - zero) * scale);
}

/** As the network is written down: each block's first part, what it repeats, then the others; the head grid by grid. */
function inOrderOfLayers(one: string, other: string): number {
  const [a, b] = [one, other].map(placeOf) as [number[], number[]];
  for (const [i, step] of a.entries()) if (step !== b[i]) return step - (b[i] ?? -1);
  return a.length - b.length;
}

function placeOf(name: string): number[] {
  const [, block = "", ...rest] = name.replace(/\.conv$/, "").split(".");
  const [branch = "", grid = "", ...steps] = rest;
  const ordered = Number(block) !== HEAD ? rest : branch === "dfl" ? ["9"] : [grid, branch, ...steps];
  return [Number(block), ...ordered.map((step) => RANKS[step] ?? Number(step))];
}

/** Of all cells: the middle's column, then the middle's row, in cells. */
const middles = (size: number): Float32Array =>
  Float32Array.from(
    [0, 1].flatMap((axis) =>
      STRIDES.flatMap((stride) => {
        const columns = size / stride;
        return Array.from(
          { length: columns ** 2 },
          (_, i) => (axis === 0 ? i % columns : Math.floor(i / columns)) + 0.5,
        );
      }),
    ),
  );

const strides = (size: number): Float32Array =>
  Float32Array.from(STRIDES.flatMap((stride) => Array<number>((size / stride) ** 2).fill(stride)));

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
