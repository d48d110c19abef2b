import { GraphWriter } from "../onnx/graph-writer.ts";

/** A model of 64 × 64 pixels that answers the same numbers to every picture. */
export function stillModel(
  outputs: readonly { readonly dims: readonly number[]; readonly values: Iterable<number> }[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const writer = new GraphWriter();
  const mean = writer.add("ReduceMean", ["images"]);
  const scalar = writer.add("Reshape", [mean, writer.integers([1, 1, 1])]);
  const nothing = writer.add("Mul", [scalar, writer.floats([0], [])]);
  return writer.finish(
    { name: "images", dims: [1, 3, 64, 64] },
    outputs.map(({ dims, values }, i) => ({
      name: `output${i}`,
      dims,
      value: writer.add("Add", [writer.floats(values, dims), nothing]),
    })),
    metadata,
  );
}

/** Places of grids with strides 8, 16 and 32 in 64 × 64 pixels. */
export const STILL_PLACES = 84;

/** A YOLO of one class that always sees the same box, given by its middle and size in pixels of 64. */
export function stillYolo(box: readonly number[], score: number, metadata: Record<string, string> = {}) {
  const values = new Float32Array(5 * STILL_PLACES);
  for (const [channel, value] of [...box, score].entries()) values[channel * STILL_PLACES] = value;
  return stillModel([{ dims: [1, 5, STILL_PLACES], values }], metadata);
}
