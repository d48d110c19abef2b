import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError, silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { inspectFragment, inspectInit, inspectJpeg, type VideoInit } from "@gatehouse/video";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectDirect } from "../connect.ts";
import { findFfmpeg } from "../ffmpeg/find-ffmpeg.ts";
import { openSource } from "../open-source.ts";
import type { CaptureDeps, CapturedPicture, SourceSpec } from "../source.ts";
import { formatOf } from "./v4l2.ts";
import type { VideoDevices } from "./video-devices.ts";

const folder = mkdtempSync(join(tmpdir(), "gatehouse capture "));
afterAll(() => rmSync(folder, { recursive: true }));
let program: string;
const ffmpeg = (...args: readonly string[]): void =>
  void execFileSync(program, ["-v", "error", "-y", ...args], { cwd: folder });

beforeAll(async () => {
  program = await findFfmpeg();
  const test = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=10:duration=2"];
  ffmpeg(...test, "-c:v", "libx264", "-g", "5", "-pix_fmt", "yuv420p", "film with a space.mp4");
  ffmpeg(...test, "-c:v", "libx264", "-g", "500", "-crf", "1", "-pix_fmt", "yuv420p", "long.mp4");
  ffmpeg(...test, "-c:v", "mpeg4", "-q:v", "3", "other.avi");
  ffmpeg(...test, "-c:v", "mjpeg", "-q:v", "3", "-f", "mjpeg", "webcam.mjpeg");
}, 60_000);

/** So many of a source's pictures, then it is ended. */
async function take(
  count: number,
  spec: SourceSpec,
  more: Partial<CaptureDeps> = {},
): Promise<CapturedPicture[]> {
  const ending = new AbortController();
  const pictures: CapturedPicture[] = [];
  const deps: CaptureDeps = {
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    signal: ending.signal,
    connect: connectDirect,
    ffmpeg: async () => program,
    as: "copy",
    ...more,
  };
  for await (const picture of openSource(spec, deps)) {
    // What it had ready when it was told to end may still come.
    if (pictures.length < count) pictures.push(picture);
    if (pictures.length === count) ending.abort();
  }
  return pictures;
}

const refusal = async (spec: SourceSpec, more: Partial<CaptureDeps> = {}): Promise<unknown> => {
  const error = await take(1, spec, more).catch((thrown: unknown) => thrown);
  return error instanceof AppError ? [error.code, error.fields.reason] : error;
};
const file = (name: string): SourceSpec => ({ kind: "file", path: join(folder, name), framesPerSecond: 10 });

describe("a film from a file", { timeout: 60_000 }, () => {
  it("is copied where it is H.264, in pieces that every server takes, again and again", async () => {
    const [init, ...fragments] = await take(7, file("film with a space.mp4"));
    expect([init?.kind, ...fragments.map(({ kind }) => kind)]).toEqual([
      "h264-init",
      ...Array(6).fill("h264-fragment"),
    ]);
    const found = inspectInit((init as CapturedPicture).bytes) as VideoInit;
    expect([found.width, found.height]).toEqual([320, 240]);
    for (const { bytes } of fragments) expect(inspectFragment(bytes, found)).toBeUndefined();
    expect(fragments.every(({ takenMs }) => Math.abs(Date.now() - (takenMs ?? 0)) < 60_000)).toBe(true);
  });

  it("becomes single pictures where it is another codec, and where that is wanted", async () => {
    for (const pictures of [
      await take(5, file("other.avi")),
      await take(5, file("long.mp4"), { as: "jpeg" }),
    ])
      for (const { kind, bytes } of pictures)
        expect([kind, inspectJpeg(bytes)]).toMatchObject(["jpeg", { width: 320, height: 240 }]);
  });

  it("becomes single pictures where a piece between two key frames is too large", async () => {
    const pictures = await take(5, file("long.mp4"), { limits: { pictureBytes: 12_000 } });
    expect(pictures.map(({ kind }) => kind)).toEqual(["h264-init", ...Array(4).fill("jpeg")]);
  });

  it("is said to be absent, or none", async () => {
    expect(await refusal(file("none.mp4"))).toEqual(["camera.source_unreachable", "absent"]);
    writeFileSync(join(folder, "list.m3u8"), `#EXTM3U\n#EXTINF:1,\n${join(folder, "other.avi")}\n`);
    writeFileSync(join(folder, "words.mp4"), "no film at all");
    for (const name of ["list.m3u8", "words.mp4"])
      expect(await refusal(file(name))).toEqual(["camera.source_invalid", "malformed"]);
  });
});

describe("a folder", () => {
  const pictures = join(folder, "pictures");
  const spec: SourceSpec = { kind: "folder", path: pictures, framesPerSecond: 50 };
  beforeAll(() => {
    mkdirSync(pictures);
    for (const name of ["b.jpg", "a.JPEG", "c.jpg", "notes.txt"]) writeFileSync(join(pictures, name), name);
  });

  it("gives its JPEG files by name, byte for byte, again and again", async () => {
    const given = (await take(7, spec)).map(({ bytes }) => Buffer.from(bytes).toString());
    expect(given).toEqual(["a.JPEG", "b.jpg", "c.jpg", "a.JPEG", "b.jpg", "c.jpg", "a.JPEG"]);
  });

  it("is said to be absent, or empty", async () => {
    mkdirSync(join(folder, "empty"));
    expect(await refusal({ ...spec, path: join(folder, "nowhere") })).toEqual([
      "camera.source_unreachable",
      "absent",
    ]);
    expect(await refusal({ ...spec, path: join(folder, "empty") })).toEqual([
      "camera.source_invalid",
      "no_video",
    ]);
  });
});

const MJPEG = `[video4linux2,v4l2 @ 0x5581d0] Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 1280x720
[video4linux2,v4l2 @ 0x5581d0] Compressed:       mjpeg :          Motion-JPEG : 640x480 1280x720
/dev/video0: Immediate exit requested`;
const RAW = MJPEG.replace(/^.*mjpeg.*\n/m, "");
const webcam: SourceSpec = {
  kind: "v4l2",
  device: "/dev/video0",
  width: 320,
  height: 240,
  framesPerSecond: 10,
};

/** A webcam that is a file, or ffmpeg's own test picture. */
const fake = (listed: string | undefined): VideoDevices => ({
  list: async () => listed,
  input: ({ width, height, framesPerSecond }, format) =>
    format === "mjpeg"
      ? [
          "-protocol_whitelist",
          "file,pipe",
          "-re",
          "-stream_loop",
          "-1",
          "-f",
          "mjpeg",
          "-i",
          join(folder, "webcam.mjpeg"),
        ]
      : ["-re", "-f", "lavfi", "-i", `testsrc=size=${width}x${height}:rate=${framesPerSecond}`],
});

describe("a webcam", { timeout: 60_000 }, () => {
  it("gives its own JPEG pictures, with the tables that webcams leave out", async () => {
    const pictures = await take(5, webcam, { videoDevices: fake(MJPEG) });
    const own = readFileSync(join(folder, "webcam.mjpeg"));
    for (const { bytes } of pictures) {
      expect(inspectJpeg(bytes)).toMatchObject({ width: 320, height: 240 });
      // Nothing was encoded again: the end of its picture is in the file as it is.
      expect(own.includes(Buffer.from(bytes.subarray(-2_000)))).toBe(true);
      expect(Buffer.from(bytes).includes(Buffer.of(0xff, 0xc4))).toBe(true);
    }
  });

  it("gives its raw pictures as JPEG where it has no other", async () => {
    for (const { kind, bytes } of await take(3, webcam, { videoDevices: fake(RAW) }))
      expect([kind, inspectJpeg(bytes)]).toMatchObject(["jpeg", { width: 320, height: 240 }]);
  });

  it("is said to be absent where it is, and to have no pictures where it has none", async () => {
    expect(await refusal({ ...webcam, device: "/dev/video-none" })).toEqual([
      "camera.source_unreachable",
      "absent",
    ]);
    expect(await refusal(webcam, { videoDevices: fake("/dev/video0: Not a video capture device.") })).toEqual(
      ["camera.source_invalid", "no_video"],
    );
    expect([formatOf(MJPEG), formatOf(RAW), formatOf("")]).toEqual(["mjpeg", "raw", undefined]);
  });
});
