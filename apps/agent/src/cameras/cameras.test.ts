import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { findFfmpeg, JpegSplitter } from "@gatehouse/capture";
import { enrol } from "@gatehouse/device-client";
import { CLAIM_CODE, FakeServer, until } from "@gatehouse/device-client/testing";
import { type CameraLooks, CameraWord } from "@gatehouse/device-types/camera-words";
import { parseFrameMessage } from "@gatehouse/video";
import { Check } from "typebox/value";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { CameraSource } from "./camera-source.ts";
import { Cameras } from "./cameras.ts";
import { KeptCameras } from "./kept-cameras.ts";

const scratch = mkdtempSync(join(tmpdir(), "agent cameras "));
const still = join(scratch, "still");
const walk = join(scratch, "walk");
/** Four, each another. */
let stills: Buffer[] = [];

/** Pictures of ffmpeg's own, as a camera would send them. */
async function film(source: string, ...filter: readonly string[]): Promise<Buffer[]> {
  const args = ["-v", "error", "-f", "lavfi", "-i", `${source}size=320x240:rate=5`, ...filter];
  const output = ["-q:v", "4", "-pix_fmt", "yuvj420p", "-f", "image2pipe", "-c:v", "mjpeg", "pipe:1"];
  const maxBuffer = 64 * 1_048_576;
  return new JpegSplitter().push(execFileSync(await findFfmpeg(), [...args, ...output], { maxBuffer }));
}

function keep(folder: string, pictures: readonly Buffer[]): void {
  mkdirSync(folder);
  for (const [at, picture] of pictures.entries())
    writeFileSync(join(folder, `${String(at).padStart(3, "0")}.jpg`), picture);
}

beforeAll(async () => {
  stills = await film("testsrc=", "-t", "0.8");
  keep(still, stills);
  // Something large comes into the picture after four seconds.
  const box = "drawbox=x=40:y=80:w=60:h=120:color=black@1:t=fill:enable='gte(t\\,4)'";
  keep(walk, await film("color=c=0x808080:", "-t", "9", "-vf", box));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let server: FakeServer;
let stateDir: string;
let kept: KeptCameras;
let cameras: Cameras;
beforeEach(async () => {
  server = await new FakeServer().start();
  stateDir = mkdtempSync(join(scratch, "state "));
  kept = new KeptCameras({ path: stateDir }, systemRandom);
  cameras = new Cameras({
    state: { path: stateDir },
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    limits: { maxBytes: 1_000_000_000, maxAgeMs: 86_400_000 },
    bytesPerSecond: 0,
    serverNowMs: () => systemClock.nowMs(),
    heardServer: () => undefined,
  });
});
afterEach(async () => {
  await cameras.stop();
  await server.stop();
});

async function add(source: CameraSource, url = server.url): Promise<string> {
  const { identity } = await enrol({
    url,
    by: { code: CLAIM_CODE },
    suite: server.suite,
    clock: systemClock,
    random: systemRandom,
  });
  return (await kept.add(identity, source)).deviceId;
}
const folder = (path: string, framesPerSecond = 20): CameraSource => ({
  kind: "folder",
  path,
  framesPerSecond,
});
const words = () =>
  server.taken.filter(({ contentType }) => contentType === 10).map(({ value }) => value as CameraWord);
const frames = () =>
  server.taken
    .filter(({ contentType }) => contentType === 3)
    .map(({ value }) => parseFrameMessage(value as Uint8Array));
const asked = () => until("it asks", () => words().some(({ says }) => says === "ready"));
const order = (orders: object = {}): void =>
  server.push(10, { kind: "camera", enabled: true, maxFramesPerSecond: 30, as: "copy", ...orders });
const status = () => cameras.status[0] as Record<string, unknown>;

it("asks what is wanted of it, and then sends its pictures byte for byte", { timeout: 90_000 }, async () => {
  await add(folder(still, 5));
  await cameras.reload();
  await asked();
  expect(words()[0]).toEqual({
    ...{ kind: "camera", says: "ready", judges: true, detects: true, seals: true },
    ...{ models: true, schedules: true, masks: true, narrows: true },
  });
  expect(frames()).toEqual([]);
  order();
  await until("frames", () => frames().length >= 8);
  const first = frames().slice(0, 8);
  expect(first.map((frame) => stills.findIndex((one) => one.equals(frame?.bytes as Uint8Array)))).toEqual([
    0, 1, 2, 3, 0, 1, 2, 3,
  ]);
  expect(
    first.every((frame) => frame?.kind === 1 && Math.abs(Date.now() - (frame.takenMs ?? 0)) < 60_000),
  ).toBe(true);
  expect(status()).toMatchObject({ id: "pi", state: "live", source: `folder ${still}`, refused: {} });
});

/** A line to the server that can stand still. */
async function openLine() {
  const held = new Set<Socket>();
  const line = createServer((socket) => {
    const onward = connect(Number(new URL(server.url).port), "127.0.0.1");
    for (const end of [socket, onward]) end.on("error", () => end.destroy());
    socket.on("data", (bytes) => onward.write(bytes));
    onward.on("data", (bytes) => socket.write(bytes));
    held.add(socket);
  });
  await new Promise<void>((resolve) => line.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(line.address() as AddressInfo).port}`,
    stand(): void {
      for (const socket of held) socket.pause();
    },
    go(): void {
      for (const socket of held) socket.resume();
    },
    end(): void {
      for (const socket of held) socket.destroy();
      line.close();
    },
  };
}

it("lets pictures of now go over a line that stood still, not those of then", {
  timeout: 90_000,
}, async () => {
  const line = await openLine();
  await add(folder(still, 50), line.url);
  await cameras.reload();
  await asked();
  order({ maxFramesPerSecond: 60 });
  await until("frames", () => frames().length > 10);
  line.stand();
  const stoodMs = Date.now();
  const before = Number(status().captured);
  await until("many pictures", () => Number(status().captured) - before >= 60);
  const wentMs = Date.now();
  line.go();
  const isOfNow = (frame: ReturnType<typeof parseFrameMessage>): boolean => (frame?.takenMs ?? 0) > wentMs;
  await until("pictures of now", () => frames().some(isOfNow));
  const ofThen = frames().filter((frame) => (frame?.takenMs ?? 0) > stoodMs && !isOfNow(frame));
  // Three were on their way, and the newest waited.
  expect(ofThen.length).toBeLessThanOrEqual(4);
  expect(Number(status().skipped) + Number(status().left)).toBeGreaterThanOrEqual(50);
  line.end();
});

it("sends no more than is wanted, and nothing when it is switched off, until it is switched on", {
  timeout: 90_000,
}, async () => {
  await add(folder(still));
  await cameras.reload();
  await asked();
  order({ maxFramesPerSecond: 2 });
  await until("a few", () => frames().length >= 4);
  const times = frames().map((frame) => frame?.takenMs ?? 0);
  const gapsMs = times.slice(1).map((time, at) => time - (times[at] as number));
  // The folder has one every 50 ms.
  expect(Math.min(...gapsMs)).toBeGreaterThan(200);
  expect(Number(status().left)).toBeGreaterThan(0);
  order({ enabled: false });
  await until("off", () => status().state === "off");
  const { captured } = status();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(status().captured).toBe(captured);
  order();
  await until("on", () => Number(status().captured) > Number(captured));
});

it("tells what moves, with what it was told to watch", { timeout: 90_000 }, async () => {
  await add(folder(walk, 5));
  await cameras.reload();
  await asked();
  const all = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ];
  order({ motion: { sensitivity: 50, zones: [{ name: "Yard", kind: "watch", area: all }] } });
  const looks = () => words().filter((word): word is CameraLooks => word.says === "looks");
  await until("something moves", () => looks().some((word) => word.looks.some(({ moves }) => moves)));
  expect(words().every((word) => Check(CameraWord, word))).toBe(true);
  const moving = looks()
    .flatMap((word) => word.looks)
    .find(({ moves }) => moves);
  expect(moving?.zones).toEqual(["Yard"]);
  expect(moving?.share).toBeGreaterThan(0.02);
  expect(
    looks()
      .flatMap((word) => word.looks)
      .filter(({ moves }) => !moves).length,
  ).toBeGreaterThan(3);
  order();
  await until("judges no more", () => status().judges === false);
});

it("says why there are no pictures, and has them when there are some", { timeout: 90_000 }, async () => {
  const later = join(scratch, "later");
  const id = await add(folder(later));
  await cameras.reload();
  await asked();
  order();
  await until("a reason", () => status().state === "failed");
  expect(status()).toMatchObject({ reason: "camera.source_unreachable absent: folder" });
  mkdirSync(`${later}-made`);
  writeFileSync(join(`${later}-made`, "a.jpg"), stills[0] as Buffer);
  renameSync(`${later}-made`, later);
  await until("frames", () => frames().length > 0);
  expect(status()).toMatchObject({ state: "live", deviceId: id });
});

it("makes black what its masks cover before a picture leaves, and lets none leave that is to stay", {
  timeout: 90_000,
}, async () => {
  await add(folder(still));
  await cameras.reload();
  await asked();
  const left = [
    [0, 0],
    [0.5, 0],
    [0.5, 1],
    [0, 1],
  ];
  order({ as: "jpeg", masks: [left] });
  await until("frames", () => frames().length > 3);
  const { openPicture } = await import("@gatehouse/capture/pictures");
  for (const frame of frames()) {
    const bytes = frame?.bytes as Uint8Array;
    const [hidden, shown] = await Promise.all(
      [0, 170].map(async (from) => {
        const part = openPicture(bytes).extract({ left: from, top: 0, width: 150, height: 240 });
        const pixels = await part.raw().toBuffer();
        return pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
      }),
    );
    expect(hidden).toBeLessThan(6);
    expect(shown).toBeGreaterThan(40);
  }
  order({ stays: true });
  const toldMs = Date.now();
  const captured = () => Number(status().captured);
  // What was on its way when it was told still comes.
  let [some, since] = [frames().length, captured()];
  await until("none leaves any more", () => {
    if (frames().length !== some) [some, since] = [frames().length, captured()];
    return captured() - since >= 20;
  });
  expect(frames().filter((frame) => (frame?.takenMs ?? 0) > toldMs + 1_000)).toEqual([]);
  expect(status()).toMatchObject({ notMasked: 0 });
});

/** A folder in which drafts take their names: what was there a moment ago may be gone. */
function copyInUse(from: string, to: string): void {
  for (let isWhole = false; !isWhole; )
    try {
      cpSync(from, to, { recursive: true });
      isWhole = true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      rmSync(to, { recursive: true, force: true });
    }
}

it("stops when it is removed, and a damaged one takes no other with it", { timeout: 90_000 }, async () => {
  const id = await add(folder(still));
  await cameras.reload();
  await asked();
  order();
  await until("frames", () => frames().length > 0);
  const broken = join(stateDir, "cameras", "00000000-0000-4000-8000-000000000000");
  mkdirSync(broken, { mode: 0o700 });
  writeFileSync(join(broken, "identity.json"), "{", { mode: 0o600 });
  const forgetful = join(stateDir, "cameras", "00000000-0000-4000-8000-000000000001");
  copyInUse(join(stateDir, "cameras", id), forgetful);
  writeFileSync(join(forgetful, "counters.json"), "{", { mode: 0o600 });
  await cameras.reload();
  expect(cameras.status.map((one) => (one as { state: string }).state).toSorted()).toEqual([
    "damaged",
    "damaged",
    "live",
  ]);
  expect(await kept.remove("pi")).toEqual({ deviceId: id, name: "pi" });
  await cameras.reload();
  expect(cameras.status).toMatchObject([{ state: "damaged" }, { state: "damaged" }]);
  const before = frames().length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(frames().length).toBe(before);
});

it("changes its keys under the old ones, and sends on", { timeout: 90_000 }, async () => {
  await add(folder(still));
  await cameras.reload();
  await asked();
  order();
  await until("frames", () => frames().length > 0);
  const { keyId } = status();
  const renewed = await cameras.rotateKeys();
  expect(renewed).toEqual({ pi: server.device?.keyId });
  expect(renewed.pi).not.toBe(keyId);
  await until("it asks again", () => words().filter(({ says }) => says === "ready").length === 2);
  order();
  const before = frames().length;
  await until("frames again", () => frames().length > before);
  expect(status().keyId).toBe(renewed.pi);
});

it("keeps a password where nobody else reads it, and tells it to nobody", { timeout: 90_000 }, async () => {
  const url = "rtsp://127.0.0.1:1/door";
  const id = await add({ kind: "rtsp", url, user: "viewer", password: "hunter2" });
  await cameras.reload();
  await asked();
  expect(statSync(join(stateDir, "cameras", id, "source.json")).mode & 0o777).toBe(0o600);
  expect(JSON.stringify(cameras.status)).not.toContain("hunter2");
  expect(status()).toMatchObject({ source: `rtsp ${url}` });
});
