import { virtualClock } from "@gatehouse/testkit";
import { parseManifest, readSegment } from "@gatehouse/video";
import { afterAll, beforeAll, expect, test } from "vitest";
import { segmentCrypto } from "../../../platform/secrets/index.ts";
import { segmentBlob } from "../model.ts";
import { film, type RecordingHouse, recordingHouse, START_MS } from "../testing/house.ts";

const clock = virtualClock(START_MS);
let house: RecordingHouse;
let [tenantId, cameraId] = ["", ""];
beforeAll(async () => {
  house = await recordingHouse(clock);
  await house.recordings.start?.();
  tenantId = await house.addTenant();
  cameraId = house.addCamera(tenantId);
  await film(house, { tenantId, cameraId }, { fromMs: START_MS, seconds: 150, fps: 2 });
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());

const asked = (fromS: number, toS: number, isOver: boolean) =>
  house.recordings.clipEvidence(
    { tenantId, personId: tenantId },
    cameraId,
    { fromMs: START_MS + fromS * 1_000, toMs: START_MS + toS * 1_000 },
    isOver,
  );

test("a clip is given as it is sealed, with the keys of its segments and nothing of others", async () => {
  const clip = await asked(30, 70, true);
  expect(clip).toMatchObject({ cameraId, fromMs: START_MS + 30_000, toMs: START_MS + 70_000, isCut: false });
  expect(clip.segments.map(({ startMs, state }) => [startMs - START_MS, state])).toEqual([
    [0, "sealed"],
    [60_000, "sealed"],
  ]);
  for (const { id: segmentId, key = "", manifest = "", sealedBytes } of clip.segments) {
    const file = await house.blobs.read(segmentBlob({ tenantId, cameraId, segmentId }), 0, sealedBytes);
    const opened = readSegment(file as Uint8Array, Buffer.from(key, "base64"), segmentCrypto);
    expect(opened).toMatchObject({ faults: [] });
    expect("frames" in opened && opened.frames.length).toBe(120);
    expect(parseManifest(manifest)?.manifest).toMatchObject({ camera: cameraId, segment: segmentId });
  }
  const looks = house.trail.events.filter(({ kind }) => kind === "recording.viewed");
  expect(looks.map(({ subject, data }) => [subject?.id, data])).toEqual([
    [cameraId, { fromMs: START_MS + 30_000, via: "clip" }],
  ]);
});

test("what is still being written is given as it is while the event goes on, and sealed once it is over", async () => {
  const going = await asked(130, 149, false);
  expect(going.segments.map(({ state, manifest }) => [state, manifest])).toEqual([["open", undefined]]);
  const over = await asked(130, 149, true);
  expect(over.segments.map(({ state, manifest }) => [state, typeof manifest])).toEqual([
    ["sealed", "string"],
  ]);
  expect(over.segments[0]?.id).toBe(going.segments[0]?.id);
});

test("of a clip that is longer than a browser should hold the first part is given, and said to be one", async () => {
  const clip = await asked(0, 3_600, true);
  expect(clip).toMatchObject({ toMs: START_MS + 300_000, isCut: true });
  expect(clip.segments).toHaveLength(3);
});
