import { existsSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { convertNcnn } from "./convert.ts";

const model = (name: string): string =>
  fileURLToPath(new URL(`../../../../../shared/models/${name}`, import.meta.url));
const isHere = ["nanodet.param", "nanodet.bin", "ncnn2onnx.js"].every((name) => existsSync(model(name)));

test.skipIf(!isHere)(
  "the NanoDet pair of NCNN becomes the numbers that another converter makes of it (skipped when ../shared/models is not beside the checkout)",
  { timeout: 60_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "ncnn-"));
    try {
      const [param, bin, out] = [model("nanodet.param"), model("nanodet.bin"), join(folder, "other.onnx")];
      const { convert } = createRequire(import.meta.url)(model("ncnn2onnx.js")) as {
        convert(options: { param: string; bin: string; out: string; input: number[] }): unknown;
      };
      convert({ param, bin, out, input: [3, 416, 416] });
      const files = { param: readFileSync(param, "utf8"), weights: new Uint8Array(readFileSync(bin)) };
      const ours = await run(convertNcnn(files, { width: 416, height: 416 }));
      const theirs = await run(new Uint8Array(readFileSync(out)));
      expect(ours.dims).toEqual([1, 112, 3598]);
      expect(theirs.dims).toEqual(ours.dims);
      let furthest = 0;
      for (const [i, value] of ours.data.entries())
        furthest = Math.max(furthest, Math.abs(value - (theirs.data[i] as number)));
      expect(furthest).toBeLessThan(1e-3);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

/** The model's answer to a picture of waves. */
async function run(
  bytes: Uint8Array,
): Promise<{ readonly dims: readonly number[]; readonly data: Float32Array }> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const waves = Float32Array.from(
    { length: 3 * 416 * 416 },
    (_, i) => Math.sin(i / 97) + Math.cos(i / 4_001),
  );
  const results = await session.run({
    [session.inputNames[0] as string]: new Tensor("float32", waves, [1, 3, 416, 416]),
  });
  const output = results[session.outputNames[0] as string];
  return { dims: output?.dims ?? [], data: output?.data as Float32Array };
}
