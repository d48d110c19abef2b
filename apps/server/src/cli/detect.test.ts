import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseCommandLine } from "./arguments.ts";
import { runDetect } from "./detect.ts";

let folder = "";
let picture = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "detect-"));
  picture = join(folder, "meadow.jpg");
  const background = { r: 60, g: 130, b: 40 };
  await writeFile(
    picture,
    await sharp({ create: { width: 320, height: 240, channels: 3, background } })
      .jpeg()
      .toBuffer(),
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function detect(...words: string[]): Promise<{ value: unknown; text: string }> {
  const said: { value: unknown; text: string }[] = [];
  await runDetect(parseCommandLine(["detect", ...words]), {
    result: (value, forPeople) => void said.push({ value, text: forPeople() }),
    failed: () => undefined,
  });
  return said[0] as { value: unknown; text: string };
}

test("try says what is in a picture and draws it, once", { timeout: 60_000 }, async () => {
  const out = join(folder, "found.png");
  const { value, text } = await detect("try", picture, "--out", out);
  expect(value).toMatchObject({ model: "NanoDet-G 416", width: 320, height: 240, detections: [], out });
  expect(text).toMatch(/^ +class +score.*\n0 found in \d+ ms by NanoDet-G 416$/);
  expect(await sharp(await readFile(out)).metadata()).toMatchObject({
    format: "png",
    width: 320,
    height: 240,
  });
  await expect(detect("try", picture, "--out", out)).rejects.toMatchObject({
    code: "request.invalid",
    fields: { option: "--out", detail: expect.stringContaining("--force") },
  });
  await detect("try", picture, "--out", out, "--force");
});

test("bench says what a look costs", { timeout: 60_000 }, async () => {
  const { value, text } = await detect("bench", "--seconds", "1");
  expect(value).toMatchObject({ family: "nanodet", inputWidth: 416, inputHeight: 416 });
  const { cpuMs, looks, memoryMib } = value as { cpuMs: number; looks: number; memoryMib: number };
  expect(cpuMs).toBeGreaterThan(1);
  expect(looks).toBeGreaterThanOrEqual(10);
  expect(memoryMib).toBeGreaterThan(10);
  expect(text).toMatch(/CPU a look, one thread +[\d.]+ ms/);
});

test.each([
  ["no command", []],
  ["no picture", ["try"]],
  ["a picture that is none", ["try", "package.json"]],
  ["a class that the model does not know", ["try", "PICTURE", "--classes", "unicorn"]],
  ["a score that is none", ["try", "PICTURE", "--min-score", "2"]],
])("refuses %s", { timeout: 60_000 }, async (_what, words) => {
  const given = words.map((word) => (word === "PICTURE" ? picture : word));
  await expect(detect(...given)).rejects.toMatchObject({ code: "request.invalid" });
});

test.each(["no-such.onnx", "package.json", "apps"])("refuses %s as a model", async (model) => {
  await expect(detect("try", picture, "--model", model)).rejects.toMatchObject({
    code: "detector.model_invalid",
  });
});
