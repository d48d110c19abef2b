import { randomUUID } from "node:crypto";
import type { Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDatabase } from "../../../platform/database/index.ts";
import type { CameraEventTables } from "../tables.ts";
import { type House, openHouse, type TestCamera } from "../testing/house.ts";
import { type EventFilter, matching } from "./event-filter-store.ts";
import { walkGrid } from "./walk-grid.ts";

let house: House;
let gate: TestCamera;
let yard: TestCamera;
beforeAll(async () => {
  house = await openHouse();
  gate = await house.addCamera({ label: "Gate" });
  yard = await house.addCamera({ name: "yard-cam", label: "" });
});
afterAll(() => house[Symbol.asyncDispose]());
beforeEach(() => house.pool.query("delete from camera_events"));

interface Part {
  readonly camera?: TestCamera;
  readonly kind?: cameras.CameraEventKind;
  readonly startMs?: number;
  readonly labels?: readonly string[];
  readonly most?: number;
  readonly zones?: readonly string[];
  readonly verdict?: cameras.Verdict;
  readonly armed?: boolean;
  readonly path?: readonly (readonly [number, number])[];
}
const NOON = Date.UTC(2026, 6, 1, 10);

async function add(part: Part = {}): Promise<Uuid> {
  const id = randomUUID();
  const { camera = gate, kind = "person", startMs = NOON, labels = ["person"], most = 1, zones = [] } = part;
  const detection = {
    ...{ by: "server", model: "m", counted: most, score: 0.9, path: part.path ?? [] },
  };
  await house.pool.query(
    `insert into camera_events (id, tenant_id, camera_id, kind, start_at, seen_at, end_at, strength, zones, best_at,
       detection, labels, most_at_once, verdict, armed, alarm_at)
     values ($1, $2, $3, $4, to_timestamp($5), to_timestamp($5), to_timestamp($5 + 10), 0.1, $6, to_timestamp($5),
       $7, $8, $9, $10, $11, case when $11 then to_timestamp($5) end)`,
    [
      ...[id, camera.tenantId, camera.id, kind, startMs / 1_000, zones],
      ...[JSON.stringify(detection), labels, most, part.verdict ?? null, part.armed ?? false],
    ],
  );
  return id;
}

async function found(query: cameras.EventQuery): Promise<Uuid[]> {
  const { items, total } = await house.call<{ items: cameras.CameraEvent[]; total: number }>(
    "GET /api/v1/camera-events",
    { query },
  );
  expect(total).toBe(items.length);
  return items.map(({ id }) => id).toSorted();
}

test("events are found by class, count, zone, verdict, case and by what things are called", async () => {
  const two = await add({ labels: ["person", "dog"], most: 2, zones: ["Fence"] });
  const one = await add({ camera: yard, verdict: "intrusion" });
  const dog = await add({ camera: yard, kind: "object", labels: ["dog"], zones: ["Back, left"] });
  const moved = await add({ kind: "motion", labels: [], most: 0 });
  const collected = randomUUID();
  house.collected.set(collected, [one, moved]);
  const all = (...ids: Uuid[]) => ids.toSorted();
  expect(await found({ classes: "dog,cat" })).toEqual(all(two, dog));
  expect(await found({ minPeople: "2" })).toEqual([two]);
  expect(await found({ zone: "Back, left" })).toEqual([dog]);
  expect(await found({ verdict: "intrusion" })).toEqual([one]);
  expect(await found({ verdict: "none" })).toEqual(all(two, dog));
  expect(await found({ case: collected })).toEqual(all(one, moved));
  expect(await found({ q: "gate" })).toEqual(all(two, moved));
  expect(await found({ q: "YARD" })).toEqual(all(one, dog));
  expect(await found({ q: "fenc" })).toEqual([two]);
  expect(await found({ q: "100%_\\" })).toEqual([]);
  expect(await found({ kinds: "person,object", camera: yard.id, classes: "dog" })).toEqual([dog]);
  const listed = await house.call<{ items: cameras.CameraEvent[] }>("GET /api/v1/camera-events", {
    query: { verdict: "intrusion" },
  });
  expect(listed.items[0]?.cases).toEqual([{ id: collected, number: 1, title: "Break-in" }]);
});

test("nobody finds events of another organisation, or of cameras beyond their reach", async () => {
  await add();
  const none = { items: [], total: 0 };
  const ask = (input: object) => house.call("GET /api/v1/camera-events", { query: { q: "gate" }, ...input });
  expect(await ask({ tenantId: randomUUID() })).toEqual(none);
  expect(await ask({ reach: { sites: new Set(), devices: new Set([yard.id]) } })).toEqual(none);
});

test("activity is counted by weekday and hour where the camera is, and by day", async () => {
  // 23:30 UTC of a Wednesday is Thursday 01:30 in Paris.
  await add({ startMs: Date.UTC(2026, 6, 1, 23, 30) });
  await add({ startMs: Date.UTC(2026, 6, 1, 23, 40), kind: "motion", labels: [] });
  await add({ startMs: Date.UTC(2026, 6, 2, 10), camera: yard });
  const asked = { fromMs: String(Date.UTC(2026, 5, 20)), toMs: String(Date.UTC(2026, 6, 20)) };
  const {
    total,
    week,
    cameras: counted,
  } = await house.call<cameras.Activity>("GET /api/v1/camera-events/activity", { query: asked });
  expect([total, week[3]?.[1], week[3]?.[12], week.flat().reduce((sum, n) => sum + n)]).toEqual([3, 2, 1, 3]);
  expect(counted).toEqual([
    {
      id: gate.id,
      name: "Gate",
      timeZone: "Europe/Paris",
      total: 2,
      days: [{ day: "2026-07-02", count: 2 }],
    },
    {
      id: yard.id,
      name: "yard-cam",
      timeZone: "Europe/Paris",
      total: 1,
      days: [{ day: "2026-07-02", count: 1 }],
    },
  ]);
  const thursday = { weekday: "4", hour: "1", timeZone: "Europe/Paris" };
  expect(await found({ ...asked, ...thursday })).toHaveLength(2);
  expect(await found({ ...asked, weekday: "3", hour: "23", timeZone: "UTC" })).toHaveLength(2);
  // Nobody says in which zone: where the camera is, as it is counted.
  expect(await found({ ...asked, weekday: "4", hour: "1" })).toHaveLength(2);
  expect(await found({ ...asked, weekday: "3", hour: "23" })).toHaveLength(0);
  await expect(found({ hour: "1", timeZone: "Europe/Atlantis" })).rejects.toMatchObject({
    code: "request.invalid",
  });
  // An old name, which the database does not know.
  expect(await found({ ...asked, weekday: "3", hour: "16", timeZone: "US/Pacific-New" })).toHaveLength(2);
  const people = await house.call<cameras.Activity>("GET /api/v1/camera-events/activity", {
    query: { ...asked, kinds: "person", camera: gate.id },
  });
  expect([people.total, people.cameras.length]).toEqual([1, 1]);
});

test("where people walk is counted once an event, along the whole way", async () => {
  await add({
    path: [
      [0.01, 0.5],
      [0.99, 0.5],
    ],
  });
  await add({ path: [[0.01, 0.5]] });
  const { columns, rows, cells, events } = await house.call<cameras.Walked>(
    "GET /api/v1/cameras/:id/walked",
    { params: { id: gate.id } },
  );
  const middle = cells.slice(Math.floor(rows / 2) * columns, (Math.floor(rows / 2) + 1) * columns);
  expect([events, middle[0], Math.min(...middle.slice(1)), Math.max(...middle.slice(1))]).toEqual([
    2, 2, 1, 1,
  ]);
  expect(cells.reduce((sum, n) => sum + n)).toBe(columns + 1);
  expect(
    walkGrid(
      [
        [[1, 1]],
        [
          [0, 0],
          [0, 0],
        ],
      ],
      2,
      2,
    ),
  ).toEqual([1, 0, 0, 1]);
  await expect(
    house.call("GET /api/v1/cameras/:id/walked", { params: { id: randomUUID() } }),
  ).rejects.toMatchObject({
    code: "camera.none",
  });
});

test("an hour of the week is that of each camera's own zone", async () => {
  const late = await add({ startMs: Date.UTC(2026, 6, 1, 23, 30) });
  const early = await add({ startMs: Date.UTC(2026, 6, 2, 5, 30), camera: yard });
  await add({ startMs: Date.UTC(2026, 6, 1, 23, 30), camera: yard });
  const db = createDatabase<CameraEventTables>(house.pool);
  const zones = [
    { name: "Europe/Paris", cameraIds: [gate.id] },
    { name: "America/Toronto", cameraIds: [yard.id] },
  ];
  const filter = { cameraIds: "all", week: { zones, weekday: 4, hour: 1 } } as const;
  const rows = await matching(db, gate.tenantId, filter).select("id").execute();
  expect(rows.map(({ id }) => id).toSorted()).toEqual([late, early].toSorted());
});

test("what is in a case outlives the age of its camera", async () => {
  const startMs = house.clock.nowMs() - 400 * 86_400_000;
  const [kept] = [await add({ startMs }), await add({ startMs })];
  house.collected.set(randomUUID(), [kept]);
  const retention = house.feature.jobs?.find(({ name }) => name === "camera_events.retention");
  await retention?.run({}, new AbortController().signal);
  expect(await found({})).toEqual([kept]);
});

test("a day's summary counts people, alarms, verdicts and silence from midnight to midnight there", async () => {
  const midnight = Date.UTC(2026, 5, 30, 22);
  house.clock.setWall(midnight + 30 * 3_600_000);
  await add({ startMs: midnight - 1 });
  await add({ startMs: midnight, most: 3, armed: true, verdict: "intrusion" });
  await add({ startMs: midnight + 3_600_000 });
  await add({ startMs: midnight + 7_200_000, kind: "motion", labels: [] });
  await add({ startMs: midnight + 24 * 3_600_000 });
  const strengths = new Uint8Array(360).fill(1);
  for (const hour of [-1, ...Array.from({ length: 23 }, (_, i) => i)])
    await house.pool.query("insert into camera_motion values ($1, $2, to_timestamp($3), $4, 1)", [
      ...[gate.id, gate.tenantId, (midnight + hour * 3_600_000) / 1_000, strengths],
    ]);
  const { items } = await house.call<{ items: cameras.DaySummary[] }>("GET /api/v1/camera-events/summary");
  const summary = items.find(({ siteId }) => siteId === gate.siteId);
  expect(summary).toMatchObject({
    ...{ day: "2026-07-01", timeZone: "Europe/Paris", fromMs: midnight, toMs: midnight + 24 * 3_600_000 },
    ...{ people: 2, mostAtOnce: 3, alarms: 1, others: 1 },
    verdicts: { intrusion: 1, not_intrusion: 0, undecided: 0, none: 1 },
    cameras: [{ name: "Gate", people: 2, alarms: 1, others: 1, silentMinutes: 60 }],
  });
  const other = items.find(({ siteId }) => siteId === yard.siteId);
  expect(other?.cameras).toEqual([{ id: yard.id, name: "yard-cam", people: 0, alarms: 0, others: 0 }]);
  expect(summary?.hours.slice(0, 3)).toEqual([1, 1, 0]);
  const ask = (query: object) =>
    house.call<{ items: cameras.DaySummary[] }>("GET /api/v1/camera-events/summary", { query });
  expect((await ask({ day: "2026-07-02", site: gate.siteId })).items).toMatchObject([
    { people: 1, day: "2026-07-02" },
  ]);
  for (const day of ["2026-02-31", "yesterday", "2026-13-01", "0000-01-01"])
    await expect(ask({ day })).rejects.toMatchObject({ code: "request.invalid" });
});

test("among many events no question that people ask reads them all", async () => {
  await house.pool.query(
    `insert into camera_events (id, tenant_id, camera_id, kind, start_at, seen_at, end_at, strength, zones, best_at,
       labels, most_at_once, verdict)
     select gen_random_uuid(), $1, case when n % 2 = 0 then $2::uuid else $3::uuid end,
       case when n % 50 = 0 then 'person' when n % 999 = 0 then 'object' else 'motion' end, at, at, at, 0.1,
       case when n % 700 = 0 then '{Fence}'::text[] else '{}' end, at,
       case when n % 999 = 0 then '{dog}'::text[] when n % 50 = 0 then '{person}' else '{}' end,
       case when n % 50 = 0 then 1 + n % 3 end,
       case when n % 5000 = 0 then 'intrusion' when n % 50 = 0 then 'not_intrusion' end
     from generate_series(1, 40000) n, lateral (select to_timestamp($4) - n * interval '1 minute' as at) at`,
    [gate.tenantId, gate.id, yard.id, NOON / 1_000],
  );
  await house.pool.query("analyze camera_events");
  const db = createDatabase<CameraEventTables>(house.pool);
  const { rows } = await house.pool.query("select id from camera_events limit 20");
  const plans: Record<string, Omit<EventFilter, "cameraIds">> = {
    person: { kinds: ["person"] },
    dog: { classes: ["dog"] },
    fence: { zone: "Fence" },
    intrusion: { verdict: "intrusion" },
    undecided: { verdict: "none" },
    case: { ids: rows.map(({ id }) => id) },
    hour: { fromMs: NOON - 3_600_000, toMs: NOON },
  };
  for (const [name, filter] of Object.entries(plans)) {
    const query = matching(db, gate.tenantId, { cameraIds: "all", ...filter }).selectAll();
    const newest = query.orderBy("start_at", "desc").orderBy("id", "desc").limit(50);
    const plan = JSON.stringify(await newest.explain("json"));
    expect([name, /Seq Scan/.test(plan), /Index/.test(plan)]).toEqual([name, false, true]);
  }
}, 60_000);

test("each morning yesterday's summary is queued once, from its hour on, to the channels that were chosen", async () => {
  const midnight = Date.UTC(2026, 6, 9, 22);
  const job = house.feature.jobs?.find(({ name }) => name === "camera_events.morning");
  const run = () => job?.run({}, new AbortController().signal);
  const choose = (body: object) => house.call("PUT /api/v1/camera-events/summary-settings", { body });
  const channel = randomUUID();
  const chosen = { enabled: true, hour: 7, channelIds: [channel] };
  expect(await house.call("GET /api/v1/camera-events/summary-settings")).toMatchObject({ enabled: false });
  await expect(choose(chosen)).rejects.toMatchObject({ code: "channel.not_found" });
  await expect(choose({ ...chosen, channelIds: [] })).rejects.toMatchObject({ code: "request.invalid" });
  house.channels.add(channel);
  await choose(chosen);
  expect(house.audit.events.at(-1)).toMatchObject({
    kind: "settings.changed",
    data: { to: { daySummary: chosen } },
  });
  await add({ startMs: midnight - 3_600_000 });
  house.clock.setWall(midnight + 6.9 * 3_600_000);
  await run();
  expect(house.mornings).toHaveLength(0);
  house.clock.setWall(midnight + 9 * 3_600_000);
  await run();
  await house.restart({ crash: true });
  await run();
  expect(house.mornings).toMatchObject([{ day: "2026-07-09", channelIds: [channel] }]);
  expect(house.mornings[0]?.sites.find(({ siteId }) => siteId === gate.siteId)?.people).toBe(1);
  house.clock.setWall(midnight + 33 * 3_600_000);
  await house.feature.jobs
    ?.find(({ name }) => name === "camera_events.morning")
    ?.run({}, new AbortController().signal);
  expect(house.mornings.map(({ day }) => day)).toEqual(["2026-07-09", "2026-07-10"]);
});
