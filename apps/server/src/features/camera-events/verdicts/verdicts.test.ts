import { randomUUID } from "node:crypto";
import { silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import { access, type BusMessages, cameras as contract, type ledger } from "@gatehouse/contract";
import { virtualClock } from "@gatehouse/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import { createTestDatabase, type TestDatabase } from "../../../platform/database/testing/index.ts";
import type { FeatureMigrations } from "../../../platform/feature.ts";
import { deleteEventsBefore, EventQueryStore, findEvent } from "../event-store.ts";
import { cameraEventsMigrations } from "../index.ts";
import type { CameraEventTables } from "../tables.ts";
import { createVerdicts, type VerdictsFeature } from "./index.ts";
import type { Log, Surroundings } from "./ports.ts";

const neighbours: FeatureMigrations = {
  feature: "neighbours",
  migrations: [
    {
      id: "001-create",
      up: `
        create table tenants (id uuid primary key);
        create table sites (id uuid primary key, tenant_id uuid not null references tenants (id));
        create table devices (id uuid primary key, tenant_id uuid not null references tenants (id));`,
    },
  ],
};

const SITE = randomUUID();
const MINUTE_MS = 60_000;

let database: TestDatabase<CameraEventTables>;
let feature: VerdictsFeature;
let told: BusMessages["camera.verdict"][];
let held: { readonly eventId: Uuid; readonly held: boolean }[];
let entries: ledger.LedgerEntry[];
let asked: Parameters<Log["entriesAbout"]>[1][];
let around: { -readonly [K in keyof Surroundings]: Surroundings[K] };
let trail: ReturnType<typeof recordingTrail>;
let failHold: boolean;
const clock = virtualClock();
const tenantId = randomUUID();
const cameraId = randomUUID();
const secondCamera = randomUUID();
const guard = { tenantId, personId: randomUUID(), name: "Nadia Bélanger", permissions: new Map() };

beforeEach(async () => {
  database = await createTestDatabase<CameraEventTables>([neighbours, cameraEventsMigrations]);
  const { db, pool } = database;
  const bus = createBus(silentLogger);
  [told, held, entries, asked, failHold] = [[], [], [], [], false];
  trail = recordingTrail();
  around = { alerts: async () => [], lines: async () => [], cases: async () => [] };
  bus.subscribe("camera.verdict", (message) => void told.push(message));
  await pool.query("insert into tenants (id) values ($1)", [tenantId]);
  await pool.query("insert into devices (id, tenant_id) values ($1, $3), ($2, $3)", [
    cameraId,
    secondCamera,
    tenantId,
  ]);
  feature = createVerdicts({
    ...{ db, bus, clock, random: systemRandom, audit: trail },
    events: {
      find: (id) => findEvent(db, id),
      eventsIn: (of, ids, fromMs, toMs, limit) =>
        new EventQueryStore(db, of).overlapping(ids, { fromMs, toMs }, limit),
    },
    pins: {
      async hold(_tx, { eventId }, isHeld) {
        if (failHold) throw new Error("the ring is busy");
        held.push({ eventId, held: isHeld });
      },
    },
    cameras: {
      find: () => ({ tenantId, siteId: SITE, name: "gate", label: "The gate" }),
      settingsOf: () => contract.DEFAULT_CAMERA_SETTINGS,
      within: ({ reach }) =>
        [cameraId, secondCamera].filter((deviceId) => access.reaches(reach, { siteId: SITE, deviceId })),
    },
    segments: { segmentIdsIn: async () => ["11111111-0000-4000-8000-000000000001"] },
    log: {
      async entriesAbout(_reader, filter) {
        asked.push(filter);
        return entries.filter(({ act }) => filter.subjectIds.includes(act?.subject?.id ?? ""));
      },
    },
    around: {
      alerts: (...of) => around.alerts(...of),
      lines: (...of) => around.lines(...of),
      cases: (...of) => around.cases(...of),
    },
  });
});
afterEach(() => database[Symbol.asyncDispose]());

async function addEvent(part: { readonly camera?: Uuid; readonly startMs?: number } = {}): Promise<Uuid> {
  const id = randomUUID();
  const { camera = cameraId, startMs = clock.nowMs() - 30_000 } = part;
  const [start, end] = [new Date(startMs), new Date(startMs + 10_000)];
  await database.pool.query(
    `insert into camera_events (id, tenant_id, camera_id, kind, start_at, seen_at, end_at, strength, zones, best_at,
       detection, labels, most_at_once)
     values ($1, $2, $3, 'person', $4, $5, $5, 0.1, '{}', $4,
       '{"by":"server","model":"nanodet-g","counted":1,"score":0.91,"path":[]}', '{person}', 1)`,
    [id, tenantId, camera, start, end],
  );
  return id;
}

interface Call {
  readonly body?: object;
  readonly who?: object;
  readonly reach?: access.Reach;
}

function call<T>(route: string, id: Uuid, { body = {}, who = guard, reach = "all" }: Call = {}): Promise<T> {
  const [method, path] = route.split(" ");
  const found = feature.routes?.find(({ endpoint }) => endpoint.method === method && endpoint.path === path);
  if (found === undefined) throw new Error(`no route ${route}`);
  return found.handler({ principal: who, params: { id }, scope: { tenantId, reach }, body }) as Promise<T>;
}

const PUT = "PUT /api/v1/camera-events/:id/verdict";
const give = (id: Uuid, verdict: contract.Verdict, note = "", who: object = guard) =>
  call<contract.GivenVerdict>(PUT, id, { body: { verdict, note }, who });
const history = async (id: Uuid, who: object = guard) =>
  (await call<{ items: contract.GivenVerdict[] }>("GET /api/v1/camera-events/:id/verdicts", id, { who }))
    .items;
const custody = (id: Uuid) =>
  call<{ items: contract.CustodyStep[]; more: boolean }>("GET /api/v1/camera-events/:id/custody", id);
const linked = (id: Uuid, reach: access.Reach = "all") =>
  call<contract.LinkedThings>("GET /api/v1/camera-events/:id/linked", id, { reach });

let written = 0;
const entry = (
  kind: ledger.LedgerKind,
  subject: string,
  data: Record<string, unknown>,
  part: { readonly atMs?: number; readonly actor?: ledger.LedgerParty } = {},
): ledger.LedgerEntry => ({
  id: randomUUID(),
  log: 1,
  index: ++written,
  atMs: part.atMs ?? clock.nowMs() + written,
  leafHash: "",
  act: {
    kind,
    outcome: "done",
    actor: part.actor ?? { kind: "system", id: "system" },
    subject: { kind: "device", id: subject },
    data,
    personal: {},
  },
});

test("a verdict is kept with who gave it, stands on the event, and is in the log with it", async () => {
  const id = await addEvent();
  const given = await give(id, "not_intrusion", "  the courier, he rang \n");
  expect(given).toMatchObject({ verdict: "not_intrusion", note: "the courier, he rang", isYours: true });
  expect((await findEvent(database.db, id))?.verdict).toEqual({
    verdict: "not_intrusion",
    byName: "Nadia Bélanger",
    atMs: given.atMs,
    note: "the courier, he rang",
  });
  expect(trail.events).toEqual([
    {
      kind: "clip.verdict",
      tenantId,
      subject: { kind: "camera_event", id },
      data: { camera: cameraId, verdict: "not_intrusion", before: undefined },
      personal: { note: "the courier, he rang" },
    },
  ]);
  expect(told).toEqual([{ tenantId, cameraId, eventId: id }]);
});

test("whoever decides otherwise changes nothing of what was decided before", async () => {
  const id = await addEvent();
  await give(id, "intrusion", "somebody at the gate");
  clock.advance(1_000);
  await give(id, "undecided");
  clock.advance(1_000);
  const other = { ...guard, personId: randomUUID(), name: "M. Tremblay" };
  await give(id, "intrusion", "again", other);
  expect((await history(id)).map(({ verdict, byName, isYours }) => [verdict, byName, isYours])).toEqual([
    ["intrusion", "M. Tremblay", false],
    ["undecided", "Nadia Bélanger", true],
    ["intrusion", "Nadia Bélanger", true],
  ]);
  expect(trail.events.map(({ data }) => data?.before)).toEqual([undefined, "intrusion", "undecided"]);
});

test("an intrusion holds its recording and outlives the age of its camera, until it is decided otherwise", async () => {
  const id = await addEvent();
  await give(id, "intrusion");
  expect(held).toEqual([{ eventId: id, held: true }]);
  await deleteEventsBefore(database.db, cameraId, clock.nowMs(), { limit: 100, kept: [] });
  expect(await findEvent(database.db, id)).toBeDefined();
  await give(id, "not_intrusion");
  expect(held.at(-1)).toEqual({ eventId: id, held: false });
  await deleteEventsBefore(database.db, cameraId, clock.nowMs(), { limit: 100, kept: [] });
  expect(await findEvent(database.db, id)).toBeUndefined();
});

test("a verdict that cannot hold the recording is no verdict", async () => {
  const id = await addEvent();
  failHold = true;
  await expect(give(id, "intrusion")).rejects.toThrow("the ring is busy");
  expect(await history(id)).toEqual([]);
  expect(trail.events).toEqual([]);
  expect((await findEvent(database.db, id))?.verdict).toBeUndefined();
});

test("two who decide at once both count, one behind the other", async () => {
  const id = await addEvent();
  await Promise.all([give(id, "intrusion"), give(id, "not_intrusion", "", { ...guard, name: "B" })]);
  const befores = trail.events.map(({ data }) => data?.before);
  expect(befores.filter((one) => one === undefined)).toHaveLength(1);
  expect(await history(id)).toHaveLength(2);
  expect(held).toHaveLength(2);
});

test("the one that counts is the newest of the list, though a clock went back between them", async () => {
  const id = await addEvent();
  const nowMs = clock.nowMs();
  const first = await give(id, "intrusion");
  clock.setWall(nowMs - MINUTE_MS);
  const second = await give(id, "not_intrusion");
  clock.setWall(nowMs);
  expect(second.atMs).toBe(first.atMs + 1);
  expect((await history(id)).map(({ verdict }) => verdict)).toEqual(["not_intrusion", "intrusion"]);
  expect((await findEvent(database.db, id))?.verdict).toMatchObject({ verdict: "not_intrusion" });
});

test("another organisation's event is not there", async () => {
  const id = await addEvent();
  const stranger = { ...guard, tenantId: randomUUID() };
  await expect(give(id, "intrusion", "", stranger)).rejects.toThrow("camera_event.not_found");
  expect(await history(id, stranger)).toEqual([]);
});

test("a program decides in its own name", async () => {
  const id = await addEvent();
  const program = { ...guard, program: { tokenId: randomUUID(), name: "night desk" } };
  expect(await give(id, "undecided", "", program)).toMatchObject({ byName: "night desk", isYours: false });
});

test("of a person who is erased the verdict stays and the name goes", async () => {
  const id = await addEvent();
  await give(id, "intrusion", "a man with a torch");
  const read: unknown[] = [];
  for await (const one of feature.personalData.read(guard)) read.push(one);
  expect(read).toMatchObject([{ event_id: id, verdict: "intrusion", note: "a man with a torch" }]);
  await database.db.transaction().execute((tx) => feature.personalData.erase(tx as never, guard));
  expect(await history(id)).toMatchObject([{ verdict: "intrusion", byName: "", isYours: false }]);
});

test("custody tells of the clip alone, oldest first, with names as far as they may be seen", async () => {
  const id = await addEvent();
  const startMs = clock.nowMs() - 30_000;
  const person = { kind: "person", id: guard.personId };
  const SEGMENT = "11111111-0000-4000-8000-000000000001";
  const span = { fromMs: startMs, toMs: startMs + 5_000 };
  const long = { fromMs: startMs + 3_600_000, toMs: startMs + 3_700_000 };
  for (const one of [
    entry("recording.sealed", SEGMENT, { manifestSha256: "aa" }, { atMs: startMs + 60_000 }),
    entry("recording.sealed", SEGMENT, { manifestSha256: "bb" }, { atMs: startMs + 61_000 }),
    entry("recording.viewed", cameraId, { via: "clip", eventId: id, fromMs: 1 }, { actor: person }),
    // Whoever opens a clip reads its segments.
    entry("recording.viewed", cameraId, { via: "playback", fromMs: startMs }, { actor: person }),
    entry("recording.viewed", cameraId, { via: "clip", eventId: randomUUID(), fromMs: startMs }),
    entry("recording.viewed", cameraId, { via: "playback", fromMs: startMs - 3_600_000 }),
    entry(
      "recording.exported",
      cameraId,
      { form: "mp4", ...span },
      { actor: { kind: "person", id: "x", name: "M." } },
    ),
    entry("recording.exported", cameraId, { form: "mp4", ...long }),
    entry("recording.shared", cameraId, { link: 7, ...span }),
    entry("recording.shared", cameraId, { link: 8, ...long }),
    entry("recording.share_revoked", cameraId, { link: 8 }),
    entry("recording.share_revoked", cameraId, { link: 7 }),
    entry("clip.verdict", id, { verdict: "intrusion" }, { actor: person }),
  ])
    entries.push(one);
  around.alerts = async () => [
    {
      ...{
        id: randomUUID(),
        ruleName: "Person seen",
        deviceName: "gate",
        severity: "warning",
        state: "active",
      },
      ...{ raisedMs: startMs + 2_000, eventId: id },
    },
    {
      ...{ id: randomUUID(), ruleName: "Other", deviceName: "door", severity: "info", state: "active" },
      raisedMs: startMs,
    },
  ];
  const { items, more } = await custody(id);
  expect(more).toBe(false);
  expect(
    items.map(({ kind, via, what, link, count, verdict }) => [kind, via ?? what ?? link ?? count ?? verdict]),
  ).toEqual([
    ["detected", "nanodet-g"],
    ["alerted", "Person seen"],
    ["recording.viewed", "clip"],
    ["recording.exported", "mp4"],
    ["recording.shared", 7],
    ["recording.share_revoked", 7],
    ["clip.verdict", "intrusion"],
    ["recording.sealed", 2],
  ]);
  expect(items.find(({ kind }) => kind === "recording.viewed")?.by).toEqual({
    kind: "person",
    name: "Nadia Bélanger",
    isYou: true,
  });
  expect(items.find(({ kind }) => kind === "recording.exported")?.by).toEqual({
    kind: "person",
    name: "M.",
    isYou: false,
  });
  expect(asked.some(({ fromMs, kinds }) => fromMs !== undefined && kinds !== undefined)).toBe(true);
});

test("linked things are of the same place and time, and of cameras that the asker may see", async () => {
  const startMs = clock.nowMs() - 60 * MINUTE_MS;
  const id = await addEvent({ startMs });
  const near = await addEvent({ camera: secondCamera, startMs: startMs + 4 * MINUTE_MS });
  await addEvent({ camera: secondCamera, startMs: startMs + 20 * MINUTE_MS });
  await addEvent({ startMs: startMs + MINUTE_MS });
  await give(near, "intrusion");
  around.cases = async () => [{ id: randomUUID(), number: 87, title: "Loading bay", clips: 2 }];
  const alert = { deviceName: "gate", severity: "warning", state: "active", raisedMs: startMs };
  around.alerts = async () => [
    { ...alert, id: randomUUID(), ruleName: "Person seen", eventId: id },
    { ...alert, id: randomUUID(), ruleName: "Person seen", eventId: near },
    { ...alert, id: randomUUID(), ruleName: "Door open" },
  ];
  const all = await linked(id);
  expect(all.alerts.map(({ ruleName, isOfEvent }) => [ruleName, isOfEvent])).toEqual([
    ["Person seen", true],
    ["Door open", false],
  ]);
  expect(all.events).toMatchObject([{ id: near, cameraLabel: "The gate", verdict: "intrusion" }]);
  expect(all.cases).toMatchObject([{ number: 87 }]);
  const one = await linked(id, { sites: new Set(), devices: new Set([cameraId]) });
  expect(one.events).toEqual([]);
});
