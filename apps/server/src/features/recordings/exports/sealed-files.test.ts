import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newUuid, seededRandom, systemRandom, type Uuid } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { CIPHERS } from "@gatehouse/video";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFolderBlobs } from "../../../platform/blobs/index.ts";
import { SegmentKeyring } from "../keyring.ts";
import { MASTER_KEY, type RecordingHouse, recordingHouse, START_MS } from "../testing/house.ts";
import { SealedFiles, type SealedName } from "./sealed-files.ts";

const MIB = 1_048_576;
const clock = virtualClock(START_MS);
let house: RecordingHouse;
let folder: string;
let files: SealedFiles;
let tenantId: Uuid;

beforeAll(async () => {
  house = await recordingHouse(clock);
  tenantId = await house.addTenant();
  folder = await mkdtemp(join(tmpdir(), "gatehouse-sealed-"));
  const blobs = createFolderBlobs(folder, systemRandom);
  const keyring = new SegmentKeyring({ ...house, masterKey: MASTER_KEY, random: systemRandom });
  const cipher = CIPHERS.chacha20poly1305;
  files = new SealedFiles({ blobs, keyring, cipher, clock, random: systemRandom, minFreeBytes: 0 });
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const newName = (): SealedName => ({
  tenantId,
  cameraId: newUuid(clock, systemRandom),
  fileId: newUuid(clock, systemRandom),
});

/** Content that no two places have alike. */
const content = (bytes: number): Buffer => Buffer.from(seededRandom(bytes).bytes(bytes));

async function seal(name: SealedName, body: Buffer, head: Buffer, pieceBytes: number): Promise<void> {
  const writer = await files.create(name);
  for (let at = 0; at < body.length; at += pieceBytes)
    await writer.append(body.subarray(at, at + pieceBytes));
  expect(await writer.finish(head)).toBe(head.length + body.length);
}

async function read(name: SealedName, first: number, last: number): Promise<Buffer> {
  const file = await files.open(name);
  const chunks: Uint8Array[] = [];
  for await (const chunk of file?.read(first, last) ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test("what is written last stands in front, and every range is what was written", async () => {
  for (const [bodyBytes, headBytes] of [
    [0, 0],
    [1, 1],
    [MIB, 0],
    [MIB - 1, MIB + 1],
    [2 * MIB, 2 * MIB],
    [3 * MIB + 17, 5],
  ] as const) {
    const [name, body, head] = [newName(), content(bodyBytes), content(headBytes)];
    await seal(name, body, head, 700_001);
    const whole = Buffer.concat([head, body]);
    expect((await files.open(name))?.bytes).toBe(whole.length);
    const edges = [0, 1, headBytes - 1, headBytes, headBytes + MIB - 1, headBytes + MIB, whole.length - 1];
    const places = edges.filter((at) => at >= 0 && at < whole.length);
    for (const first of places)
      for (const last of places.filter((at) => at >= first))
        expect((await read(name, first, last)).equals(whole.subarray(first, last + 1))).toBe(true);
    await files.remove(name);
  }
});

test("a chunk that was changed, a file that was cut and a key that is gone open nothing", async () => {
  const name = newName();
  await seal(name, content(2 * MIB), content(10), MIB);
  const path = join(folder, name.tenantId, name.cameraId, `${name.fileId}.sealed`);
  const file = await open(path, "r+");
  await file.write(Uint8Array.of(1, 2, 3), 0, 3, MIB + 500);
  expect((await read(name, 0, 1_000)).length).toBe(1_001);
  await expect(read(name, 0, 2 * MIB)).rejects.toMatchObject({ code: "export.damaged" });
  await file.truncate((await file.stat()).size - 20);
  await expect(files.open(name)).rejects.toMatchObject({ code: "export.damaged" });
  await file.close();
  await rm(path.replace(".sealed", ".key"));
  expect(await files.open(name)).toBeUndefined();
});

test("what is nobody's goes at the start, what is somebody's stays", async () => {
  const [mine, lost, cut] = [newName(), newName(), newName()];
  for (const name of [mine, lost]) await seal(name, content(100), content(10), 100);
  await (await files.create(cut)).abandon();
  files.addOwner(async ({ fileId }) => fileId === mine.fileId);
  await files.sweep();
  expect((await files.open(mine))?.bytes).toBe(110);
  expect([await files.open(lost), await files.open(cut)]).toEqual([undefined, undefined]);
  const left = (await readdir(folder, { recursive: true })).filter((name) => /\.(sealed|key)$/.test(name));
  expect(left).toHaveLength(2);
});
