import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { newUuid, systemRandom, type Uuid } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFfmpeg } from "../../../platform/ffmpeg/index.ts";
import { type RecordingHouse, recordingHouse, START_MS } from "../testing/house.ts";
import { filmPictures } from "../testing/pictures.ts";
import type { FilmOrder } from "./render.ts";

const clock = virtualClock(START_MS);
const LONG_MS = 120_000;
const FPS = 5;
let house: RecordingHouse;
let camera: { tenantId: Uuid; cameraId: Uuid };

beforeAll(async () => {
  house = await recordingHouse(clock);
  const tenantId = await house.addTenant();
  camera = { tenantId, cameraId: house.addCamera(tenantId) };
  await house.recordings.start?.();
  await filmPictures(house, camera, { fromMs: START_MS, seconds: 70, fps: FPS });
  // Half a minute in which nothing comes.
  await filmPictures(house, camera, { fromMs: START_MS + 100_000, seconds: 10, fps: FPS });
  await house.recordings.idle();
}, LONG_MS);
afterAll(async () => {
  await house.recordings.stop?.();
  await house[Symbol.asyncDispose]();
});

const order = (span: readonly [number, number], more: Partial<FilmOrder> = {}): FilmOrder => ({
  ...{ ...camera, fileId: newUuid(clock, systemRandom), signal: new AbortController().signal },
  ...{ fromMs: START_MS + span[0] * 1_000, toMs: START_MS + span[1] * 1_000 },
  ...more,
});

async function fileOf(film: FilmOrder): Promise<string> {
  const { tenantId, cameraId, fileId } = film;
  const opened = await house.recordings.films.open({ tenantId, cameraId, fileId });
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened?.read(0, opened.bytes - 1) ?? []) chunks.push(chunk);
  const path = join(house.folder, `${fileId}.mp4`);
  await writeFile(path, Buffer.concat(chunks));
  return path;
}

/** What ffmpeg finds in the film: its duration, and every picture decoded. */
async function probe(path: string) {
  const args = ["-hide_banner", "-i", path, "-map", "0:v", "-vsync", "passthrough", "-f", "null", "-"];
  const { stderr } = await promisify(execFile)(await findFfmpeg(), args);
  const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):([\d.]+)/.exec(stderr) ?? [];
  return {
    seconds: Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds),
    frames: Number([...stderr.matchAll(/frame=\s*(\d+)/g)].at(-1)?.[1]),
    text: stderr,
  };
}

test("a film has every picture of its span at its own time, across segments", {
  timeout: LONG_MS,
}, async () => {
  const asked = order([10, 65]);
  const ratios: number[] = [];
  const film = await house.recordings.films.render({ ...asked, onProgress: (ratio) => ratios.push(ratio) });
  expect(film).toMatchObject({
    frames: 55 * FPS,
    durationMs: 55_000,
    damaged: 0,
    firstMs: START_MS + 10_000,
  });
  const found = await probe(await fileOf(asked));
  expect(found).toMatchObject({ frames: 55 * FPS, seconds: 55 });
  expect(found.text).toMatch(/Video: h264 .*yuv420p.* 160x120/);
  expect(ratios.at(-1)).toBeGreaterThan(0.99);
});

test("a gap is two seconds, and speed is speed", { timeout: LONG_MS }, async () => {
  const gap = order([60, 108]);
  expect(await house.recordings.films.render(gap)).toMatchObject({
    frames: 18 * FPS,
    durationMs: 9_800 + 2_000 + 7_800 + 200,
  });
  const fast = order([0, 64], { speed: 8 });
  const film = await house.recordings.films.render(fast);
  expect(film.durationMs / 1_000).toBeCloseTo(8, 1);
  expect(film.frames).toBeLessThanOrEqual(240);
  expect((await probe(await fileOf(fast))).seconds).toBeCloseTo(8, 1);
});

test("a mark is drawn on each picture, whatever its text is", { timeout: LONG_MS }, async () => {
  const plain = order([0, 4]);
  const marked = order([0, 4], { watermark: `</text><image href="x"/> & "Ada" \u0000\ud800\nLink 7` });
  await house.recordings.films.render(plain);
  expect(await house.recordings.films.render(marked)).toMatchObject({ frames: 4 * FPS });
  const footOf = async (film: FilmOrder): Promise<Buffer> => {
    const args = [
      "-i",
      await fileOf(film),
      "-frames:v",
      "1",
      "-vf",
      "crop=160:20:0:100",
      "-f",
      "rawvideo",
      "-pix_fmt",
      "gray",
      "-",
    ];
    return (await promisify(execFile)(await findFfmpeg(), args, { encoding: "buffer" })).stdout;
  };
  const [without, withMark] = [await footOf(plain), await footOf(marked)];
  expect(Math.max(...without) - Math.min(...without)).toBeLessThan(30);
  expect(Math.max(...withMark)).toBeGreaterThan(150);
  expect(Math.min(...withMark)).toBeLessThan(60);
});

test("one that is given up leaves no file, and what holds nothing is refused", {
  timeout: LONG_MS,
}, async () => {
  const abort = new AbortController();
  const given = order([0, 65], {
    signal: abort.signal,
    onProgress: (ratio) => ratio > 0.3 && abort.abort(new Error("enough")),
  });
  await expect(house.recordings.films.render(given)).rejects.toThrow("enough");
  expect(await house.recordings.films.open({ ...camera, fileId: given.fileId })).toBeUndefined();
  await expect(house.recordings.films.render(order([80, 90]))).rejects.toMatchObject({
    code: "export.empty",
  });
});
