/** ONNX's numbers of element types (onnx.proto, TensorProto.DataType), those that occur in detectors. */
export const ELEMENT = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
} as const;

export const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  [ELEMENT.float]: 4,
  [ELEMENT.uint8]: 1,
  [ELEMENT.int8]: 1,
  [ELEMENT.int32]: 4,
  [ELEMENT.int64]: 8,
  [ELEMENT.bool]: 1,
  [ELEMENT.float16]: 2,
  [ELEMENT.double]: 8,
};

export interface ValueInfo {
  readonly name: string;
  readonly elementType: number;
  /** undefined where the size is only known at run time. */
  readonly dims: readonly (number | undefined)[];
}

export interface Constant {
  readonly name: string;
  readonly elementType: number;
  readonly dims: readonly number[];
  /** Little-endian; empty where the values lie in one of the two below instead. */
  readonly raw: Uint8Array;
  /** 32-bit floats, little-endian. */
  readonly floats: Uint8Array;
  /** Small whole numbers, each a varint. */
  readonly varints: Uint8Array;
}

export interface Operation {
  /** `Conv`, or `com.microsoft:QLinearAdd` outside ONNX's own domain. */
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** What is asked of a model file before it is run. */
export interface OnnxModel {
  readonly opset: number;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly operations: readonly Operation[];
  readonly constants: readonly Constant[];
  readonly metadata: ReadonlyMap<string, string>;
}
