import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Uuid } from "@gatehouse/base";
import { type BodyOf, cameras } from "@gatehouse/contract";
import { createVerifierKey, encodeVerifierKey, KEY_TYPES } from "@gatehouse/ledger";
import { signManifest } from "@gatehouse/video";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deriveKey, ed25519Signer, sha256Hex } from "../../../platform/secrets/index.ts";
import { type OffsiteHouse, offsiteHouse } from "../testing/house.ts";
import { type KeptSegment, MASTER_KEY } from "../testing/segments.ts";
import { checkDeposits } from "./check-deposits.ts";

const MIB = 1_048_576;
const CAMERA: Uuid = "018f0000-0000-7000-8000-0000000000c1";

type App = Awaited<ReturnType<OffsiteHouse["open"]>>;
/** One installation sends, another receives. */
let sender: OffsiteHouse;
let receiver: OffsiteHouse;
let tenantId: Uuid;
let ownerId: Uuid;
let [here, there]: App[] = [];
let url: string;

beforeEach(async () => {
  [sender, receiver] = await Promise.all([offsiteHouse(), offsiteHouse()]);
  [tenantId, ownerId] = await Promise.all([sender.addTenant(), receiver.addTenant()]);
  here = await sender.open(tenantId, sender.offsite);
  there = await receiver.open(ownerId, receiver.offsite);
  await Promise.all([sender.offsite.start?.(), receiver.offsite.start?.()]);
  url = await there.listen({ port: 0, host: "127.0.0.1" });
});
afterEach(async () => {
  await Promise.all([sender.offsite.stop?.(), receiver.offsite.stop?.()]);
  await Promise.all([here?.close(), there?.close()]);
  await Promise.all([sender[Symbol.asyncDispose](), receiver[Symbol.asyncDispose]()]);
});

async function ask<T>(
  app: App | undefined,
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  payload?: object,
) {
  const reply = await (app as App).inject({
    method,
    url: path,
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: reply.statusCode, body: (reply.body === "" ? {} : reply.json()) as T & { code?: string } };
}
const addInbox = async (more: Partial<cameras.OffsiteInboxBody> = {}) => {
  const body = { name: "neighbours", capBytes: 50 * MIB, keepDays: 30, senderKey: "", ...more };
  return (await ask<cameras.OffsiteInbox>(there, "POST", "/api/v1/offsite/inboxes", body)).body.id;
};
async function addTarget(inboxId: Uuid, rateBytes = 0): Promise<void> {
  const body: BodyOf<typeof cameras.createOffsiteTarget> = {
    ...{ name: "there", enabled: true, allowPrivate: true, rateBytes, keepDays: 0, wholeCameras: [] },
    ...{ fromStart: true, settings: { kind: "gatehouse", url, inboxId, token: "ghp_any" } },
  };
  expect((await ask(here, "POST", "/api/v1/offsite/targets", body)).status).toBe(201);
}
const target = async () =>
  (await ask<{ items: cameras.OffsiteTarget[] }>(here, "GET", "/api/v1/offsite/targets")).body.items[0];
const inbox = async () =>
  (await ask<{ items: cameras.OffsiteInbox[] }>(there, "GET", "/api/v1/offsite/inboxes")).body.items[0];
const copyAll = async () => {
  sender.offsite.wake();
  await sender.offsite.idle();
};
const keep = (bytes: number): KeptSegment =>
  sender.segments.add({ tenantId, cameraId: CAMERA }, { firstMs: sender.clock.nowMs(), bytes });
const blobOf = (inboxId: Uuid, { cameraId, segmentId }: KeptSegment, suffix: string) =>
  `${inboxId}/${tenantId}/${cameraId}/${segmentId}.${suffix}`;
const announced = (kept: KeptSegment) => ({
  ...{ tenantId, cameraId: CAMERA, segmentId: kept.segmentId, bytes: kept.segment.length },
  ...{ sha256: sha256Hex(kept.segment), key: Buffer.from(kept.key).toString("base64") },
});

/** Of all files below a folder. */
async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

test("a copy arrives byte by byte, counts when the receiver has read it back, and its figure is what is on the disk", async () => {
  const inboxId = await addInbox();
  await addTarget(inboxId);
  const kept = keep(2 * MIB + 77);
  await copyAll();
  expect(await target()).toMatchObject({ health: "ok", done: { segments: 1, bytes: kept.bytes } });
  const read = (suffix: string) => receiver.copyBlobs.read(blobOf(inboxId, kept, suffix), 0, 3 * MIB);
  expect(Buffer.from((await read("ghs")) ?? []).equals(kept.segment)).toBe(true);
  expect(Buffer.from((await read("key")) ?? []).equals(kept.key)).toBe(true);
  expect(await inbox()).toMatchObject({ copies: 1, bytes: await bytesOf(receiver.folder) });
  expect(receiver.trail.kinds()).toEqual(["offsite.inbox_created", "offsite.copy_received"]);
  const listed = await ask<{ items: object[]; keys: object[] }>(
    there,
    "GET",
    `/api/v1/offsite/inboxes/${inboxId}/copies?tenant=${tenantId}`,
  );
  expect(listed.body.items).toMatchObject([{ segmentId: kept.segmentId, sha256: sha256Hex(kept.segment) }]);
  expect(listed.body.keys).toHaveLength(1);
});

test("what is here of a copy is not sent again, also after the receiver ended in the middle", async () => {
  const inboxId = await addInbox();
  const kept = keep(3 * MIB);
  const path = `/api/v1/offsite/inboxes/${inboxId}/copies`;
  expect((await ask(there, "POST", path, announced(kept))).body).toEqual({ offset: 0, whole: false });
  const append = (offset: number, payload: Uint8Array) =>
    (there as App).inject({
      method: "PUT",
      url: `${path}/${kept.segmentId}/bytes?offset=${offset}`,
      headers: { "content-type": cameras.COPY_TYPE },
      payload: Buffer.from(payload),
    });
  expect((await append(0, kept.segment.slice(0, MIB))).json()).toEqual({ offset: MIB, whole: false });
  expect((await append(0, kept.segment.slice(0, MIB))).json()).toMatchObject({
    code: "offsite.offset_wrong",
    offset: MIB,
  });
  // As a crash between the file and its row leaves it.
  await receiver.database.pool.query("update offsite_received set stored_bytes = 0");
  await receiver.again().start?.();
  expect((await inbox())?.bytes).toBe(await bytesOf(receiver.folder));
  const sent: number[] = [];
  (there as App).server.on("request", (request) => {
    if (request.url?.includes("/bytes")) sent.push(Number(request.url.split("offset=")[1]));
  });
  await addTarget(inboxId);
  await copyAll();
  expect(sent).toEqual([MIB, 2 * MIB]);
  expect((await target())?.done.segments).toBe(1);
});

test("nothing is overwritten, and deleted only when it is old enough", async () => {
  const inboxId = await addInbox();
  await addTarget(inboxId);
  const kept = keep(5_000);
  await copyAll();
  const path = `/api/v1/offsite/inboxes/${inboxId}/copies`;
  const other = { ...announced(kept), sha256: "0".repeat(64) };
  expect((await ask(there, "POST", path, other)).body.code).toBe("offsite.copy_exists");
  expect((await ask(there, "POST", path, announced(kept))).body).toEqual({ offset: 5_000, whole: true });
  expect((await ask(there, "DELETE", `${path}/${kept.segmentId}`)).body.code).toBe("offsite.copy_kept");
  await sender.db.transaction().execute((tx) => sender.offsite.copies.erase(tx, tenantId, [kept.segmentId]));
  await copyAll();
  expect((await target())?.removing.segments).toBe(1);
  expect((await inbox())?.copies).toBe(1);
  for (const { clock } of [sender, receiver]) clock.setWall(clock.nowMs() + 31 * 86_400_000);
  await copyAll();
  expect((await target())?.removing.segments).toBe(0);
  expect(await inbox()).toMatchObject({ copies: 0, bytes: 0 });
  expect(await bytesOf(receiver.folder)).toBe(0);
});

test("an inbox takes no more than its cap, and says so to whoever sends", async () => {
  const inboxId = await addInbox({ capBytes: 1_000_000 });
  await addTarget(inboxId);
  keep(900_000);
  await copyAll();
  keep(900_000);
  await copyAll();
  expect((await target())?.failure).toMatchObject({ code: "full_there" });
  expect(await bytesOf(receiver.folder)).toBeLessThanOrEqual(1_000_000);
});

test("a bit that flips there is found, and a file that goes there is said", async () => {
  const inboxId = await addInbox();
  await addTarget(inboxId);
  const [one, two] = [keep(5_000), keep(6_000)];
  await copyAll();
  const file = join(receiver.folder, blobOf(inboxId, one, "ghs"));
  const changed = Buffer.from(one.segment);
  changed.writeUInt8(changed.readUInt8(100) ^ 1, 100);
  await writeFile(file, changed);
  await receiver.copyBlobs.remove(blobOf(inboxId, two, "key"));
  const check = sender.offsite.jobs?.find(({ name }) => name === "offsite.check");
  await check?.run({}, new AbortController().signal);
  const lost = sender.trail.events.filter(({ kind }) => kind === "offsite.copy_lost");
  expect(new Map(lost.map(({ subject, data }) => [subject?.id, data?.found]))).toEqual(
    new Map([
      [one.segmentId, "altered"],
      [two.segmentId, "missing"],
    ]),
  );
  // What is not any more what was taken may be sent again.
  await copyAll();
  expect((await target())?.done.segments).toBe(2);
  const again = await receiver.copyBlobs.read(blobOf(inboxId, one, "ghs"), 0, MIB);
  expect(Buffer.from(again ?? []).equals(one.segment)).toBe(true);
});

test("with the sender's key pinned only what that key signed is taken", async () => {
  const { publicKey, sign } = ed25519Signer(deriveKey(MASTER_KEY, "recordings/manifest"));
  const signer = { key: createVerifierKey("sender/recordings", KEY_TYPES.note, publicKey), sign };
  const inboxId = await addInbox({ senderKey: encodeVerifierKey(signer.key) });
  const forged = keep(5_000);
  const genuine = keep(5_000);
  const sealed = genuine.segment;
  const note = signManifest(
    {
      ...{ v: 1, camera: CAMERA, segment: genuine.segmentId, codec: "jpeg", frames: 1, previous: null },
      ...{ firstMs: 1, lastMs: 2, deviceFirstMs: null, deviceLastMs: null, framesRoot: "0".repeat(64) },
      ...{ sealedBytes: sealed.length, sealedSha256: sha256Hex(sealed) },
    },
    signer,
  );
  genuine.segment = Buffer.concat([sealed, Buffer.from(note)]);
  sender.segments.kept.set(genuine.segmentId, { ...genuine, bytes: genuine.segment.length + 44 });
  await addTarget(inboxId);
  await copyAll();
  const rows = await sender.rows();
  const stateOf = ({ segmentId }: KeptSegment) => rows.find((row) => row.segment_id === segmentId);
  expect(stateOf(genuine)).toMatchObject({ state: "done" });
  expect(stateOf(forged)).toMatchObject({ state: "waiting", attempts: 1, failure: "altered_on_way" });
  expect((await inbox())?.copies).toBe(1);
});

test("an inbox is deleted with everything in it", async () => {
  const inboxId = await addInbox();
  await addTarget(inboxId);
  keep(5_000);
  await copyAll();
  expect((await ask(there, "DELETE", `/api/v1/offsite/inboxes/${inboxId}`)).status).toBe(200);
  expect(await bytesOf(receiver.folder)).toBe(0);
  keep(5_000);
  await copyAll();
  expect((await target())?.failure).toMatchObject({ code: "not_found" });
  const wrong = { name: "n", capBytes: 1_000_000, keepDays: 0, senderKey: "a+00000000+AAAA" };
  expect((await ask(there, "POST", "/api/v1/offsite/inboxes", wrong)).body.code).toBe("offsite.invalid");
});

test("a copy for which the disk has hardly room is refused, whatever the inbox may hold: what is recorded here comes first", async () => {
  const inboxId = await addInbox();
  const space = async () => ({ freeBytes: 1_024 * MIB + 1_000, totalBytes: 10_000 * MIB });
  const full = receiver.again({ copyBlobs: { ...receiver.copyBlobs, space } });
  const app = await receiver.open(ownerId, full);
  const begin = (bytes: number) =>
    ask(app, "POST", `/api/v1/offsite/inboxes/${inboxId}/copies`, announced(keep(bytes)));
  expect((await begin(2_000)).body.code).toBe("server.disk_full");
  expect((await begin(500)).status).toBe(200);
  await app.close();
});

test("copies are fetched back out of an inbox, byte by byte", async () => {
  await addTarget(await addInbox());
  const kept = keep(2 * MIB + 77);
  await copyAll();
  sender.segments.kept.delete(kept.segmentId);
  const path = `/api/v1/offsite/targets/${(await target())?.id}/restore`;
  expect((await ask(here, "POST", path, {})).status).toBe(200);
  await expect.poll(async () => (await target())?.restore).toMatchObject({ running: false, taken: 1 });
  const back = sender.segments.kept.get(kept.segmentId);
  expect(Buffer.from(back?.segment ?? []).equals(kept.segment)).toBe(true);
  expect(Buffer.from(back?.key ?? []).equals(kept.key)).toBe(true);
});

test("a check reads every copy, and names what is missing, changed, or nobody's", async () => {
  const inboxId = await addInbox();
  await addTarget(inboxId);
  const [sound, lost, other] = [keep(MIB), keep(MIB), keep(MIB)];
  await copyAll();
  const check = () => checkDeposits(receiver.db, receiver.copyBlobs);
  expect(await check()).toEqual({ copies: 3, problems: [] });
  await receiver.copyBlobs.remove(blobOf(inboxId, lost, "key"));
  await writeFile(join(receiver.folder, blobOf(inboxId, other, "ghs")), other.segment.toReversed());
  await writeFile(join(receiver.folder, "notes.txt"), "mine");
  const problems = (await check())?.problems.toSorted((one, two) => (one.kind < two.kind ? -1 : 1));
  expect(problems).toEqual([
    { kind: "changed", name: blobOf(inboxId, other, "ghs") },
    { kind: "missing", name: blobOf(inboxId, lost, "ghs") },
    { kind: "stranger", name: "notes.txt" },
  ]);
  expect(JSON.stringify(problems)).not.toContain(sound.segmentId);
});
