import { modelInvalid } from "../model-invalid.ts";
import type { GraphWriter } from "../onnx/graph-writer.ts";
import { MAX_MODEL_BYTES } from "../onnx/read-model.ts";
import { elementCount } from "./blob.ts";

/** What stands before weights (ncnn, modelbin.cpp): how they are kept. */
const HALVES = 0x01306b47;
const FLOATS = [0, 0x0002c056];

/** Reads a `.bin` file from its start to its end; there is no index in it, only the order of the layers. */
export class WeightReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    if (bytes.length > MAX_MODEL_BYTES)
      throw modelInvalid("the .bin file is too large", { maxBytes: MAX_MODEL_BYTES });
    this.#bytes = bytes;
  }

  /** Weights with a mark of how they are kept: in 16 or 32 bits. @returns their name in the graph */
  marked(writer: GraphWriter, dims: readonly number[]): string {
    const mark = new DataView(this.#take(4).buffer).getUint32(0, true);
    const count = elementCount(dims);
    if (mark === HALVES) {
      const halves = new Uint16Array(this.#take(count * 2).buffer);
      if (count % 2 === 1) this.#take(2);
      return writer.halves(halves, dims);
    }
    if (FLOATS.includes(mark)) return this.floats(writer, dims);
    throw modelInvalid("weights in 8 bits or from a table; export them in 16 or 32 bits", {
      mark: `0x${mark.toString(16)}`,
    });
  }

  /** Weights in 32 bits without a mark. @returns their name in the graph */
  floats(writer: GraphWriter, dims: readonly number[]): string {
    return writer.floats(new Float32Array(this.#take(elementCount(dims) * 4).buffer), dims);
  }

  finish(): void {
    if (this.#at !== this.#bytes.length)
      throw modelInvalid("the .bin file does not belong to the .param file", {
        readBytes: this.#at,
        bytes: this.#bytes.length,
      });
  }

  /** A copy, as typed arrays need to begin at whole multiples of their elements. */
  #take(length: number): Uint8Array<ArrayBuffer> {
    if (length > this.#bytes.length - this.#at)
      throw modelInvalid("the .bin file ends before the last layer of the .param file");
    const taken = new Uint8Array(length);
    taken.set(this.#bytes.subarray(this.#at, this.#at + length));
    this.#at += length;
    return taken;
  }
}
