import { spawn } from "node:child_process";
import { silentLogger, type Uuid } from "@gatehouse/base";
import { findFfmpeg } from "@gatehouse/capture";
import { cameras } from "@gatehouse/contract";
import { type EventChange, LUMA_HEIGHT, LUMA_WIDTH } from "@gatehouse/motion";
import { Scene } from "@gatehouse/motion/testing";
import { virtualClock } from "@gatehouse/testkit";
import { H264 } from "@gatehouse/video/testing";
import { expect, test } from "vitest";
import type { MotionDensity } from "./density.ts";
import type { EventKeeper } from "./keeper.ts";
import type { Frame } from "./ports.ts";
import { FrameSight } from "./sight.ts";
import { walker } from "./testing/house.ts";
import { Watcher } from "./watcher.ts";

const CAMERA: Uuid = "00000000-0000-4000-8000-000000000001";
const PER_SECOND = 5;
const { videoInit, videoFragment } = cameras.FRAME_KINDS;

/** A film as a camera sends it: the initialisation, then a fragment a second. */
async function filmOf(
  pictures: readonly Uint8Array[],
): Promise<{ init: Uint8Array; fragments: Uint8Array[] }> {
  const size = `${LUMA_WIDTH}x${LUMA_HEIGHT}`;
  const child = spawn(await findFfmpeg(), [
    ...["-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "gray", "-s", size, "-r", String(PER_SECOND)],
    ...["-i", "pipe:0", "-c:v", "libx264", "-preset", "superfast", "-pix_fmt", "yuv420p"],
    ...["-g", String(PER_SECOND), "-bf", "0", "-movflags", "empty_moov+default_base_moof+frag_keyframe"],
    ...["-f", "mp4", "pipe:1"],
  ]);
  for (const picture of pictures) child.stdin.write(picture);
  child.stdin.end();
  const pieces: Buffer[] = [];
  for await (const piece of child.stdout as AsyncIterable<Buffer>) pieces.push(piece);
  const film = Buffer.concat(pieces);
  const boxes: { readonly type: string; readonly bytes: Buffer }[] = [];
  for (let at = 0; at < film.length; at += film.readUInt32BE(at))
    boxes.push({
      type: film.toString("latin1", at + 4, at + 8),
      bytes: film.subarray(at, at + film.readUInt32BE(at)),
    });
  const of = (type: string) => boxes.filter((box) => box.type === type).map(({ bytes }) => bytes);
  return {
    init: Buffer.concat([...of("ftyp"), ...of("moov")]),
    fragments: of("moof").map((moof, at) => Buffer.concat([moof, of("mdat")[at] as Buffer])),
  };
}

test("of video the key frame of a fragment is seen, in the size that is judged", async () => {
  const sight = new FrameSight({ initOf: () => ({ bytes: H264.init }) }, virtualClock());
  const frame = { tenantId: CAMERA, cameraId: CAMERA, kind: videoFragment, takenMs: 0 };
  for (const bytes of H264.fragments) {
    const luma = await sight.luma({ ...frame, bytes });
    expect(luma).toHaveLength(LUMA_WIDTH * LUMA_HEIGHT);
    // A test picture has all there is between dark and light.
    expect(Math.max(...luma) - Math.min(...luma)).toBeGreaterThan(100);
  }
  await expect(sight.luma({ ...frame, bytes: H264.fragments[0].subarray(0, 200) })).rejects.toMatchObject({
    code: "frame.malformed",
  });
  sight.forget(CAMERA);
});

test("somebody who walks through a film of H.264 is an event, and nobody is none", async () => {
  const scene = new Scene({ noise: 1.5 });
  const shots = Array.from({ length: 40 * PER_SECOND }, (_, at) => {
    const seconds = at / PER_SECOND;
    // It draws into the same bytes each time.
    return scene.shoot(seconds >= 20 && seconds < 30 ? walker(seconds - 20) : {}).slice();
  });
  const { init, fragments } = await filmOf(shots);
  expect(fragments).toHaveLength(40);
  const clock = virtualClock();
  const beganMs = clock.nowMs();
  const changes: EventChange[] = [];
  let give: (frame: Frame) => void = () => undefined;
  const watcher = new Watcher({
    looked: () => undefined,
    clock,
    log: silentLogger,
    frames: {
      subscribe(listener) {
        give = listener;
        return () => undefined;
      },
    },
    cameras: {
      find: () => undefined,
      timeZoneOf: async () => "UTC",
      within: () => "all",
      settingsOf: () => cameras.DEFAULT_CAMERA_SETTINGS,
    },
    agents: { judges: () => false },
    keeper: {
      apply: (_tenant: Uuid, _camera: Uuid, _kind: string, change: EventChange) => void changes.push(change),
    } as unknown as EventKeeper,
    density: { note: () => undefined } as unknown as MotionDensity,
    sight: new FrameSight({ initOf: () => ({ bytes: init }) }, virtualClock()),
  });
  watcher.start();
  const frame = { tenantId: CAMERA, cameraId: CAMERA };
  give({ ...frame, kind: videoInit, bytes: init, takenMs: clock.nowMs() });
  for (const bytes of fragments) {
    give({ ...frame, kind: videoFragment, bytes, takenMs: clock.nowMs() });
    await watcher.idle();
    clock.advance(1_000);
  }
  await watcher.stop();
  expect(watcher.stats()).toEqual({ looks: 40, failed: 0 });
  const kinds = changes.map(({ kind }) => kind).filter((kind) => kind !== "went_on");
  expect(kinds).toEqual(["began", "ended"]);
  const seconds = (ms: number): number => (ms - beganMs) / 1_000;
  expect(seconds(changes.at(-1)?.event.startMs as number)).toBeGreaterThanOrEqual(20);
  expect(seconds(changes.at(-1)?.event.startMs as number)).toBeLessThanOrEqual(22);
  expect(seconds(changes.at(-1)?.event.lastMs as number)).toBeGreaterThanOrEqual(28);
});
