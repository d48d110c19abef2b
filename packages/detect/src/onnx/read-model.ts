import { modelInvalid } from "../model-invalid.ts";
import {
  type Constant,
  ELEMENT_BYTES,
  type OnnxModel,
  type Operation,
  type ValueInfo,
} from "./onnx-model.ts";
import { OPERATORS } from "./operators.ts";
import { fieldsOf, numbersOf } from "./wire-reader.ts";

/** YOLO11l in 32 bits has 101 MB; what is larger is too slow for a camera here anyway. */
export const MAX_MODEL_BYTES = 128 * 2 ** 20;
const MAX_OPERATIONS = 10_000;
const MAX_CONSTANTS = 10_000;
const MAX_RANK = 8;
const MAX_NAME_BYTES = 1_024;
const MAX_METADATA = 64;
const MAX_METADATA_BYTES = 64 * 1_024;
/** Opset 11 brought Resize as it is today; the runtime knows those up to 25. */
const MIN_OPSET = 9;
const MAX_OPSET = 25;

const NOTHING = new Uint8Array();

// Numbers of fields: onnx.proto, of IR version 10.
const MODEL = { graph: 7, opset: 8, metadata: 14, training: 20, functions: 25 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, sparse: 15 } as const;
const NODE = { input: 1, output: 2, operator: 4, attribute: 5, domain: 7 } as const;
const ATTRIBUTE = { graph: 6, graphs: 11, tensor: 5 } as const;
const TENSOR = {
  dims: 1,
  type: 2,
  floats: 4,
  varints: 5,
  name: 8,
  raw: 9,
  external: 13,
  location: 14,
} as const;

/**
 * Reads what a model file promises and refuses what is not plain inference on bounded data: operators that are not on
 * the list, graphs within graphs, data in other files, sizes that do not fit. Throws `detector.model_invalid`.
 */
export function readModel(bytes: Uint8Array): OnnxModel {
  if (bytes.length > MAX_MODEL_BYTES)
    throw modelInvalid("the file is too large", { maxBytes: MAX_MODEL_BYTES });
  try {
    return parseModel(bytes);
  } catch (error) {
    if (error instanceof RangeError) throw modelInvalid(`this is no ONNX file: ${error.message}`);
    throw error;
  }
}

function parseModel(bytes: Uint8Array): OnnxModel {
  let graph: Uint8Array | undefined;
  let opset = 0;
  const metadata = new Map<string, string>();
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === MODEL.training || number === MODEL.functions)
      throw modelInvalid("the file holds functions or a training graph");
    if (typeof value === "number") continue;
    if (number === MODEL.graph) graph = value;
    else if (number === MODEL.opset) opset = Math.max(opset, opsetOf(value));
    else if (number === MODEL.metadata) addMetadata(metadata, value);
  }
  if (graph === undefined) throw modelInvalid("this is no ONNX file: it holds no graph");
  if (opset < MIN_OPSET || opset > MAX_OPSET)
    throw modelInvalid(`operators of set ${opset}; those from ${MIN_OPSET} to ${MAX_OPSET} are known`);
  return { opset, metadata, ...parseGraph(graph) };
}

/** The version of ONNX's own set; 0 for those of others. */
function opsetOf(bytes: Uint8Array): number {
  let [domain, version] = ["", 0];
  for (const { number, value } of fieldsOf(bytes))
    if (number === 1) domain = textOf(value);
    else if (number === 2 && typeof value === "number") version = value;
  return domain === "" || domain === "ai.onnx" ? version : 0;
}

function addMetadata(metadata: Map<string, string>, bytes: Uint8Array): void {
  let [key, text] = ["", ""];
  for (const { number, value } of fieldsOf(bytes))
    if (number === 1) key = textOf(value);
    else if (number === 2) text = textOf(value, MAX_METADATA_BYTES);
  metadata.set(key, text);
  if (metadata.size > MAX_METADATA) throw modelInvalid("too many entries of metadata", { max: MAX_METADATA });
}

function parseGraph(bytes: Uint8Array): Pick<OnnxModel, "inputs" | "outputs" | "operations" | "constants"> {
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const operations: Operation[] = [];
  const constants: Constant[] = [];
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === GRAPH.sparse) throw modelInvalid("sparse weights");
    if (typeof value === "number") continue;
    if (number === GRAPH.node) operations.push(parseOperation(value));
    else if (number === GRAPH.initializer) constants.push(parseConstant(value));
    else if (number === GRAPH.input) inputs.push(parseValueInfo(value));
    else if (number === GRAPH.output) outputs.push(parseValueInfo(value));
    if (operations.length > MAX_OPERATIONS || constants.length > MAX_CONSTANTS)
      throw modelInvalid("more operations or weights than any detector has");
  }
  const weights = new Set(constants.map(({ name }) => name));
  return { inputs: inputs.filter(({ name }) => !weights.has(name)), outputs, operations, constants };
}

function parseOperation(bytes: Uint8Array): Operation {
  const inputs: string[] = [];
  const outputs: string[] = [];
  let [name, domain] = ["", ""];
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === NODE.input) inputs.push(textOf(value));
    else if (number === NODE.output) outputs.push(textOf(value));
    else if (number === NODE.operator) name = textOf(value);
    else if (number === NODE.domain) domain = textOf(value);
    else if (number === NODE.attribute && typeof value !== "number") checkAttribute(value);
  }
  const operator = domain === "" || domain === "ai.onnx" ? name : `${domain}:${name}`;
  if (!OPERATORS.has(operator)) throw modelInvalid(`the operator ${operator.slice(0, 80)} is not allowed`);
  return { operator, inputs, outputs };
}

function checkAttribute(bytes: Uint8Array): void {
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs)
      throw modelInvalid("a graph within the graph");
    if (number === ATTRIBUTE.tensor && typeof value !== "number") parseConstant(value);
  }
}

function parseConstant(bytes: Uint8Array): Constant {
  const dims: number[] = [];
  let [name, elementType] = ["", 0];
  const values: Record<"raw" | "floats" | "varints", Uint8Array> = {
    raw: NOTHING,
    floats: NOTHING,
    varints: NOTHING,
  };
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === TENSOR.external || (number === TENSOR.location && value !== 0))
      throw modelInvalid("weights in another file; export the model as one file");
    if (number === TENSOR.dims) dims.push(...numbersOf(value));
    else if (number === TENSOR.type && typeof value === "number") elementType = value;
    else if (number === TENSOR.name) name = textOf(value);
    else if (number === TENSOR.raw && typeof value !== "number") values.raw = value;
    else if (number === TENSOR.floats && typeof value !== "number") values.floats = value;
    else if (number === TENSOR.varints && typeof value !== "number") values.varints = value;
  }
  checkConstant(dims, elementType, values.raw);
  return { name, elementType, dims, ...values };
}

function checkConstant(dims: readonly number[], elementType: number, raw: Uint8Array): void {
  const bytes = ELEMENT_BYTES[elementType];
  if (bytes === undefined) throw modelInvalid(`weights of element type ${elementType}`);
  const isSize = (dim: number): boolean => Number.isSafeInteger(dim) && dim >= 0;
  const wanted = dims.reduce((product, dim) => product * dim, bytes);
  if (dims.length > MAX_RANK || !dims.every(isSize) || wanted > MAX_MODEL_BYTES)
    throw modelInvalid("weights of an impossible shape");
  if (raw.length > 0 && raw.length !== wanted) throw modelInvalid("weights that do not fill their shape");
}

function parseValueInfo(bytes: Uint8Array): ValueInfo {
  let name = "";
  let elementType = 0;
  const dims: (number | undefined)[] = [];
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === 1) name = textOf(value);
    else if (number === 2)
      for (const tensor of innerOf(value, 1))
        for (const field of fieldsOf(tensor))
          if (field.number === 1 && typeof field.value === "number") elementType = field.value;
          else if (field.number === 2) for (const dim of innerOf(field.value, 1)) dims.push(dimOf(dim));
  }
  if (dims.length > MAX_RANK) throw modelInvalid("an input or output of an impossible shape");
  return { name, elementType, dims };
}

function* innerOf(value: number | Uint8Array, wanted: number): Generator<Uint8Array> {
  if (typeof value === "number") return;
  for (const field of fieldsOf(value))
    if (field.number === wanted && typeof field.value !== "number") yield field.value;
}

function dimOf(bytes: Uint8Array): number | undefined {
  for (const { number, value } of fieldsOf(bytes))
    if (number === 1 && typeof value === "number" && value > 0 && Number.isSafeInteger(value)) return value;
  return undefined;
}

const text = new TextDecoder();

function textOf(value: number | Uint8Array, maxBytes = MAX_NAME_BYTES): string {
  if (typeof value === "number") throw new RangeError("a number where a text belongs");
  if (value.length > maxBytes) throw new RangeError("a text that is too long");
  return text.decode(value);
}
