import { readFile, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { systemClock } from "@gatehouse/base";
import {
  DEFAULT_MIN_SCORE,
  DEFAULT_MODEL,
  type Detection,
  type Detector,
  type ModelFile,
  openDetector,
  type Picture,
  probeModel,
  readDefaultModel,
  readModelFile,
} from "@gatehouse/detect";
import { drawBoxes, pixelsOf } from "../platform/pictures/index.ts";
import type { CommandLine } from "./arguments.ts";
import { measureDetector } from "./measure-detector.ts";
import { type Output, table } from "./output.ts";
import { whole } from "./simulation.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = "gatehouse detect bench [MODEL] | detect try PICTURE [--model MODEL] [--out FILE.png]";
const MAX_PICTURE_BYTES = 64 * 2 ** 20;
/** What cameras look for. */
const USUAL_CLASSES = "person";

/** `detect bench` and `detect try`: a model on this machine, without a server. */
export async function runDetect(line: CommandLine, output: Output): Promise<void> {
  const [, command, operand] = line.words;
  if (command === "bench") return bench(operand, line, output);
  if (command === "try" && operand !== undefined) return tryPicture(operand, line, output);
  throw new UsageError({ usage: USAGE });
}

async function bench(path: string | undefined, { options }: CommandLine, output: Output): Promise<void> {
  const seconds = whole(options.seconds, "seconds", 5, 600);
  const measured = await measureDetector(() => open(path), seconds);
  output.result({ model: nameOf(path), ...measured }, () =>
    table([
      ["model", nameOf(path)],
      ["family, input", `${measured.family}, ${measured.inputWidth} × ${measured.inputHeight}`],
      ["ready after", `${measured.loadMs} ms`],
      ["CPU a look, one thread", `${measured.cpuMs.toFixed(1)} ms (median of ${measured.looks})`],
      [
        "time a look",
        `${measured.medianMs.toFixed(1)} ms; one in twenty takes ${measured.p95Ms.toFixed(1)} ms`,
      ],
      ["memory for the model", `${measured.memoryMib} MiB`],
    ]),
  );
}

async function tryPicture(path: string, { options }: CommandLine, output: Output): Promise<void> {
  const { model, out, classes = USUAL_CLASSES } = options;
  const minScore = scoreOf(options["min-score"]);
  const modelPath = typeof model === "string" ? model : undefined;
  const picture = await readPicture(path);
  const detector = await open(modelPath);
  try {
    const labels = classes === "all" ? {} : { labels: String(classes).split(",") };
    assertKnown(labels.labels ?? [], detector);
    const startMs = systemClock.monotonicMs();
    const found = await detector.detect(picture, { minScore, ...labels });
    const lookMs = Math.round(systemClock.monotonicMs() - startMs);
    const drawn = typeof out === "string" ? { out } : {};
    if (typeof out === "string")
      await writePicture(out, await drawBoxes(picture, found), options.force === true);
    const { width, height } = picture;
    output.result({ model: nameOf(modelPath), width, height, lookMs, detections: found, ...drawn }, () =>
      [listOf(found), `${found.length} found in ${lookMs} ms by ${nameOf(modelPath)}`].join("\n"),
    );
  } finally {
    await detector.close();
  }
}

const nameOf = (path: string | undefined): string =>
  path === undefined ? DEFAULT_MODEL.name : basename(path);

/** A file of one's own is tried apart first: it may come from anywhere. */
async function open(path: string | undefined): Promise<Detector> {
  const file: ModelFile = path === undefined ? await readDefaultModel() : await readModelFile(path);
  if (path !== undefined) await probeModel({ file }, systemClock);
  return file.format === "onnx"
    ? openDetector({ kind: "onnx", file }, systemClock)
    : openDetector({ kind: "ncnn", file }, systemClock);
}

async function readPicture(path: string): Promise<Picture> {
  try {
    const { size } = await stat(path);
    if (size > MAX_PICTURE_BYTES) throw new RangeError(`larger than ${MAX_PICTURE_BYTES} bytes`);
    return { ...(await pixelsOf(await readFile(path))), atMs: 0 };
  } catch (cause) {
    throw new UsageError({ picture: path, detail: (cause as Error).message }, { cause });
  }
}

async function writePicture(out: string, png: Uint8Array, replaces: boolean): Promise<void> {
  try {
    await writeFile(out, png, { flag: replaces ? "w" : "wx" });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const detail = code === "EEXIST" ? "there is such a file already; --force replaces it" : message;
    throw new UsageError({ option: "--out", detail }, { cause });
  }
}

function scoreOf(text: string | boolean | undefined): number {
  const score = text === undefined ? DEFAULT_MIN_SCORE : Number(text);
  if (!(score >= 0.01 && score <= 0.99))
    throw new UsageError({ option: "--min-score", allowed: "0.01 … 0.99" });
  return score;
}

function assertKnown(labels: readonly string[], { description }: Detector): void {
  const unknown = labels.filter((label) => !description.labels.includes(label));
  if (unknown.length > 0)
    throw new UsageError({ option: "--classes", unknown, known: description.labels.join(", ") });
}

const listOf = (found: readonly Detection[]): string =>
  table([
    ["", "class", "score", "left", "top", "right", "bottom"],
    ...found.map(({ label, score, x1, y1, x2, y2 }, i) => [
      String(i + 1),
      label,
      score.toFixed(2),
      ...[x1, y1, x2, y2].map((edge) => String(Math.round(edge))),
    ]),
  ]);
