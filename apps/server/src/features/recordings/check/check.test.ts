import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemRandom, type Uuid } from "@gatehouse/base";
import { createVerifierKey, KEY_TYPES } from "@gatehouse/ledger";
import { type VirtualClock, virtualClock } from "@gatehouse/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ed25519Signer } from "../../../platform/secrets/index.ts";
import { KEY_BLOB_BYTES } from "../keyring.ts";
import { filePlaceOf, type PlacedChunk, parseChunks } from "../model.ts";
import {
  film,
  logOf,
  MASTER_KEY,
  type RecordingHouse,
  recordingHouse,
  START_MS,
  testSigner,
} from "../testing/house.ts";
import { checkRecordings } from "./check.ts";

let clock: VirtualClock;
let house: RecordingHouse;
let tenantId: Uuid;
let cameraId: Uuid;
let ids: Uuid[];
beforeEach(async () => {
  clock = virtualClock(START_MS);
  house = await recordingHouse(clock);
  tenantId = await house.addTenant();
  cameraId = house.addCamera(tenantId);
  await house.recordings.start?.();
  await film(house, { tenantId, cameraId }, { fromMs: START_MS, seconds: 130, fps: 1 });
  await house.recordings.stop?.();
  ids = (await house.rows()).map(({ id }) => id);
}, 60_000);
afterEach(() => house[Symbol.asyncDispose]());

const logParts = () => ({ audit: house.trail, entries: logOf(house.trail) });
const check = (repair = false) =>
  checkRecordings(
    { ...house, ...logParts(), masterKey: MASTER_KEY, signer: testSigner(), random: systemRandom },
    { repair },
  );
const path = (id: Uuid | undefined, suffix = "ghs") =>
  join(house.folder, tenantId, cameraId, `${id}.${suffix}`);
const problems = async (repair = false) =>
  (await check(repair)).problems.map(({ what, kind, repaired }) => [what, kind, repaired]);

test("index and files that agree have no problem", async () => {
  expect(await check()).toMatchObject({ segments: 3, sealed: 3, unsigned: 0, open: 0, problems: [] });
});

test("an index that is lost altogether is made anew from the files alone, and equals what was", async () => {
  const before = await house.rows();
  await house.db.deleteFrom("recording_segments").execute();
  const found = await problems();
  expect(found).toHaveLength(6);
  expect(found.every(([, kind, repaired]) => kind === "no_row" && repaired === false)).toBe(true);
  await check(true);
  expect(await house.rows()).toEqual(before);
  expect(await problems()).toEqual([]);
});

test("the server's start does the same after an older database was put back", async () => {
  const before = await house.rows();
  await house.db
    .deleteFrom("recording_segments")
    .where("id", "<>", ids[0] as Uuid)
    .execute();
  const next = house.again();
  await next.start?.();
  expect(next.recovered()).toMatchObject({ adopted: 2, orphanFiles: 0, foreignFiles: 0 });
  await next.stop?.();
  expect(await house.rows()).toEqual(before);
});

test("rows that say something else than their files are named, and made to say what the files say", async () => {
  const before = await house.rows();
  await house.db
    .updateTable("recording_segments")
    .set({ frames: 7, last_ms: 9 })
    .where("id", "=", ids[0] as Uuid)
    .execute();
  await house.db
    .updateTable("recording_segments")
    .set({ bytes: 1 })
    .where("id", "=", ids[1] as Uuid)
    .execute();
  await house.db
    .updateTable("recording_segments")
    .set({ manifest: before[1]?.manifest ?? "" })
    .where("id", "=", ids[2] as Uuid)
    .execute();
  const wrong = [
    [ids[0], "index_differs"],
    [ids[1], "bytes_differ"],
    [ids[2], "index_differs"],
  ];
  expect(await problems()).toEqual(wrong.map((one) => [...one, false]));
  expect(await problems(true)).toEqual(wrong.map((one) => [...one, true]));
  expect(await house.rows()).toEqual(before);
});

test("what is missing, altered, unsigned or of another place is named by its segment", async () => {
  const [first, second, third] = ids;
  await rm(path(first));
  const bytes = await readFile(path(second));
  bytes[5_000] = (bytes[5_000] as number) ^ 1;
  await writeFile(path(second), bytes);
  const signed = await readFile(path(third));
  await writeFile(path(third), signed.subarray(0, -40));
  expect(await problems()).toEqual([
    [first, "file_missing", false],
    [second, "altered", false],
    [third, "not_signed", false],
  ]);
  await check(true);
  expect((await house.rows()).map(({ id, state }) => [id, state])).toEqual([
    [second, "damaged"],
    [third, "damaged"],
  ]);
});

test("manifests that another key signed count as not signed", async () => {
  const { publicKey, sign } = ed25519Signer(new Uint8Array(32).fill(9));
  const signer = { key: createVerifierKey("test/recordings", KEY_TYPES.note, publicKey), sign };
  const parts = { ...house, ...logParts(), masterKey: MASTER_KEY, random: systemRandom };
  const { problems: found } = await checkRecordings({ ...parts, signer }, { repair: false });
  expect(found.map(({ what, kind }) => [what, kind])).toEqual(ids.map((id) => [id, "not_signed"]));
});

test("a segment that the log knows otherwise, or not at all, is named; so is one before which another is missing", async () => {
  const [first, second, third] = ids;
  const entryOf = (id: Uuid | undefined) => house.trail.events.findIndex(({ subject }) => subject?.id === id);
  const [entry] = house.trail.events.splice(entryOf(first), 1);
  expect(await problems()).toEqual([[first, "not_logged", false]]);
  // A log that keeps older entries as hashes alone cannot say it.
  const entries = { ...logOf(house.trail), forgottenUntilMs: async () => START_MS + 3_600_000 };
  const parts = { ...house, ...logParts(), entries, masterKey: MASTER_KEY, random: systemRandom };
  const old = await checkRecordings({ ...parts, signer: testSigner() }, { repair: false });
  expect(old.problems).toEqual([]);
  house.trail.events.push({
    ...(entry as NonNullable<typeof entry>),
    data: { manifestSha256: "0".repeat(64) },
  });
  expect(await problems()).toEqual([[first, "log_differs", false]]);
  expect((await check()).gaps).toEqual([]);
  await house.db
    .deleteFrom("recording_segments")
    .where("id", "=", second as Uuid)
    .execute();
  await Promise.all([rm(path(second)), rm(path(second, "key"))]);
  expect((await check()).gaps).toEqual([third]);
});

test("one whose end was cut off, index and all, is no crash: the log knows that it was sealed", async () => {
  const [first] = ids;
  const [row] = await house.rows();
  const chunks = Buffer.from(row?.chunks ?? []).subarray(0, 10 * 12);
  const { end } = filePlaceOf(parseChunks(chunks).at(-1) as PlacedChunk);
  await truncate(path(first), end);
  await house.db
    .updateTable("recording_segments")
    .set({
      ...{
        state: "unsigned",
        manifest: null,
        manifest_sha256: null,
        frames: 10,
        bytes: end + KEY_BLOB_BYTES,
      },
      chunks,
      last_ms: START_MS + 9_000,
    })
    .where("id", "=", first as Uuid)
    .execute();
  expect(await problems()).toEqual([[first, "log_differs", false]]);
  await check(true);
  expect(await check()).toMatchObject({ damaged: 1, problems: [] });
});

test("files that are found again under another manifest than the log has are damaged; new ones get an entry", async () => {
  const [first, second] = ids;
  await house.db.deleteFrom("recording_segments").execute();
  for (const event of house.trail.events.splice(0))
    if (event.subject?.id === first)
      house.trail.events.push({ ...event, data: { manifestSha256: "0".repeat(64) } });
    else if (event.subject?.id !== second) house.trail.events.push(event);
  const next = house.again();
  await next.start?.();
  await next.stop?.();
  const rows = await house.rows();
  expect(rows.map(({ state }) => state)).toEqual(["damaged", "sealed", "sealed"]);
  const about = house.trail.events.filter(({ subject }) => subject?.id === second);
  expect(about).toMatchObject([
    { kind: "recording.sealed", data: { manifestSha256: rows[1]?.manifest_sha256 } },
  ]);
});

test("a segment's file in the place of another one opens as nothing", async () => {
  const [first, second] = ids;
  await writeFile(path(first), await readFile(path(second)));
  await writeFile(path(first, "key"), await readFile(path(second, "key")));
  expect(await problems()).toEqual([[first, "key_unreadable", false]]);
});
