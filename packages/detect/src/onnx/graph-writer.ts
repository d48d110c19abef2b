import { ELEMENT } from "./onnx-model.ts";
import { WireWriter } from "./wire-writer.ts";

/** Whole numbers are written as such; `{ float }` and texts as what they are. */
export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface GraphOutput {
  readonly name: string;
  readonly dims: readonly number[];
}

const IR_VERSION = 8;
const OPSET = 13;

/** Builds an ONNX model of one 32-bit float input, operation by operation; every value has one name. */
export class GraphWriter {
  readonly #nodes: ((graph: WireWriter) => void)[] = [];
  readonly #weights: ((graph: WireWriter) => void)[] = [];
  #named = 0;

  /** @returns the name of the operation's value */
  add(operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.addMany(operator, inputs, 1, attributes)[0] as string;
  }

  addMany(operator: string, inputs: readonly string[], count: number, attributes: Attributes = {}): string[] {
    const outputs = Array.from({ length: count }, () => this.#name("v"));
    this.#write(operator, inputs, outputs, attributes);
    return outputs;
  }

  floats(values: Iterable<number>, dims: readonly number[]): string {
    return this.#constant(ELEMENT.float, dims, new Uint8Array(Float32Array.from(values).buffer));
  }

  /** Half as large; the runtime turns them into 32 bits once, when it loads. @param values bits of IEEE binary16 */
  halves(values: Uint16Array, dims: readonly number[]): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.add("Cast", [this.#constant(ELEMENT.float16, dims, bytes)], { to: ELEMENT.float });
  }

  integers(values: readonly number[]): string {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#constant(ELEMENT.int64, [values.length], bytes);
  }

  /** @param metadata read back with the model: class names, size, family */
  finish(
    input: GraphOutput,
    outputs: readonly (GraphOutput & { readonly value: string })[],
    metadata: Readonly<Record<string, string>>,
  ): Uint8Array<ArrayBuffer> {
    for (const { name, value } of outputs) this.#write("Identity", [value], [name], {});
    const model = new WireWriter().number(1, IR_VERSION).text(2, "gatehouse");
    model.message(7, (graph) => {
      for (const write of this.#nodes) write(graph);
      graph.text(2, "detector");
      for (const write of this.#weights) write(graph);
      writeValueInfo(graph, 11, input);
      for (const output of outputs) writeValueInfo(graph, 12, output);
    });
    model.message(8, (opset) => opset.text(1, "").number(2, OPSET));
    for (const [key, value] of Object.entries(metadata))
      model.message(14, (entry) => entry.text(1, key).text(2, value));
    return model.finish();
  }

  #name(kind: string): string {
    return `${kind}${this.#named++}`;
  }

  #constant(elementType: number, dims: readonly number[], raw: Uint8Array): string {
    const name = this.#name("w");
    this.#weights.push((graph) =>
      graph.message(5, (tensor) => {
        for (const dim of dims) tensor.number(1, dim);
        tensor.number(2, elementType).text(8, name).bytes(9, raw);
      }),
    );
    return name;
  }

  #write(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes,
  ): void {
    this.#nodes.push((graph) =>
      graph.message(1, (node) => {
        for (const input of inputs) node.text(1, input);
        for (const output of outputs) node.text(2, output);
        node.text(4, operator);
        for (const [name, value] of Object.entries(attributes))
          node.message(5, (attribute) => writeAttribute(attribute.text(1, name), value));
      }),
    );
  }
}

/** AttributeProto: its value, then which kind it is. */
function writeAttribute(attribute: WireWriter, value: Attribute): void {
  if (typeof value === "number") attribute.number(3, value).number(20, 2);
  else if (typeof value === "string") attribute.text(4, value).number(20, 3);
  else if ("float" in value) attribute.float(2, value.float).number(20, 1);
  else {
    for (const number of value) attribute.number(8, number);
    attribute.number(20, 7);
  }
}

function writeValueInfo(graph: WireWriter, field: number, { name, dims }: GraphOutput): void {
  graph.message(field, (info) =>
    info.text(1, name).message(2, (type) =>
      type.message(1, (tensor) =>
        tensor.number(1, ELEMENT.float).message(2, (shape) => {
          for (const dim of dims) shape.message(1, (one) => one.number(1, dim));
        }),
      ),
    ),
  );
}
