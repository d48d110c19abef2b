import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "@gatehouse/base";
import {
  DEFAULT_MIN_SCORE,
  DEFAULT_MODEL,
  type Detection,
  type Detector,
  intersectionOverUnion,
  type ModelFile,
  openDetector,
  type Picture,
  readDefaultModel,
  readModelFile,
} from "@gatehouse/detect";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pixelsOf } from "../../apps/server/src/platform/pictures/index.ts";
import { yoloInNcnnLayout } from "../../bench/lib/yolo-in-ncnn-layout.ts";
import { convertNcnn } from "../../packages/detect/src/ncnn/convert.ts";
import { framesOf } from "../lib/clip-frames.ts";

const shared = (name: string): string => fileURLToPath(new URL(`../../../shared/${name}`, import.meta.url));
const model = (name: string): string => shared(`models/${name}`);
const WITHOUT_PEOPLE = shared("media/vtest-background-without-people.png");
const FILM = shared("media/one-by-one-person-detection.mp4");
const isHere = existsSync(WITHOUT_PEOPLE) && existsSync(FILM) && existsSync(model("nanodet.bin"));

/** Seconds of the film: when one person is plainly in it, and when nobody is. */
const SOMEBODY = [10, 30, 60, 80, 105, 130];
const NOBODY = [2, 47.5, 72, 89];

const people = { minScore: DEFAULT_MIN_SCORE, labels: ["person"] };
const opened: Detector[] = [];

async function open(file: ModelFile): Promise<Detector> {
  const detector =
    file.format === "onnx"
      ? await openDetector({ kind: "onnx", file }, systemClock)
      : await openDetector({ kind: "ncnn", file }, systemClock);
  opened.push(detector);
  return detector;
}

afterAll(() => Promise.all(opened.map((detector) => detector.close())));

async function picture(bytes: Uint8Array): Promise<Picture> {
  return { ...(await pixelsOf(bytes)), atMs: 0 };
}

/** Each of these boxes has one of those with the same label upon it. */
function expectSame(these: readonly Detection[], those: readonly Detection[], overlap: number): void {
  expect(these).toHaveLength(those.length);
  for (const one of these)
    expect(Math.max(...those.map((other) => intersectionOverUnion(one, other)))).toBeGreaterThan(overlap);
}

test("the model that comes along is the one that is named, and knows people", async () => {
  const bytes = readFileSync(DEFAULT_MODEL.url);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(DEFAULT_MODEL.sha256);
  expect((await open(await readDefaultModel())).description).toMatchObject({
    family: "nanodet",
    labels: expect.arrayContaining(["person", "dog", "car"]),
    inputSize: { width: 416, height: 416 },
  });
});

describe.skipIf(!isHere)(
  "with the models and films of ../shared beside the checkout",
  { timeout: 120_000 },
  () => {
    let empty: Picture;
    const film = new Map<number, Picture>();

    beforeAll(async () => {
      empty = await picture(readFileSync(WITHOUT_PEOPLE));
      let frame = 0;
      for await (const jpeg of framesOf(FILM, { fps: 2 })) {
        const seconds = frame++ / 2;
        if ([...SOMEBODY, ...NOBODY].includes(seconds)) film.set(seconds, await picture(jpeg));
      }
    }, 120_000);

    const yolo = (): ModelFile =>
      yoloInNcnnLayout(
        readFileSync(model("yolo11n_320.param"), "utf8"),
        new Uint8Array(readFileSync(model("yolo11n_int8.onnx"))),
        320,
      );

    const MODELS: readonly (readonly [string, string, () => ModelFile | Promise<ModelFile>])[] = [
      ["NanoDet-G, which comes along", "nanodet", readDefaultModel],
      ["NanoDet-G with six outputs", "nanodet", () => readModelFile(model("nanodet_g.onnx"))],
      ["NanoDet-Plus of NCNN", "nanodet-plus", () => readModelFile(model("nanodet.param"))],
      ["YOLOX-nano", "yolox", () => readModelFile(model("yolox_nano.onnx"))],
      ["YOLO11n in 8 bits", "yolo", () => readModelFile(model("yolo11n_int8.onnx"))],
      ["YOLO11n in NCNN's layout", "yolo", yolo],
    ];

    test.each(MODELS)("%s sees who is there, and nobody where nobody is", async (_name, family, read) => {
      const detector = await open(await read());
      expect(detector.description.family).toBe(family);
      // It takes a sign on a post for somebody, with 0.50.
      const sure = family === "yolox" ? { ...people, minScore: 0.55 } : people;
      expect(await detector.detect(empty, sure)).toEqual([]);
      for (const seconds of NOBODY)
        expect(await detector.detect(film.get(seconds) as Picture, sure)).toEqual([]);
      for (const seconds of SOMEBODY) {
        const found = await detector.detect(film.get(seconds) as Picture, { ...people, minScore: 0.3 });
        expect(found.length, `at ${seconds} s`).toBeGreaterThan(0);
      }
    });

    test("the model that comes along says what the other conversion of its weights says", async () => {
      const [ours, other] = [
        await open(await readDefaultModel()),
        await open(await readModelFile(model("nanodet_g.onnx"))),
      ];
      for (const one of film.values()) {
        const [these, those] = [
          await ours.detect(one, { minScore: 0.3 }),
          await other.detect(one, { minScore: 0.3 }),
        ];
        expectSame(these, those, 0.99);
      }
    });

    test("YOLO11n says about the same read from NCNN's layout as read from ONNX", async () => {
      const [ncnn, onnx] = [await open(yolo()), await open(await readModelFile(model("yolo11n_int8.onnx")))];
      for (const seconds of SOMEBODY) {
        const look = (detector: Detector) => detector.detect(film.get(seconds) as Picture, people);
        expectSame(await look(ncnn), await look(onnx), 0.8);
      }
    });

    test("the NanoDet pair of NCNN becomes the numbers that another converter makes of it", async () => {
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
    });
  },
);

/** The model's answer to a picture of waves. */
async function run(
  bytes: Uint8Array,
): Promise<{ readonly dims: readonly number[]; readonly data: Float32Array }> {
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
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
