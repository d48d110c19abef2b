import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import type { ModelFile } from "./inference/loaded-model.ts";
import { modelInvalid } from "./model-invalid.ts";
import { MAX_PARAM_LENGTH } from "./ncnn/param.ts";
import { MAX_MODEL_BYTES } from "./onnx/read-model.ts";

const METADATA = "metadata.yaml";
const MAX_METADATA_BYTES = 64 * 1_024;

/**
 * A model from disk: an `.onnx` file, a `.param` file with the `.bin` of the same name beside it, or the folder that
 * exports of YOLO to NCNN make. Throws `detector.model_invalid` for what is none of these or too large.
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const found = await statOf(path);
  if (found.isDirectory()) return readNcnn(await paramIn(path));
  const extension = extname(path).toLowerCase();
  if (extension === ".param") return readNcnn(path);
  if (extension === ".onnx") return { format: "onnx", bytes: await readBounded(path, MAX_MODEL_BYTES) };
  throw modelInvalid("it is called neither .onnx nor .param", { file: basename(path) });
}

async function readNcnn(path: string): Promise<ModelFile> {
  const folder = dirname(path);
  const hasMetadata = (await readdir(folder)).includes(METADATA);
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return {
    format: "ncnn",
    param: text(await readBounded(path, MAX_PARAM_LENGTH)),
    weights: await readBounded(join(folder, `${basename(path, extname(path))}.bin`), MAX_MODEL_BYTES),
    ...(hasMetadata && { metadata: text(await readBounded(join(folder, METADATA), MAX_METADATA_BYTES)) }),
  };
}

async function paramIn(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".param"));
  if (files.length !== 1) throw modelInvalid("the folder does not hold exactly one .param file");
  return join(folder, files[0] as string);
}

async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  const { size } = await statOf(path);
  if (size > maxBytes) throw modelInvalid("a file is too large", { file: basename(path), maxBytes });
  return new Uint8Array(await readFile(path));
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    throw modelInvalid("a file is not there", { file: basename(path) }, error);
  }
}
