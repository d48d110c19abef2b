import { isAppError } from "@gatehouse/base";
import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { readModel } from "../onnx/read-model.ts";
import { convertNcnn } from "./convert.ts";

/** 64 × 64: a convolution with stride and edge, one for each channel, a shuffle, a sum, a smaller picture, a table. */
const PARAM = `7767517
10 12
Input            in0      0 1 in0
Convolution      conv0    1 1 in0 a 0=4 1=3 3=2 4=1 5=1 6=108 9=2 -23310=1,1.000000e-01
Split            split0   1 2 a b c
ConvolutionDepthWise dw0  1 1 b d 0=4 1=1 6=4 7=4 5=1
ShuffleChannel   shuffle0 1 1 c e 0=2
BinaryOp         add0     2 1 d e f 0=0
Pooling          pool0    1 1 f g 0=0 1=2 2=2 5=1
Permute          turn0    1 1 g h 0=3
Reshape          flat0    1 1 h i 0=4 1=-1
Softmax          soft0    1 1 i out 0=1
`;
const SIZE = 64;

/** Any numbers, the same each time. */
const numbers = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i * 12.9898 + seed) * 0.7));

const CONVOLUTION = { weights: numbers(108, 1), bias: numbers(4, 2) };
const DEPTHWISE = { weights: numbers(4, 3), bias: numbers(4, 4) };

const bytesOf = (values: Float32Array | Uint32Array | Uint16Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const mark = (value: number): Uint8Array => bytesOf(Uint32Array.of(value));
const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const WEIGHTS = join(
  mark(0),
  bytesOf(CONVOLUTION.weights),
  bytesOf(CONVOLUTION.bias),
  mark(0x0002c056),
  bytesOf(DEPTHWISE.weights),
  bytesOf(DEPTHWISE.bias),
);

const PICTURE = numbers(3 * SIZE * SIZE, 5);

/** What NCNN's documentation says of each layer, in plain loops. */
function expected(): number[] {
  const half = SIZE / 2;
  const at = (channel: number, y: number, x: number): number =>
    y < 0 || x < 0 || y >= SIZE || x >= SIZE ? 0 : (PICTURE[(channel * SIZE + y) * SIZE + x] as number);
  const a = Array.from({ length: 4 }, (_, out) =>
    Array.from({ length: half * half }, (_, place) => {
      const [y, x] = [Math.floor(place / half) * 2, (place % half) * 2];
      let sum = CONVOLUTION.bias[out] as number;
      for (let channel = 0; channel < 3; channel++)
        for (let k = 0; k < 9; k++)
          sum +=
            (CONVOLUTION.weights[out * 27 + channel * 9 + k] as number) *
            at(channel, y + Math.floor(k / 3) - 1, x + (k % 3) - 1);
      return sum > 0 ? sum : sum * 0.1;
    }),
  );
  const shuffled = [0, 2, 1, 3];
  const sum = a.map((plane, channel) =>
    plane.map(
      (value, i) =>
        value * (DEPTHWISE.weights[channel] as number) +
        (DEPTHWISE.bias[channel] as number) +
        (a[shuffled[channel] as number]?.[i] as number),
    ),
  );
  const quarter = half / 2;
  const rows = Array.from({ length: quarter * quarter }, (_, place) => {
    const [y, x] = [Math.floor(place / quarter) * 2, (place % quarter) * 2];
    return sum.map((plane) =>
      Math.max(...[0, 1, half, half + 1].map((step) => plane[y * half + x + step] as number)),
    );
  });
  return rows.flatMap((row) => {
    const total = row.reduce((all, value) => all + Math.exp(value), 0);
    return row.map((value) => Math.exp(value) / total);
  });
}

async function run(model: Uint8Array): Promise<Float32Array> {
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  const { output0 } = await session.run({ images: new Tensor("float32", PICTURE, [1, 3, SIZE, SIZE]) });
  return output0?.data as Float32Array;
}

const size = { width: SIZE, height: SIZE };

function refusalOf(param: string, weights: Uint8Array): string | undefined {
  try {
    readModel(convertNcnn({ param, weights }, size));
    return undefined;
  } catch (error) {
    if (isAppError(error, "detector.model_invalid")) return String(error.fields.reason);
    throw error;
  }
}

test("a network computes as an ONNX model what NCNN's layers are said to compute", async () => {
  const found = await run(convertNcnn({ param: PARAM, weights: WEIGHTS }, size));
  const wanted = expected();
  expect(found).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 4);
});

test("weights in 16 bits say the same, as exactly as 16 bits can", async () => {
  const halves = (values: Float32Array): Uint8Array => {
    const bits = new Uint16Array(Float16Array.from(values).buffer);
    return join(mark(0x01306b47), bytesOf(bits), new Uint8Array((bits.length % 2) * 2));
  };
  const weights = join(
    halves(CONVOLUTION.weights),
    bytesOf(CONVOLUTION.bias),
    halves(DEPTHWISE.weights),
    bytesOf(DEPTHWISE.bias),
  );
  const found = await run(convertNcnn({ param: PARAM, weights }, size));
  for (const [i, value] of expected().entries())
    expect(Math.abs((found[i] as number) - value)).toBeLessThan(2e-3);
});

test("class names and size come from metadata.yaml", () => {
  const metadata = "task: detect\nimgsz:\n- 64\n- 96\nnames:\n  0: person\n  1: 'dog''s bed'\n  2: \"cat\"\n";
  const model = readModel(convertNcnn({ param: PARAM, weights: WEIGHTS, metadata }));
  expect(model.inputs[0]?.dims).toEqual([1, 3, 64, 96]);
  expect(model.metadata.get("names")).toBe(JSON.stringify(["person", "dog''s bed", "cat"]));
  expect(() => convertNcnn({ param: PARAM, weights: WEIGHTS, metadata: "names:\n  1: person\n" })).toThrow(
    /model_invalid/,
  );
});

test.each([
  ["a file that is none", "hello", /no \.param file/],
  ["a missing layer", PARAM.replace("10 12", "11 12"), /as many layers/],
  ["a layer that is not known", PARAM.replace("Softmax", "YoloV5Focus"), /YoloV5Focus/],
  ["a layer called like a part of every object", PARAM.replace("Softmax", "constructor"), /constructor/],
  ["a value that no layer makes", PARAM.replace("1 1 h i", "1 1 nowhere i"), /no layer before it/],
  ["a size that does not fit", PARAM.replace("0=4 1=-1", "0=3 1=-1"), /reshapes|impossible size/],
  ["an axis that is not there", PARAM.replace("i out 0=1", "i out 0=7"), /axis/],
  ["a setting that is a text", PARAM.replace("1=3 3=2", "1=three 3=2"), /setting/],
  ["a kernel of no size", PARAM.replace("0=4 1=3 3=2", "0=4 1=0 3=2"), /setting 1=0/],
  ["a stride of nothing", PARAM.replace("3=2 4=1", "3=0 4=1"), /setting 3=0/],
  ["weights in 8 bits", PARAM.replace("6=108", "6=108 8=2"), /8 bits/],
  ["channels beyond all measure", PARAM.replace("0=4 1=3", "0=4000000000 1=3"), /setting 0=4000000000/],
])("refuses %s", (_what, param, reason) => {
  expect(refusalOf(param, WEIGHTS)).toMatch(reason);
});

test("refuses weights that are too few, too many, or of another kind", () => {
  expect(refusalOf(PARAM, WEIGHTS.subarray(0, 100))).toMatch(/ends before/);
  expect(refusalOf(PARAM, join(WEIGHTS, mark(0)))).toMatch(/does not belong/);
  expect(refusalOf(PARAM, join(mark(0x000d4b38), WEIGHTS.subarray(4)))).toMatch(/8 bits/);
});

test("whatever becomes of the text, it is read or refused, and nothing else", () => {
  const word = fc.constantFrom(
    "0=1",
    "1=-1",
    "0=-233",
    "-23300=2,1,1",
    "9=6",
    "4=-233",
    "Slice",
    "Interp",
    "MatMul",
    "Permute",
    "a",
    "b",
    "f",
    "3",
    "2",
    "1",
    "0",
    "1e9",
    "NaN",
    "",
  );
  const edits = fc.array(fc.tuple(fc.nat(200), word), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(edits, (changes) => {
      const words = PARAM.split(/( |\n)/);
      for (const [at, text] of changes) words[(at * 2) % words.length] = text;
      refusalOf(words.join(""), WEIGHTS);
    }),
    { numRuns: 1_500 },
  );
  fc.assert(
    fc.property(fc.nat(PARAM.length - 1), fc.string({ maxLength: 8 }), (at, text) => {
      refusalOf(PARAM.slice(0, at) + text + PARAM.slice(at + text.length), WEIGHTS);
    }),
    { numRuns: 1_500 },
  );
});

test("whatever becomes of the weights' bytes, they are read or refused, and nothing else", () => {
  fc.assert(
    fc.property(fc.nat(WEIGHTS.length - 1), fc.nat(255), fc.nat(WEIGHTS.length), (at, byte, length) => {
      const bytes = WEIGHTS.slice(0, length);
      if (at < bytes.length) bytes[at] = byte;
      refusalOf(PARAM, bytes);
    }),
    { numRuns: 500 },
  );
});
