import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Uuid } from "@gatehouse/base";
import { type S3Double, s3Double } from "@gatehouse/testkit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { endKilled } from "../../../platform/database/testing/index.ts";
import { TargetStore } from "../targets/target-store.ts";
import { type OffsiteHouse, offsiteHouse, s3Body } from "../testing/house.ts";
import { CopyStore } from "./copy-store.ts";

const MIB = 1_048_576;
const CHILD = fileURLToPath(new URL("../testing/crash-child.ts", import.meta.url));
const CAMERA: Uuid = "018f0000-0000-7000-8000-0000000000c1";
const OTHER: Uuid = "018f0000-0000-7000-8000-0000000000c2";

let house: OffsiteHouse;
let store: S3Double;
let tenantId: Uuid;
let app: Awaited<ReturnType<OffsiteHouse["open"]>>;
let nowMs: number;

beforeEach(async () => {
  [house, store] = await Promise.all([offsiteHouse(), s3Double()]);
  nowMs = house.clock.nowMs();
  tenantId = await house.addTenant();
  app = await house.open(tenantId, house.offsite);
});
afterEach(async () => {
  await house.offsite.stop?.();
  await app.close();
  await Promise.all([store[Symbol.asyncDispose](), house[Symbol.asyncDispose]()]);
});

async function post<T = { id: string }>(url: string, payload: object = {}): Promise<T> {
  const reply = await app.inject({ method: "POST", url, payload });
  expect([url, reply.statusCode, reply.body.slice(0, 200)]).toEqual([
    url,
    expect.closeTo(200, -2),
    expect.any(String),
  ]);
  return reply.json() as T;
}
const addTarget = (more: Parameters<typeof s3Body>[1] = {}) =>
  post("/api/v1/offsite/targets", s3Body(store, more));
const target = async () => (await app.inject("/api/v1/offsite/targets")).json().items[0];

async function copyAll(): Promise<void> {
  house.offsite.wake();
  await house.offsite.idle();
}
const put = (name: { cameraId: Uuid; segmentId: Uuid }, suffix: string): string =>
  `house/${tenantId}/${name.cameraId}/${name.segmentId}.${suffix}`;
const partsSent = () => store.requests.filter(({ query, method }) => method === "PUT" && query.partNumber);

test("what events need is copied, the newest first, and everything of a camera that is to be copied whole", async () => {
  const old = house.segments.add({ tenantId, cameraId: CAMERA }, { firstMs: nowMs - 300_000, bytes: 3_000 });
  const young = house.segments.add(
    { tenantId, cameraId: CAMERA },
    { firstMs: nowMs - 100_000, bytes: 3_000 },
  );
  const whole = { firstMs: nowMs - 200_000, bytes: 2_000, pinned: false };
  const continuous = house.segments.add({ tenantId, cameraId: OTHER }, whole);
  const left = house.segments.add({ tenantId, cameraId: CAMERA }, whole);
  await addTarget({ wholeCameras: [OTHER] });
  await house.offsite.start?.();
  await copyAll();
  const names = store.requests.filter(({ method, key }) => method === "PUT" && key.endsWith(".ghs"));
  expect(names.map(({ key }) => key)).toEqual([young, old, continuous].map((one) => put(one, "ghs")));
  for (const one of [old, young, continuous]) {
    expect(store.objects.get(put(one, "ghs"))?.bytes.equals(one.segment)).toBe(true);
    expect(store.objects.get(put(one, "key"))?.bytes.equals(one.key)).toBe(true);
  }
  expect(store.objects.has(put(left, "ghs"))).toBe(false);
  // The key over the keys goes along, once.
  expect(store.objects.get(`house/${tenantId}/keys/1.sealed`)?.bytes).toHaveLength(61);
  expect(store.requests.filter(({ key }) => key.includes("/keys/"))).toHaveLength(1);
  expect(await target()).toMatchObject({
    health: "ok",
    waiting: { segments: 0, bytes: 0 },
    done: { segments: 3, bytes: old.bytes + young.bytes + continuous.bytes },
    lastCopyMs: house.clock.nowMs(),
  });
  const spans = [
    { cameraId: CAMERA, fromMs: nowMs - 310_000, toMs: nowMs },
    { cameraId: OTHER, fromMs: nowMs - 10_000, toMs: nowMs },
  ];
  expect(await post("/api/v1/offsite/states", { spans })).toEqual({
    items: [
      { state: "done", done: 2, wanted: 2, doneMs: house.clock.nowMs() },
      { state: "none", done: 0, wanted: 0 },
    ],
  });
});

test("what comes in the moment in which nothing more was found is copied at once", async () => {
  await addTarget();
  const { take } = CopyStore.prototype;
  vi.spyOn(CopyStore.prototype, "take").mockImplementationOnce(async function (this: CopyStore, ...of) {
    const found = await take.apply(this, of);
    house.segments.add({ tenantId, cameraId: CAMERA }, { firstMs: nowMs - 100_000, bytes: 1_000 });
    house.offsite.wake();
    await vi.waitFor(async () => expect(await house.rows()).toHaveLength(1));
    // The look that put it into the queue comes to its end.
    await setTimeout(20);
    return found;
  });
  await house.offsite.start?.();
  await house.offsite.idle();
  expect(await house.rows()).toMatchObject([{ state: "done" }]);
});

test("an upload that kill -9 cut off is gone on with: no part goes twice", async () => {
  const {
    segment: _,
    key: _1,
    ...kept
  } = house.segments.add({ tenantId, cameraId: CAMERA }, { firstMs: nowMs - 100_000, bytes: 20 * MIB });
  // As slow that the second part is under way when the first has arrived.
  await addTarget({ rateBytes: 16 * MIB });
  const asked = JSON.stringify({ connection: house.database.connection, kept });
  const child = spawn(process.execPath, [CHILD, asked], { stdio: ["ignore", "inherit", "inherit"] });
  await vi.waitFor(() => expect(partsSent()).toHaveLength(1), { timeout: 60_000, interval: 10 });
  child.kill("SIGKILL");
  await once(child, "exit");
  await endKilled(house.database);
  expect(await house.rows()).toMatchObject([{ state: "copying", upload: [...store.uploads.keys()][0] }]);
  expect(store.objects.has(put(kept, "ghs"))).toBe(false);
  const sentBefore = partsSent().length;
  await house.database.pool.query("update offsite_targets set rate_bytes = 0");

  await house.offsite.start?.();
  await copyAll();
  expect(store.requests.filter(({ query }) => query.uploads !== undefined)).toHaveLength(1);
  expect(
    partsSent()
      .slice(sentBefore)
      .every(({ query }) => query.partNumber !== "1"),
  ).toBe(true);
  expect(new Set(partsSent().map(({ query }) => query.partNumber)).size).toBe(3);
  const there = store.objects.get(put(kept, "ghs"))?.bytes;
  expect(there?.equals(house.segments.kept.get(kept.segmentId)?.segment as Uint8Array)).toBe(true);
  expect(await house.rows()).toMatchObject([{ state: "done", upload: null, bytes_done: kept.bytes }]);
});

test("an upload that was ended when its process died is not begun anew either", async () => {
  const kept = house.segments.add(
    { tenantId, cameraId: CAMERA },
    { firstMs: nowMs - 100_000, bytes: 9 * MIB },
  );
  await addTarget();
  await house.offsite.start?.();
  await copyAll();
  await house.database.pool.query(
    "update offsite_copies set state = 'waiting', upload = 'long-gone', stored = null",
  );
  const before = partsSent().length;
  await copyAll();
  expect(await house.rows()).toMatchObject([{ state: "done" }]);
  expect(partsSent()).toHaveLength(before);
  expect(store.objects.get(put(kept, "ghs"))?.bytes.equals(kept.segment)).toBe(true);
});

test("a store that keeps no checksums is read back before a copy counts", async () => {
  await store[Symbol.asyncDispose]();
  store = await s3Double({ keepsChecksums: false });
  const kept = house.segments.add({ tenantId, cameraId: CAMERA }, { firstMs: nowMs, bytes: 9 * MIB });
  await addTarget();
  await house.offsite.start?.();
  await copyAll();
  const reads = store.requests.filter(({ method, key }) => method === "GET" && key === put(kept, "ghs"));
  expect(reads).toHaveLength(2);
  expect(await house.rows()).toMatchObject([{ state: "done" }]);
});

test("a store that is busy, broken, cut off or by another clock is left alone for longer each time, and said", async () => {
  house.segments.add({ tenantId, cameraId: CAMERA }, { firstMs: nowMs, bytes: 9 * MIB });
  await addTarget();
  const faults = {
    slow_down: { status: 503, code: "SlowDown", headers: { "retry-after": "40" } },
    server_error: { status: 500, code: "InternalError" },
    unreachable: "cut",
  } as const;
  await house.offsite.start?.();
  await house.offsite.idle();
  store.objects.clear();
  await house.database.pool.query("update offsite_copies set state = 'waiting'");
  const waitMs = async () => {
    const [{ nextMs } = { nextMs: 0 }] = await new TargetStore(house.db).list(tenantId);
    return nextMs - house.clock.nowMs();
  };
  const nextTry = async () => {
    await house.clock.advanceAsync(Math.max(5_000, (await waitMs()) + 5_000));
    await house.offsite.idle();
  };
  for (const [code, fault] of Object.entries(faults)) {
    store.fault = ({ method }) => (method === "PUT" ? fault : undefined);
    await nextTry();
    const { health, failure, failingSinceMs } = await target();
    expect([code, health, failure.code]).toEqual([code, "failing", code]);
    expect(failingSinceMs).toBeLessThanOrEqual(house.clock.nowMs());
    expect(await house.rows()).toMatchObject([{ state: "waiting", attempts: 0 }]);
    expect(await waitMs()).toBeGreaterThanOrEqual(code === "slow_down" ? 30_000 : 2_000);
  }
  store.fault = undefined;
  store.clockAheadMs = -3_600_000;
  await house.clock.advanceAsync(60 * 60_000);
  await nextTry();
  expect((await target()).failure).toMatchObject({ code: "clock_wrong" });
  expect(await house.offsite.needs(tenantId)).toEqual([{ name: "store", sinceMs: expect.any(Number) }]);
  // The store goes by the real clock, and we by one that was moved.
  store.clockAheadMs = house.clock.nowMs() - Date.now();
  await post(`/api/v1/offsite/targets/${(await target()).id}/retry`);
  await house.offsite.idle();
  const well = await target();
  expect(well).toMatchObject({ health: "ok", done: { segments: 1 } });
  expect(well).not.toHaveProperty("failure");
  expect(await house.offsite.needs(tenantId)).toEqual([]);
});

test("a flipped bit there is found, what was removed there is said, and both are copied again", async () => {
  const [one, two] = [1, 2].map((n) =>
    house.segments.add({ tenantId, cameraId: CAMERA }, { firstMs: nowMs - n * 100_000, bytes: 4_000 * n }),
  ) as [never, never];
  const big = house.segments.add({ tenantId, cameraId: OTHER }, { firstMs: nowMs - 50_000, bytes: 9 * MIB });
  await addTarget();
  await house.offsite.start?.();
  await copyAll();
  const check = house.offsite.jobs?.find(({ name }) => name === "offsite.check");
  const signal = new AbortController().signal;
  await check?.run({}, signal);
  expect(house.trail.kinds()).toEqual(["offsite.target_created"]);
  const object = (of: typeof big) => store.objects.get(put(of, "ghs")) as { bytes: Buffer };
  object(one).bytes.writeUInt8(object(one).bytes.readUInt8(2_000) ^ 1, 2_000);
  store.objects.delete(put(two, "ghs"));
  // Read back whole because it was looked at longest ago.
  object(big).bytes.writeUInt8(object(big).bytes.readUInt8(9_000_000) ^ 1, 9_000_000);
  await house.database.pool.query("update offsite_copies set checked_ms = 0 where camera_id = $1", [OTHER]);
  await check?.run({}, signal);
  await house.offsite.idle();
  const lost = house.trail.events.filter(({ kind }) => kind === "offsite.copy_lost");
  expect(lost.map(({ subject, data }) => [subject?.id, data?.found]).sort()).toEqual(
    [
      [(one as typeof big).segmentId, "altered"],
      [(two as typeof big).segmentId, "missing"],
      [big.segmentId, "altered"],
    ].sort(),
  );
  await copyAll();
  for (const kept of [one, two, big])
    expect(object(kept).bytes.equals((kept as typeof big).segment)).toBe(true);
  // What is no longer here cannot be copied again.
  store.objects.delete(put(big, "key"));
  house.segments.kept.delete(big.segmentId);
  await check?.run({}, signal);
  expect((await target()).failed).toEqual({ segments: 1, bytes: big.bytes });
});

test("what made room here before it was copied is counted as missed", async () => {
  const kept = house.segments.add({ tenantId, cameraId: CAMERA }, { firstMs: nowMs, bytes: 4_000 });
  await addTarget({ enabled: false });
  await house.offsite.start?.();
  await copyAll();
  expect(await house.rows()).toEqual([]);
  const { id } = await target();
  const { fromStart: _, ...body } = s3Body(store, { enabled: true });
  await app.inject({
    method: "PUT",
    url: `/api/v1/offsite/targets/${id}`,
    payload: { ...body, enabled: false },
  });
  store.fault = () => ({ status: 500, code: "InternalError" });
  await app.inject({ method: "PUT", url: `/api/v1/offsite/targets/${id}`, payload: body });
  await house.offsite.idle();
  expect((await target()).waiting).toEqual({ segments: 1, bytes: kept.bytes });
  house.segments.kept.clear();
  store.fault = undefined;
  await post(`/api/v1/offsite/targets/${id}/retry`);
  await house.offsite.idle();
  expect(await target()).toMatchObject({ missed: { segments: 1 }, waiting: { segments: 0 } });
  expect(
    await post("/api/v1/offsite/states", { spans: [{ cameraId: CAMERA, fromMs: nowMs, toMs: nowMs }] }),
  ).toEqual({
    items: [{ state: "none", done: 0, wanted: 0 }],
  });
});

test("what is erased here is deleted there, and when the store keeps it that is said", async () => {
  const [one, two] = [1, 2].map((n) =>
    house.segments.add({ tenantId, cameraId: CAMERA }, { firstMs: nowMs - n * 100_000, bytes: 4_000 }),
  ) as [never, never];
  await addTarget();
  await house.offsite.start?.();
  await copyAll();
  store.locked.add(put(two, "ghs"));
  const ids = [...house.segments.kept.keys()];
  await house.db.transaction().execute((tx) => house.offsite.copies.erase(tx, tenantId, ids));
  await copyAll();
  expect(store.objects.has(put(one, "ghs")) || store.objects.has(put(one, "key"))).toBe(false);
  expect(await house.rows()).toMatchObject([{ state: "removing", failure: "kept_there" }, { state: "gone" }]);
  const told = () => house.trail.events.filter(({ kind }) => kind === "offsite.copy_erased");
  expect(
    told()
      .map(({ outcome }) => outcome)
      .sort(),
  ).toEqual(["ok", "refused"]);
  // Asked for again each day, told once.
  const daysLater = async (days: number) => {
    store.clockAheadMs = days * 86_400_000;
    house.clock.setWall(nowMs + store.clockAheadMs + 5_000);
    await copyAll();
  };
  await daysLater(1);
  expect(told()).toHaveLength(2);
  store.locked.clear();
  await daysLater(2);
  expect(store.objects.has(put(two, "ghs"))).toBe(false);
  expect(told()).toHaveLength(3);
  expect(await house.offsite.copies.oldestKeyGeneration(tenantId)).toBeUndefined();
});

test("copies that are older than they are kept there are deleted there", async () => {
  house.segments.add({ tenantId, cameraId: CAMERA }, { firstMs: nowMs - 60_000, bytes: 4_000 });
  await addTarget({ keepDays: 2 });
  await house.offsite.start?.();
  await copyAll();
  expect(store.objects.size).toBe(3);
  house.clock.setWall(nowMs + 3 * 86_400_000);
  store.clockAheadMs = 3 * 86_400_000;
  await house.offsite.jobs
    ?.find(({ name }) => name === "offsite.retention")
    ?.run({}, new AbortController().signal);
  await copyAll();
  expect([...store.objects.keys()]).toEqual([`house/${tenantId}/keys/1.sealed`]);
  expect(await house.rows()).toMatchObject([{ state: "gone", erased: false }]);
});
