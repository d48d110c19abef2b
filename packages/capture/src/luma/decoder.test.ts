import { execFileSync } from "node:child_process";
import { type Clock, isAppError, systemClock } from "@gatehouse/base";
import { keyFrameOf } from "@gatehouse/video";
import { H264 } from "@gatehouse/video/testing";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { findFfmpeg } from "../ffmpeg/find-ffmpeg.ts";
import { JpegSplitter } from "../jpeg-splitter.ts";
import { LumaDecoder } from "./decoder.ts";

const [WIDTH, HEIGHT] = [192, 144];
/** No time for an answer runs out, however much the machine has to do. */
const PATIENT: Clock = { ...systemClock, after: () => ({ cancel: () => undefined }) };
let program: string;
beforeAll(async () => {
  program = await findFfmpeg();
});

let decoder: LumaDecoder;
beforeEach(() => {
  decoder = new LumaDecoder({
    clock: PATIENT,
    ffmpeg: async () => program,
    width: WIDTH,
    height: HEIGHT,
  });
});
afterEach(() => decoder.stop());

/** One picture of one grey. */
function grey(luma: number, size = "640x480", pixels = "yuvj422p"): Uint8Array {
  const level = luma.toString(16).padStart(2, "0");
  const made = execFileSync(program, [
    ...[
      "-v",
      "error",
      "-f",
      "lavfi",
      "-i",
      `color=c=0x${level}${level}${level}:size=${size}:rate=1:duration=1`,
    ],
    ...["-pix_fmt", pixels, "-q:v", "4", "-frames:v", "1", "-f", "image2pipe", "-c:v", "mjpeg", "pipe:1"],
  ]);
  return new JpegSplitter().push(made)[0] as Uint8Array;
}

it("gives each picture's own grey at once, whatever its size and kind", async () => {
  const shots = [
    { luma: 40, jpeg: grey(40) },
    { luma: 200, jpeg: grey(200, "320x240", "yuvj420p") },
    { luma: 90, jpeg: grey(90, "1280x720", "yuvj444p") },
    { luma: 10, jpeg: grey(10, "64x48", "gray") },
  ];
  for (const { luma, jpeg } of [...shots, ...shots]) {
    const found = await decoder.decode({ codec: "jpeg", bytes: jpeg });
    expect(found.length).toBe(WIDTH * HEIGHT);
    expect(Math.abs((found[10_000] as number) - luma)).toBeLessThan(12);
  }
});

it("gives the colours of each pixel where they are asked for", async () => {
  const colours = new LumaDecoder({
    clock: PATIENT,
    ffmpeg: async () => program,
    width: 64,
    height: 48,
    colour: true,
  });
  const filter = "color=c=0xd02030:size=320x240:rate=1:duration=1";
  const made = execFileSync(program, [
    ...["-v", "error", "-f", "lavfi", "-i", filter, "-frames:v", "1", "-q:v", "2"],
    ...["-f", "image2pipe", "-c:v", "mjpeg", "pipe:1"],
  ]);
  try {
    const found = await colours.decode({
      codec: "jpeg",
      bytes: new JpegSplitter().push(made)[0] as Uint8Array,
    });
    expect(found.length).toBe(64 * 48 * 3);
    const middle = [...found.subarray(64 * 24 * 3, 64 * 24 * 3 + 3)];
    for (const [i, value] of [0xd0, 0x20, 0x30].entries())
      expect(Math.abs((middle[i] as number) - value)).toBeLessThan(12);
  } finally {
    colours.stop();
  }
});

it("gives the key frame of a stream at once that has its pictures in another order than they are shown", async () => {
  const made = execFileSync(program, [
    ...["-v", "error", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10", "-t", "3"],
    ...["-c:v", "libx264", "-preset", "medium", "-bf", "3", "-pix_fmt", "yuv420p"],
    ...["-g", "10", "-x264-params", "bframes=3:b-pyramid=normal:scenecut=0", "-f", "h264", "pipe:1"],
  ]);
  // The parameter sets and the first key frame, up to the first picture after it.
  const start = (from: number): number => made.indexOf(Buffer.of(0, 0, 1), from);
  let end = start(0);
  while (((made[end + 3] as number) & 0x1f) !== 1) end = start(end + 3);
  const frame = made
    .subarray(0, end)
    .toString("latin1")
    .replace(/(^|[^\0])\0\0\x01/g, "$1\0\0\0\x01");
  const found = await decoder.decode({ codec: "h264", bytes: Buffer.from(frame, "latin1") });
  expect(Math.max(...found) - Math.min(...found)).toBeGreaterThan(150);
});

it("takes key frames of H.264, and goes from one kind to the other", async () => {
  const [first, second] = H264.fragments.map((fragment) => keyFrameOf(H264.init, fragment) as Uint8Array);
  const found: number[] = [];
  for (const bytes of [first, second, first] as Uint8Array[])
    found.push((await decoder.decode({ codec: "h264", bytes })).length);
  found.push((await decoder.decode({ codec: "jpeg", bytes: grey(90) })).length);
  expect(found).toEqual(Array(4).fill(WIDTH * HEIGHT));
});

it("refuses what is no picture, rests after it, and takes sound ones again", async () => {
  let restedMs = 0;
  let given: Pick<Clock, "after"> = systemClock;
  const clock: Clock = {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() + restedMs,
    after: (delayMs, run) => given.after(delayMs, run),
  };
  const own = new LumaDecoder({ clock, ffmpeg: async () => program, width: WIDTH, height: HEIGHT });
  const jpeg = grey(90);
  const broken = new Uint8Array([...jpeg.subarray(0, 30), 0xff, 0xd9]);
  const refused = (bytes: Uint8Array, code: "frame.malformed" | "server.busy") =>
    expect(own.decode({ codec: "jpeg", bytes })).rejects.toSatisfy((error) => isAppError(error, code));
  await refused(broken, "frame.malformed");
  await refused(jpeg, "server.busy");
  restedMs = 10_000;
  given = PATIENT;
  expect((await own.decode({ codec: "jpeg", bytes: jpeg })).length).toBe(WIDTH * HEIGHT);
  own.stop();
});
