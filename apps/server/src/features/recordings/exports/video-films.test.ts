import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { newUuid, systemRandom, type Uuid } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { Fmp4Splitter, FRAME_KINDS } from "@gatehouse/video";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFfmpeg } from "../../../platform/ffmpeg/index.ts";
import { type RecordingHouse, recordingHouse, START_MS } from "../testing/house.ts";
import type { FilmOrder } from "./render.ts";

const clock = virtualClock(START_MS);
const LONG_MS = 120_000;
const SECONDS = 40;
const FPS = 10;
let house: RecordingHouse;
let camera: { tenantId: Uuid; cameraId: Uuid };

/** What a camera of H.264 sends: fragments of two seconds, with pictures that refer to later ones. */
async function video(): Promise<Uint8Array> {
  const source = [
    "-f",
    "lavfi",
    "-i",
    `testsrc=size=160x120:rate=${FPS}:duration=${SECONDS}`,
    "-pix_fmt",
    "yuv420p",
  ];
  const coded = [
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-bf",
    "2",
    "-g",
    String(2 * FPS),
    "-sc_threshold",
    "0",
  ];
  const form = ["-movflags", "frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "-"];
  const asked = { encoding: "buffer", maxBuffer: 50_000_000 } as const;
  return (
    await promisify(execFile)(await findFfmpeg(), ["-loglevel", "error", ...source, ...coded, ...form], asked)
  ).stdout;
}

beforeAll(async () => {
  house = await recordingHouse(clock);
  const tenantId = await house.addTenant();
  camera = { tenantId, cameraId: house.addCamera(tenantId) };
  await house.recordings.start?.();
  let fragments = 0;
  for (const { kind, bytes } of new Fmp4Splitter().push(await video())) {
    const takenMs = START_MS + fragments * 2_000;
    if (takenMs > clock.nowMs()) clock.advance(takenMs - clock.nowMs());
    const isInit = kind === "init";
    house.source.send({
      ...camera,
      takenMs,
      bytes,
      kind: isInit ? FRAME_KINDS.mp4Init : FRAME_KINDS.mp4Fragment,
    });
    if (!isInit) fragments++;
    await house.recordings.idle();
  }
}, LONG_MS);
afterAll(async () => {
  await house.recordings.stop?.();
  await house[Symbol.asyncDispose]();
});

async function film(fromMs: number, toMs: number, more: Partial<FilmOrder> = {}) {
  const fileId = newUuid(clock, systemRandom);
  const span = { fromMs: START_MS + fromMs, toMs: START_MS + toMs };
  const made = await house.recordings.films.render({
    ...{ ...camera, ...span, fileId, signal: new AbortController().signal },
    ...more,
  });
  const opened = await house.recordings.films.open({ ...camera, fileId });
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened?.read(0, opened.bytes - 1) ?? []) chunks.push(chunk);
  const path = join(house.folder, `${fileId}.mp4`);
  await writeFile(path, Buffer.concat(chunks));
  const args = ["-hide_banner", "-i", path, "-map", "0:v", "-vsync", "passthrough", "-f", "null", "-"];
  const { stderr } = await promisify(execFile)(await findFfmpeg(), args);
  const [, minutes, seconds] = /Duration: 00:(\d+):([\d.]+)/.exec(stderr) ?? [];
  const shown = Number([...stderr.matchAll(/frame=\s*(\d+)/g)].at(-1)?.[1]);
  return { made, seconds: Number(minutes) * 60 + Number(seconds), shown, text: stderr };
}

test("video is copied as it is, and shown from the asked picture to the asked picture", {
  timeout: LONG_MS,
}, async () => {
  const { made, seconds, shown, text } = await film(5_000, 21_500);
  expect(made).toMatchObject({ durationMs: 16_500, frames: 18 * FPS });
  expect([seconds, shown]).toEqual([16.5, 165]);
  expect(text).not.toMatch(/error|invalid/i);
});

test("video with a mark is made anew, of the same length", { timeout: LONG_MS }, async () => {
  const { made, seconds, shown } = await film(5_000, 21_500, { watermark: "Link 7" });
  expect(made.durationMs).toBe(16_500);
  expect(seconds).toBeCloseTo(16.5, 1);
  expect(Math.abs(shown - 165)).toBeLessThanOrEqual(1);
});

test("fast video has the pictures that stand alone", { timeout: LONG_MS }, async () => {
  const { made, seconds } = await film(0, 38_000, { speed: 4 });
  expect(made.frames).toBe(19);
  expect(seconds).toBeCloseTo(9.5, 1);
});
