import { readFile } from "node:fs/promises";
import type { ModelFile } from "./inference/loaded-model.ts";
import { COCO_NAMES } from "./output/class-names.ts";

/** NanoDet-G, the model that comes with Gatehouse; model/NOTICE says whose it is. */
export const DEFAULT_MODEL = {
  name: "NanoDet-G 416",
  url: new URL("../model/nanodet-g-416.onnx", import.meta.url),
  sha256: "5269aea0ebd7c65ee03818cd5444791c71055b1daad479212f6cd193b86fd4b6",
  bytes: 7_586_872,
  licence: "Apache-2.0",
  family: "nanodet",
  labels: COCO_NAMES,
  inputSize: { width: 416, height: 416 },
} as const;

export async function readDefaultModel(): Promise<Extract<ModelFile, { format: "onnx" }>> {
  return { format: "onnx", bytes: new Uint8Array(await readFile(DEFAULT_MODEL.url)) };
}
