import { expect, test } from "vitest";
import { chosenFiles, nameOf } from "./model-files.ts";

const file = (name: string): File => new File(["x"], name);

test("files are told by their endings, and only those of one model are one", () => {
  const onnx = file("Yard.v2.ONNX");
  expect(chosenFiles([onnx])).toEqual({ onnx });
  expect(nameOf({ onnx })).toBe("Yard.v2");
  const [param, bin, metadata] = [file("m.param"), file("m.bin"), file("metadata.yaml")];
  expect(chosenFiles([bin, metadata, param])).toEqual({ param, bin, metadata });
  for (const wrong of [[], [param], [bin], [onnx, bin], [onnx, file("b.onnx")], [file("m.pt")]])
    expect(chosenFiles(wrong)).toBeUndefined();
});
