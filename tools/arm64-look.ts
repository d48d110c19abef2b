// One look at one picture with the model that comes along, by whichever processor runs this: tools/arm64.ts compares two.
//   node tools/arm64-look.ts PICTURE.rgb WIDTH HEIGHT
import { readFileSync } from "node:fs";
import { type Clock, systemClock } from "@gatehouse/base";
import { openDetector, readDefaultModel } from "@gatehouse/detect";

const [, , path = "", width, height] = process.argv;
/** A look takes far longer where the processor is emulated than a detector is given. */
const patientClock: Clock = {
  ...systemClock,
  after: (delayMs, run) => systemClock.after(delayMs * 100, run),
};

const file = await readDefaultModel();
if (file.format !== "onnx") throw new TypeError("the model that comes along is an ONNX file");
const detector = await openDetector({ kind: "onnx", file }, patientClock);
const startMs = systemClock.monotonicMs();
const picture = { width: Number(width), height: Number(height), rgb: readFileSync(path), atMs: 0 };
const found = await detector.detect(picture, { minScore: 0.45, labels: ["person"] });
const lookMs = Math.round(systemClock.monotonicMs() - startMs);
await detector.close();
console.log(JSON.stringify({ arch: process.arch, lookMs, found }));
