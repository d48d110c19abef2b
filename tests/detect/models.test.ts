import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
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

    test("the model that comes along is given its colours in its own order: in the other it is less sure", async () => {
      const detector = await open(await readDefaultModel());
      const [found] = await detector.detect(film.get(10) as Picture, people);
      expect(found?.score).toBeGreaterThan(0.7);
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
  },
);
