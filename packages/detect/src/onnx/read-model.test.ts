import { isAppError } from "@gatehouse/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stillYolo } from "../testing/still-model.ts";
import { GraphWriter } from "./graph-writer.ts";
import { readModel } from "./read-model.ts";
import { fieldsOf, numbersOf } from "./wire-reader.ts";
import { WireWriter } from "./wire-writer.ts";

const model = stillYolo([32, 32, 16, 16], 0.9, { names: "{0: 'person'}", imgsz: "[64, 64]" });

function refusalOf(bytes: Uint8Array): string | undefined {
  try {
    readModel(bytes);
    return undefined;
  } catch (error) {
    if (isAppError(error, "detector.model_invalid")) return String(error.fields.reason);
    throw error;
  }
}

/** A model whose graph holds one more thing. */
function modelWith(write: (graph: WireWriter) => void): Uint8Array {
  return new WireWriter()
    .number(1, 8)
    .message(7, write)
    .message(8, (opset) => opset.text(1, "").number(2, 13))
    .finish();
}

test("what was written is read: input, output, operations, weights and metadata", () => {
  const read = readModel(model);
  expect(read.opset).toBe(13);
  expect(read.inputs).toEqual([{ name: "images", elementType: 1, dims: [1, 3, 64, 64] }]);
  expect(read.outputs).toEqual([{ name: "output0", elementType: 1, dims: [1, 5, 84] }]);
  expect(read.operations.map(({ operator }) => operator)).toEqual([
    "ReduceMean",
    "Reshape",
    "Mul",
    "Add",
    "Identity",
  ]);
  expect(read.constants.map(({ dims }) => dims)).toEqual([[3], [], [1, 5, 84]]);
  expect([...read.metadata]).toEqual([
    ["names", "{0: 'person'}"],
    ["imgsz", "[64, 64]"],
  ]);
});

test("any whole number and any text come back as they went", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.string({ maxLength: 300 }), fc.integer(), (number, text, negative) => {
      const bytes = new WireWriter().number(1, number).text(2, text).number(3, negative).finish();
      const fields = [...fieldsOf(bytes)];
      expect(fields[0]).toEqual({ number: 1, value: number });
      expect(new TextDecoder().decode(fields[1]?.value as Uint8Array)).toBe(
        new TextDecoder().decode(new TextEncoder().encode(text)),
      );
      expect([...numbersOf(fields[2]?.value as number)]).toEqual([negative]);
    }),
  );
});

test.each([
  [
    "an operator that is not on the list",
    (graph: WireWriter) => graph.message(1, (node) => node.text(4, "Loop")),
    /Loop is not allowed/,
  ],
  [
    "an operator of somebody else's",
    (graph: WireWriter) => graph.message(1, (node) => node.text(4, "Conv").text(7, "evil.example")),
    /evil\.example:Conv is not allowed/,
  ],
  [
    "a graph within the graph",
    (graph: WireWriter) =>
      graph.message(1, (node) =>
        node.text(4, "Conv").message(5, (attribute) => attribute.message(6, () => undefined)),
      ),
    /graph within/,
  ],
  [
    "weights that lie in another file",
    (graph: WireWriter) => graph.message(5, (tensor) => tensor.number(2, 1).number(14, 1)),
    /another file/,
  ],
  [
    "the name of another file for weights",
    (graph: WireWriter) =>
      graph.message(5, (tensor) =>
        tensor.number(2, 1).message(13, (entry) => entry.text(1, "location").text(2, "/etc/passwd")),
      ),
    /another file/,
  ],
  [
    "weights larger than any file",
    (graph: WireWriter) => graph.message(5, (tensor) => tensor.number(1, 2 ** 40).number(2, 1)),
    /impossible shape/,
  ],
  [
    "weights of a negative size",
    (graph: WireWriter) => graph.message(5, (tensor) => tensor.number(1, -1).number(2, 1)),
    /impossible shape/,
  ],
  [
    "weights that do not fill their shape",
    (graph: WireWriter) =>
      graph.message(5, (tensor) => tensor.number(1, 3).number(2, 1).bytes(9, new Uint8Array(8))),
    /do not fill/,
  ],
  [
    "weights that are texts",
    (graph: WireWriter) => graph.message(5, (tensor) => tensor.number(2, 8)),
    /element type 8/,
  ],
  ["sparse weights", (graph: WireWriter) => graph.message(15, () => undefined), /sparse/],
])("refuses %s", (_what, write, reason) => {
  expect(refusalOf(modelWith((graph) => void write(graph)))).toMatch(reason);
});

test("refuses functions, old operators, and what is no model at all", () => {
  const functions = new WireWriter().message(25, () => undefined).finish();
  expect(refusalOf(functions)).toMatch(/functions/);
  const old = new WireWriter()
    .message(7, () => undefined)
    .message(8, (opset) => opset.number(2, 7))
    .finish();
  expect(refusalOf(old)).toMatch(/set 7/);
  expect(refusalOf(new Uint8Array())).toMatch(/no graph/);
  expect(refusalOf(new TextEncoder().encode("<!doctype html>"))).toMatch(/no ONNX file/);
});

test("refuses a graph with more operations than any detector has", () => {
  const writer = new GraphWriter();
  let value = "";
  for (let i = 0; i < 10_001; i++) value = writer.add("Relu", ["images"]);
  const input = { name: "images", dims: [1, 3, 64, 64] };
  expect(refusalOf(writer.finish(input, [{ name: "o", dims: [1], value }], {}))).toMatch(/more operations/);
});

test("whatever becomes of a file's bytes, it is read or refused, and nothing else", () => {
  const flips = fc.array(fc.tuple(fc.nat(model.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(flips, fc.nat(model.length), (changes, length) => {
      const bytes = model.slice(0, length > model.length / 2 ? model.length : length);
      for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
      refusalOf(bytes);
    }),
    { numRuns: 3_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void refusalOf(bytes)),
    { numRuns: 1_000 },
  );
});
