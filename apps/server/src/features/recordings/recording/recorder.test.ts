import { virtualClock } from "@gatehouse/testkit";
import { FRAME_KINDS, parseFound, parseManifest, readSegment } from "@gatehouse/video";
import { afterAll, beforeAll, expect, test } from "vitest";
import { segmentCrypto, sha256Hex } from "../../../platform/secrets/index.ts";
import { SegmentKeyring } from "../keyring.ts";
import { segmentBlob } from "../model.ts";
import { readIndex } from "../segment-file.ts";
import {
  film,
  MASTER_KEY,
  picture,
  type RecordingHouse,
  recordingHouse,
  START_MS,
  testSigner,
} from "../testing/house.ts";

const clock = virtualClock(START_MS);
let house: RecordingHouse;
beforeAll(async () => {
  house = await recordingHouse(clock);
  await house.recordings.start?.();
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());

const keyring = () =>
  new SegmentKeyring({
    ...house,
    masterKey: MASTER_KEY,
    random: { bytes: () => new Uint8Array(32), ratio: () => 0 },
  });

async function fileOf(row: { id: string; tenant_id: string; camera_id: string }) {
  const name = { segmentId: row.id, tenantId: row.tenant_id, cameraId: row.camera_id };
  const file = (await house.blobs.read(segmentBlob(name), 0, 100_000_000)) as Uint8Array;
  const key = (await keyring().open(name)) as Uint8Array;
  return { file, key };
}

test("two minutes and a bit become three sealed segments in a chain, and every frame comes out as it went in", async () => {
  const tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId);
  const sent: Uint8Array[] = [];
  const end = house.source.subscribe((frame) => sent.push(frame.bytes));
  await film(house, { tenantId, cameraId }, { fromMs: START_MS, seconds: 130, fps: 5 });
  end();
  expect(house.recordings.isRecording(cameraId)).toBe(true);
  await house.recordings.stop?.();
  await house.recordings.start?.();
  const rows = (await house.rows()).filter((row) => row.camera_id === cameraId);
  expect(rows.map(({ state, frames }) => [state, frames])).toEqual([
    ["sealed", 300],
    ["sealed", 300],
    ["sealed", 50],
  ]);
  let previous: string | null = null;
  const got: Uint8Array[] = [];
  for (const row of rows) {
    const { file, key } = await fileOf(row);
    const index = readIndex(file, key, [testSigner().key]);
    expect(index.fault).toBeUndefined();
    expect(index.signed?.note).toBe(row.manifest);
    expect(row.bytes).toBe(file.length + 44);
    const manifest = parseManifest(row.manifest ?? "")?.manifest;
    expect(manifest).toMatchObject({ camera: cameraId, segment: row.id, previous, frames: row.frames });
    previous = sha256Hex(row.manifest ?? "");
    expect(row.manifest_sha256).toBe(previous);
    const contents = readSegment(file, key, segmentCrypto);
    if ("frames" in contents) got.push(...contents.frames.map(({ bytes }) => bytes));
  }
  expect(got.length).toBe(sent.length);
  expect(got.every((bytes, at) => Buffer.compare(bytes, sent[at] as Uint8Array) === 0)).toBe(true);
  const entries = house.trail.events.filter(({ kind }) => kind === "recording.sealed");
  expect(entries.map(({ subject, data }) => [subject?.id, data?.manifestSha256])).toEqual(
    rows.map(({ id, manifest_sha256 }) => [id, manifest_sha256]),
  );
}, 60_000);

test("a camera that falls silent has its segment sealed without another frame", async () => {
  const tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId);
  await film(house, { tenantId, cameraId }, { fromMs: clock.nowMs(), seconds: 2, fps: 5 });
  const rowsOf = async () => (await house.rows()).filter((row) => row.camera_id === cameraId);
  await expect.poll(async () => (await rowsOf()).map(({ state }) => state)).toEqual(["open"]);
  expect(house.recordings.isRecording(cameraId)).toBe(true);
  clock.advance(6_000);
  expect(house.recordings.isRecording(cameraId)).toBe(false);
  expect((await rowsOf()).map(({ state }) => state)).toEqual(["open"]);
  clock.advance(7_000);
  await expect.poll(async () => (await rowsOf()).map(({ state }) => state)).toEqual(["sealed"]);
});

test("a clock that is set back delays neither what is written nor the end of a segment", async () => {
  const tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId);
  const rowsOf = async () => (await house.rows()).filter((row) => row.camera_id === cameraId);
  const trueMs = clock.nowMs();
  house.source.send({ tenantId, cameraId, takenMs: trueMs, bytes: picture(10) });
  clock.setWall(trueMs - 3_600_000);
  clock.advance(2_000);
  await expect.poll(async () => (await rowsOf()).map(({ frames }) => frames)).toEqual([1]);
  clock.advance(12_000);
  await expect.poll(async () => (await rowsOf()).map(({ state }) => state)).toEqual(["sealed"]);
  clock.setWall(trueMs + 14_000);
});

test("nothing is recorded in mode off, and outside a schedule at the site's own time", async () => {
  const tenantId = await house.addTenant();
  const off = house.addCamera(tenantId, { mode: "off" });
  // Paris is an hour ahead of UTC in November: 06:06 UTC is 07:06 there.
  const schedule = [{ days: [3], fromMinute: 7 * 60, toMinute: 7 * 60 + 30 }];
  const scheduled = house.addCamera(tenantId, { mode: "schedule", schedule });
  const atMs = Date.UTC(2026, 10, 18, 6, 6);
  for (const cameraId of [off, scheduled]) {
    house.source.send({ tenantId, cameraId, takenMs: atMs - 7 * 60_000, bytes: picture(10) });
    await new Promise((resolve) => setImmediate(resolve));
    await film(house, { tenantId, cameraId }, { fromMs: atMs - 7 * 60_000, seconds: 10, fps: 1 });
    await film(house, { tenantId, cameraId }, { fromMs: atMs, seconds: 10, fps: 1 });
  }
  await house.recordings.stop?.();
  await house.recordings.start?.();
  const rows = (await house.rows()).filter((row) => row.tenant_id === tenantId);
  expect(rows.map((row) => [row.camera_id === scheduled, row.first_ms, row.frames])).toEqual([
    [true, atMs, 10],
  ]);
});

test("each segment of an H.264 stream begins with what the stream begins with", async () => {
  const tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId);
  const fromMs = clock.nowMs();
  const [init, fragment] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5)];
  const { mp4Init, mp4Fragment } = FRAME_KINDS;
  house.source.send({ tenantId, cameraId, takenMs: fromMs, kind: mp4Init, bytes: init });
  for (let second = 0; second < 70; second++)
    house.source.send({
      ...{ tenantId, cameraId, kind: mp4Fragment, bytes: fragment },
      takenMs: fromMs + second * 1_000,
    });
  await house.recordings.stop?.();
  await house.recordings.start?.();
  const rows = (await house.rows()).filter((row) => row.camera_id === cameraId);
  expect(rows.map(({ codec, frames }) => [codec, frames])).toEqual([
    ["h264-fmp4", 61],
    ["h264-fmp4", 11],
  ]);
  for (const row of rows) {
    const { file, key } = await fileOf(row);
    const contents = readSegment(file, key, segmentCrypto);
    const frames = "frames" in contents ? contents.frames : [];
    expect(frames.slice(0, 2).map(({ kind, bytes }) => [kind, [...bytes]])).toEqual([
      [mp4Init, [...init]],
      [mp4Fragment, [...fragment]],
    ]);
  }
});

test("what is found in pictures stands behind them in their segment, and nowhere when nothing is recorded", async () => {
  const tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId);
  const fromMs = clock.nowMs();
  const boxes = [{ label: "person", score: 0.812345, x: 0.1, y: 0.2, width: 0.3, height: 0.4, track: 1 }];
  const find = (takenMs: number) =>
    house.bus.publish("camera.found", { tenantId, cameraId, takenMs, model: "test", boxes });
  find(fromMs);
  for (let n = 0; n < 15; n++) {
    house.source.send({ tenantId, cameraId, takenMs: fromMs + n * 200, bytes: picture(100) });
    if (n > 0) find(fromMs + (n - 1) * 200);
  }
  await house.recordings.idle();
  find(fromMs + 14 * 200);
  await house.recordings.stop?.();
  find(fromMs + 15 * 200);
  await house.recordings.start?.();
  const rows = (await house.rows()).filter((row) => row.camera_id === cameraId);
  expect(
    rows.map(({ state, codec, frames, first_ms, last_ms }) => [state, codec, frames, first_ms, last_ms]),
  ).toEqual([["sealed", "jpeg", 30, fromMs, fromMs + 14 * 200]]);
  const { file, key } = await fileOf(rows[0] as (typeof rows)[number]);
  expect(readIndex(file, key, [testSigner().key])).toMatchObject({ codec: "jpeg", fault: undefined });
  const contents = readSegment(file, key, segmentCrypto);
  const frames = "frames" in contents ? contents.frames : [];
  expect(frames.map(({ kind }) => kind)).toEqual([1, ...Array.from({ length: 14 }, () => [1, 4]).flat(), 4]);
  const found = frames.filter(({ kind }) => kind === FRAME_KINDS.found);
  expect(parseFound(found.at(-1)?.bytes as Uint8Array)).toEqual({
    ...{ v: 1, takenMs: fromMs + 14 * 200, model: "test" },
    boxes: [{ ...boxes[0], score: 0.8123 }],
  });
});
