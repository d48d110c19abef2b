import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { systemClock } from "@gatehouse/base";
import {
  DEFAULT_MIN_SCORE,
  type Detection,
  type Detector,
  type ModelFile,
  openDetector,
  type Picture,
  readDefaultModel,
  readModelFile,
} from "@gatehouse/detect";
import { findFfmpeg } from "../apps/server/src/platform/ffmpeg/index.ts";
import { atScore, averagePrecision, type LabelledFrame } from "./lib/average-precision.ts";
import { installPackages } from "./lib/camera-clips.ts";
import { type BenchResult, median, quantile } from "./lib/report.ts";
import { yoloInNcnnLayout } from "./lib/yolo-in-ncnn-layout.ts";
import type { Bench } from "./run.ts";

const VIDEO = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
const LABELS = new URL("./labels/vtest.json", import.meta.url);
/** Low, so that the curve is whole. */
const LOWEST_SCORE = 0.02;
const WARM_UP_LOOKS = 5;

interface Labels {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly {
    readonly frame: number;
    readonly people: readonly Edges[];
    readonly hidden: readonly Edges[];
  }[];
}
type Edges = readonly [x1: number, y1: number, x2: number, y2: number];

interface Measured {
  readonly name: string;
  readonly ap50: number;
  readonly recall: number;
  readonly precision: number;
  readonly cpuMs: number;
  readonly delayP99Ms: number;
}

export const bench: Bench = {
  describe: "person AP50 and CPU a look of each model on 40 frames of vtest that were labelled by eye",
  async run() {
    if (!existsSync(VIDEO)) installPackages(["opencv-doc"]);
    if (!existsSync(VIDEO)) throw new Error("vtest.avi is not here: apt-get install opencv-doc");
    const labels = JSON.parse(readFileSync(LABELS, "utf8")) as Labels;
    const pictures = await framesOf(labels);
    const truth = labels.frames.map(
      ({ people, hidden }): LabelledFrame => ({ people: people.map(boxOf), hidden: hidden.map(boxOf) }),
    );
    const measured: Measured[] = [];
    for (const { name, read } of models()) measured.push(await measure(name, await read(), pictures, truth));
    console.table(
      measured.map(({ name, ...figures }) => ({ name, ...mapValues(figures, (value) => +value.toFixed(3)) })),
    );
    return result(measured);
  },
};

const boxOf = ([x1, y1, x2, y2]: Edges) => ({ x1, y1, x2, y2 });

/** The shipped model, and those of ../shared/models that are here. */
function models(): { readonly name: string; readonly read: () => Promise<ModelFile> }[] {
  const path = (name: string): string =>
    fileURLToPath(new URL(`../../shared/models/${name}`, import.meta.url));
  const given = (name: string, ...files: readonly string[]) => ({
    name,
    files,
    read: () => readModelFile(path(files[0] as string)),
  });
  const others = [
    given("nanodet_plus_ncnn_416", "nanodet.param", "nanodet.bin"),
    given("yolox_nano_416", "yolox_nano.onnx"),
    given("yolo11n_int8_320", "yolo11n_int8.onnx"),
    {
      ...given("yolo11n_ncnn_320", "yolo11n_320.param", "yolo11n_int8.onnx"),
      read: async () =>
        yoloInNcnnLayout(
          readFileSync(path("yolo11n_320.param"), "utf8"),
          new Uint8Array(readFileSync(path("yolo11n_int8.onnx"))),
          320,
        ),
    },
  ].filter(({ name, files }) => {
    const isHere = files.every((file) => existsSync(path(file)));
    if (!isHere) console.log(`${name} is left out: ../shared/models/${files.join(", ")} is not here`);
    return isHere;
  });
  return [{ name: "nanodet_g_416", read: readDefaultModel }, ...others];
}

async function measure(
  name: string,
  file: ModelFile,
  pictures: readonly Picture[],
  truth: readonly LabelledFrame[],
): Promise<Measured> {
  const detector = await open(file);
  try {
    const look = (picture: Picture) =>
      detector.detect(picture, { minScore: LOWEST_SCORE, labels: ["person"] });
    for (const picture of pictures.slice(0, WARM_UP_LOOKS)) await look(picture);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const found: (readonly Detection[])[] = [];
    const cpu: number[] = [];
    for (const picture of pictures) {
      const before = process.cpuUsage();
      found.push(await look(picture));
      const { user, system } = process.cpuUsage(before);
      cpu.push((user + system) / 1_000);
    }
    delay.disable();
    return {
      name,
      ap50: averagePrecision(truth, found),
      ...atScore(truth, found, DEFAULT_MIN_SCORE),
      cpuMs: median(cpu),
      delayP99Ms: delay.percentile(99) / 1e6,
    };
  } finally {
    await detector.close();
  }
}

const open = (file: ModelFile): Promise<Detector> =>
  file.format === "onnx"
    ? openDetector({ kind: "onnx", file }, systemClock)
    : openDetector({ kind: "ncnn", file }, systemClock);

/** The labelled frames as they are in the film: no JPEG between, no other size. */
async function framesOf({ width, height, frames }: Labels): Promise<Picture[]> {
  const step = (frames[1]?.frame ?? 1) - (frames[0]?.frame ?? 0);
  const select = ["-vf", `select=not(mod(n\\,${step}))`, "-vsync", "0"];
  const output = ["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"];
  const args = ["-v", "error", "-nostdin", "-i", VIDEO, ...select, ...output];
  const child = spawn(await findFfmpeg(), args, { stdio: ["ignore", "pipe", "inherit"] });
  const film = await buffer(child.stdout);
  const size = width * height * 3;
  if (film.length !== size * frames.length) throw new Error("the film does not have the labelled frames");
  return frames.map(({ frame }, i) => ({
    width,
    height,
    rgb: new Uint8Array(film.subarray(i * size, (i + 1) * size)),
    atMs: frame * 100,
  }));
}

function result(measured: readonly Measured[]): BenchResult {
  const figures = measured.flatMap(({ name, ap50, recall, precision, cpuMs }) => [
    [`${name}_ap50`, ap50],
    [`${name}_recall`, recall],
    [`${name}_precision`, precision],
    [`${name}_cpu_ms`, cpuMs],
  ]);
  const delays = measured.map(({ delayP99Ms }) => delayP99Ms);
  return {
    figures: { ...Object.fromEntries(figures), main_loop_delay_p99_ms: quantile(delays, 1) },
    targets: { nanodet_g_416_ap50: ">= 0.9" },
    peer: "yolo11n, YOLOX-nano and NanoDet-Plus in the same reader",
  };
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
