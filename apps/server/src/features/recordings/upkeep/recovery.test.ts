import { copyFile, mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { newUuid, systemRandom, type Uuid } from "@gatehouse/base";
import { type VirtualClock, virtualClock } from "@gatehouse/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newRecordingKey } from "../../../platform/secrets/index.ts";
import { addKey } from "../key-store.ts";
import { film, MASTER_KEY, type RecordingHouse, recordingHouse, START_MS } from "../testing/house.ts";

let clock: VirtualClock;
let house: RecordingHouse;
let tenantId: Uuid;
let cameraId: Uuid;
beforeEach(async () => {
  clock = virtualClock(START_MS);
  house = await recordingHouse(clock);
  tenantId = await house.addTenant();
  cameraId = house.addCamera(tenantId);
  await house.recordings.start?.();
}, 60_000);
afterEach(async () => {
  await house.recordings.stop?.();
  await house[Symbol.asyncDispose]();
});

const pathOf = (id: Uuid, suffix = "ghs") => join(house.folder, tenantId, cameraId, `${id}.${suffix}`);
/** As after a crash: another process begins with what is there. */
async function restart() {
  const next = house.again();
  await next.start?.();
  const report = next.recovered();
  await next.stop?.();
  return report;
}
const rowNow = async () => {
  const [row] = await house.rows();
  if (row === undefined) throw new Error("there is no segment");
  return row;
};

async function begin(seconds = 10): Promise<Uuid> {
  await film(house, { tenantId, cameraId }, { fromMs: START_MS, seconds, fps: 2 });
  await house.recordings.idle();
  return (await rowNow()).id;
}

test("what a crash left open is closed as unsigned, with every whole chunk; what was torn is cut off", async () => {
  const id = await begin();
  const before = await rowNow();
  const file = await open(pathOf(id), "a");
  await file.write(Buffer.concat([Buffer.from([0, 0, 3, 0]), Buffer.alloc(500, 7)]));
  await file.close();
  expect(await restart()).toMatchObject({ unsigned: 1, sealed: 0, damaged: 0 });
  const after = await rowNow();
  expect(after).toEqual({ ...before, state: "unsigned" });
  expect(after.bytes).toBe(await house.filesBytes());
});

test("a chunk that is on disk and not yet in the index is not lost", async () => {
  const id = await begin();
  const before = await rowNow();
  await house.db
    .updateTable("recording_segments")
    .set({
      chunks: Buffer.from(before.chunks.subarray(0, -24)),
      frames: before.frames - 4,
      last_ms: START_MS,
      bytes: 99,
    })
    .where("id", "=", id)
    .execute();
  await restart();
  expect(await rowNow()).toEqual({ ...before, state: "unsigned" });
});

test("a segment that was sealed in its file and not in the index is sealed, once, with its entry", async () => {
  const id = await begin();
  const open = await rowNow();
  await house.recordings.stop?.();
  const sealed = await rowNow();
  expect(sealed.state).toBe("sealed");
  const { state, bytes, manifest, manifest_sha256, chunks, frames, last_ms } = open;
  await house.db
    .updateTable("recording_segments")
    .set({ state, bytes, manifest, manifest_sha256, chunks: Buffer.from(chunks), frames, last_ms })
    .where("id", "=", id)
    .execute();
  house.trail.events.length = 0;
  expect(await restart()).toMatchObject({ sealed: 1 });
  expect(await rowNow()).toEqual(sealed);
  expect(house.trail.kinds()).toEqual(["recording.sealed"]);
});

test("one that the log knows as sealed, and whose row says that it is open, was changed: nothing of it is cut off", async () => {
  const id = await begin();
  const { state, manifest, manifest_sha256 } = await rowNow();
  await house.recordings.stop?.();
  const bytes = (await readFile(pathOf(id))).subarray(0, -900);
  await writeFile(pathOf(id), bytes);
  await house.db
    .updateTable("recording_segments")
    .set({ state, manifest, manifest_sha256 })
    .where("id", "=", id)
    .execute();
  expect(await restart()).toMatchObject({ damaged: 1, unsigned: 0 });
  expect((await readFile(pathOf(id))).equals(bytes)).toBe(true);
});

test("a change in the middle of an open segment is no crash: it is called damaged and nothing is cut off", async () => {
  const id = await begin();
  const bytes = await readFile(pathOf(id));
  bytes[3_000] = (bytes[3_000] as number) ^ 1;
  await writeFile(pathOf(id), bytes);
  expect(await restart()).toMatchObject({ damaged: 1, unsigned: 0 });
  expect((await readFile(pathOf(id))).equals(bytes)).toBe(true);
  expect(await rowNow()).toMatchObject({ state: "damaged", bytes: bytes.length + 44 });
});

test("files without a row and rows without a file are swept, and reported", async () => {
  const id = await begin();
  await house.recordings.stop?.();
  await rm(pathOf(id));
  const stray = join(house.folder, tenantId, cameraId, `${newUuid(clock, systemRandom)}.ghs`);
  await mkdir(dirname(stray), { recursive: true });
  await writeFile(stray, "nobody's");
  expect(await restart()).toMatchObject({ orphanFiles: 1, orphanRows: 1 });
  expect(await house.filesBytes()).toBe(0);
  expect(await house.rows()).toEqual([]);
});

test("a copy of a key that a crash left of its renewal is gone after the next start, so that erasing stays erasing", async () => {
  const id = await begin();
  await house.recordings.stop?.();
  const draft = `${pathOf(id, "key")}.0123456789abcdef.tmp`;
  await copyFile(pathOf(id, "key"), draft);
  expect(await restart()).toMatchObject({ orphanFiles: 1, foreignFiles: 0 });
  await expect(readFile(draft)).rejects.toMatchObject({ code: "ENOENT" });
  expect((await readFile(pathOf(id, "key"))).length).toBe(44);
});

test("an erasure that a crash cut off is finished at the next start", async () => {
  const id = await begin();
  await house.recordings.stop?.();
  await house.db.updateTable("recording_segments").set({ state: "erased" }).where("id", "=", id).execute();
  await restart();
  expect(await rowNow()).toMatchObject({ state: "erased", bytes: 0 });
  expect(await house.filesBytes()).toBe(0);
});

test("a device that is removed takes along what it recorded", async () => {
  const id = await begin();
  house.bus.publish("device.changed", { tenantId, deviceId: cameraId, change: "removed" });
  await expect.poll(rowNow, { timeout: 20_000 }).toMatchObject({ id, state: "erased", bytes: 0 });
  expect(house.trail.events.at(-1)).toMatchObject({
    kind: "recording.erased",
    data: { cause: "device_removed" },
  });
});

test("a new key over the recordings wraps their keys anew: they open as before, and the old one is forgotten", async () => {
  const id = await begin();
  await house.recordings.stop?.();
  const [before, content] = [await readFile(pathOf(id, "key")), await readFile(pathOf(id))];
  const rotate = house.recordings.routes?.find(({ endpoint }) => endpoint.path.endsWith("/rotate-key"));
  const storage = house.recordings.routes?.find(({ endpoint }) => endpoint.path.endsWith("/storage"));
  const stateNow = () => storage?.handler({ principal: { tenantId } });
  expect(await stateNow()).toMatchObject({ key: { generation: 1 } });
  expect(await rotate?.handler({ principal: { tenantId } })).toEqual({ segments: 1 });
  expect(await stateNow()).toMatchObject({ key: { generation: 2 } });
  await house.recordings.idle();
  expect(await stateNow()).not.toHaveProperty("rewrap");
  const after = await readFile(pathOf(id, "key"));
  expect([before.readUInt32BE(0), after.readUInt32BE(0)]).toEqual([1, 2]);
  expect(before.subarray(4).equals(after.subarray(4))).toBe(false);
  expect((await readFile(pathOf(id))).equals(content)).toBe(true);
  expect(house.trail.events.at(-1)).toMatchObject({
    kind: "key.rotated",
    data: { generation: 2, segments: 1 },
  });
  const keys = () => house.db.selectFrom("recording_keys").select("generation").execute();
  expect(await keys()).toEqual([{ generation: 2 }]);
  // It still opens: the start after a crash reads it again with its key.
  await house.db.updateTable("recording_segments").set({ state: "open" }).where("id", "=", id).execute();
  expect(await restart()).toMatchObject({ sealed: 1 });
});

test("a change of keys that a crash cut off is finished after the next start", async () => {
  const id = await begin();
  await house.recordings.stop?.();
  const sealed = newRecordingKey(MASTER_KEY, tenantId, 2, systemRandom);
  await addKey(house.db, { tenantId, generation: 2, sealed, madeMs: START_MS });
  const next = house.again();
  await next.start?.();
  await next.idle();
  await next.stop?.();
  expect((await readFile(pathOf(id, "key"))).readUInt32BE(0)).toBe(2);
  expect(await house.db.selectFrom("recording_keys").select("generation").execute()).toEqual([
    { generation: 2 },
  ]);
});
