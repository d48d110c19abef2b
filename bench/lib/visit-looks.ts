import { readFileSync } from "node:fs";
import { systemClock } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import {
  type Detection,
  type Detector,
  type FoundThing,
  openDetector,
  readDefaultModel,
  Tracker,
  type VisitChange,
} from "@gatehouse/detect";
import { LUMA_HEIGHT, LUMA_WIDTH, MotionGate } from "@gatehouse/motion";
import { Lookout } from "../../apps/server/src/features/camera-events/detection/lookout.ts";
import { encodePicture, lumaOf, pixelsOf } from "../../apps/server/src/platform/pictures/index.ts";

const { motion, detection } = cameras.DEFAULT_CAMERA_SETTINGS;
const FPS = 5;
const NOISE_STEPS = 6;
const NOISY_PICTURES = 40;

export async function builtIn(): Promise<Detector> {
  const file = await readDefaultModel();
  return openDetector({ kind: "onnx", file }, systemClock);
}

/** The picture again and again as a camera's sensor would see it: each pixel a few steps off, by chance. */
export async function noisyPictures(file: string): Promise<Buffer[]> {
  const { width, height, rgb } = await pixelsOf(readFileSync(file), { width: 640, height: 480 });
  const pictures: Buffer[] = [];
  for (let n = 0; n < NOISY_PICTURES; n++) {
    const noisy = rgb.map((value) =>
      Math.max(0, Math.min(255, value + Math.round((Math.random() + Math.random() - 1) * NOISE_STEPS))),
    );
    pictures.push(Buffer.from(await encodePicture(noisy, { width, height }, 80)));
  }
  return pictures;
}

/** Gate, lookout and detector as the server has them, without waiting for the clock: what it makes of so many seconds. */
export async function visitsIn(
  detector: Detector,
  pictures: readonly Buffer[],
  seconds: number,
): Promise<{ readonly visits: VisitChange[]; readonly looks: number }> {
  const gate = new MotionGate(motion);
  const lookout = new Lookout("", "", { ...detection, enabled: true }, []);
  const visits: VisitChange[] = [];
  let looks = 0;
  for (let i = 0; i < seconds * FPS; i++) {
    const bytes = pictures[Math.floor(Math.random() * pictures.length)] as Buffer;
    const takenMs = 1_700_000_000_000 + (i * 1_000) / FPS;
    const frame = { tenantId: "", cameraId: "", kind: cameras.FRAME_KINDS.jpeg, bytes, takenMs };
    const { moves } = gate.look(await lumaOf(bytes, LUMA_WIDTH, LUMA_HEIGHT), takenMs);
    if (!lookout.isDue(frame, moves)) continue;
    lookout.waiting = frame;
    lookout.take();
    looks++;
    const things = await thingsIn(detector, bytes, takenMs);
    visits.push(...lookout.judge({ atMs: takenMs, things, tookMs: 0 }).changes);
  }
  return { visits: visits.filter(({ kind }) => kind === "began"), looks };
}

/** How many people the tracker counts in each of the frames, five looks a second. */
export async function countedIn(detector: Detector, frames: readonly Buffer[]): Promise<number[]> {
  const tracker = new Tracker();
  const counts: number[] = [];
  for (const [i, bytes] of frames.entries()) {
    const atMs = (i * 1_000) / FPS;
    const { detections, height } = await detectIn(detector, bytes, atMs);
    const high = detections.filter(({ y1, y2 }) => y2 - y1 >= detection.minHeight * height);
    const present = tracker.look(high, atMs);
    counts.push(present.filter(({ isConfirmed, lastMs }) => isConfirmed && lastMs === atMs).length);
  }
  return counts;
}

async function detectIn(detector: Detector, bytes: Buffer, atMs: number) {
  const pixels = await pixelsOf(bytes, detector.description.inputSize);
  const { classes: labels, minScore } = detection;
  return { ...pixels, detections: await detector.detect({ ...pixels, atMs }, { labels, minScore }) };
}

async function thingsIn(detector: Detector, bytes: Buffer, atMs: number): Promise<FoundThing[]> {
  const { detections, width, height } = await detectIn(detector, bytes, atMs);
  return detections.map(({ label, score, x1, y1, x2, y2 }: Detection) => ({
    ...{ label, score, x: x1 / width, y: y1 / height },
    ...{ width: (x2 - x1) / width, height: (y2 - y1) / height },
  }));
}
