import { newUuid, systemRandom, type Uuid } from "@gatehouse/base";
import type { cases } from "@gatehouse/contract";
import { virtualClock } from "@gatehouse/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type CaseHouse, caseHouse } from "./testing/case-house.ts";

const START_MS = 1_795_000_000_000;
const MINUTE_MS = 60_000;
const clock = virtualClock(START_MS);
let house: CaseHouse;
let tenantId: Uuid;
let [siteId, cameraId]: Uuid[] = [];
beforeAll(async () => {
  house = await caseHouse(clock);
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());
beforeEach(async () => {
  tenantId = await house.addTenant();
  siteId = newUuid(clock, systemRandom);
  cameraId = house.addCamera(tenantId, siteId as Uuid);
  house.asker.tenantId = tenantId;
  house.asker.reach = "all";
});

type View = { readonly case: cases.Case; readonly items: readonly cases.CaseItem[] };
const open = async (body: object = {}) => {
  const made = await house.ask<cases.Case>("POST", "", { title: "Night of the 12th", ...body });
  expect(made.status).toBe(200);
  return made.body;
};
const get = async (id: Uuid) => (await house.ask<View>("GET", `/${id}`)).body;
const put = (id: Uuid, item: cases.NewCaseItem) => house.ask<cases.CaseItem>("POST", `/${id}/items`, item);
const event = (endMs: number | undefined = START_MS - MINUTE_MS) =>
  house.addEvent(tenantId, cameraId as Uuid, START_MS - 2 * MINUTE_MS, endMs);

test("cases are numbered within their organisation, and hold clips, devices, people and notes", async () => {
  const first = await open({ summary: "Somebody at the fence", tags: ["fence"] });
  const second = await open({ items: [{ kind: "event", eventId: event() }] });
  expect([first.number, second.number]).toEqual([1, 2]);
  expect(second.counts).toEqual({ clips: 1, devices: 0, people: 0, notes: 0 });
  for (const item of [
    { kind: "span", cameraId: cameraId as Uuid, fromMs: START_MS - 90_000, toMs: START_MS - 30_000 },
    { kind: "device", deviceId: cameraId as Uuid },
    { kind: "person", personId: tenantId },
    { kind: "outsider", name: "A neighbour" },
    { kind: "note", text: "He came back twice." },
  ] as const)
    expect((await put(first.id, item)).status).toBe(200);
  const shown = await get(first.id);
  expect(shown.case).toMatchObject({
    title: "Night of the 12th",
    createdBy: "Nadia Owner",
    tags: ["fence"],
    counts: { clips: 1, devices: 1, people: 2, notes: 1 },
  });
  expect(shown.items).toMatchObject([
    { clip: { hidden: false, cameraName: "gate-west", recorded: "all", timeZone: "Europe/Paris" } },
    { device: { id: cameraId, name: "gate-west" } },
    { person: { id: tenantId, name: "Nadia Owner" } },
    { person: { name: "A neighbour" } },
    { note: { text: "He came back twice.", versions: 0 } },
  ]);
});

test("a clip keeps its recording with what was before and after it, until it is taken away, and again when it is put back", async () => {
  const { id } = await open();
  const eventId = event();
  const { body: item } = await put(id, { kind: "event", eventId });
  const pin = { tenantId, cameraId, fromMs: START_MS - 130_000, toMs: START_MS - 55_000, held: true };
  expect(house.pins.get(item.id)).toMatchObject(pin);
  expect((await put(id, { kind: "event", eventId })).body.code).toBe("case.item_exists");
  expect((await house.ask("DELETE", `/${id}/items/${item.id}`)).status).toBe(200);
  expect(house.pins.has(item.id)).toBe(false);
  expect((await get(id)).items).toMatchObject([{ id: item.id, removed: { by: "Nadia Owner" } }]);
  expect((await house.ask("POST", `/${id}/items/${item.id}/restore`, {})).status).toBe(200);
  expect(house.pins.get(item.id)).toMatchObject(pin);
});

test("of what was taken away nothing stays after a week", async () => {
  const { id } = await open();
  const { body: note } = await put(id, { kind: "note", text: "Wrong house." });
  await house.ask("DELETE", `/${id}/items/${note.id}`);
  clock.advance(7 * 86_400_000 + 1);
  expect((await get(id)).items).toEqual([]);
  expect((await house.ask("POST", `/${id}/items/${note.id}/restore`, {})).body.code).toBe(
    "case.item_not_found",
  );
  await house.runJob();
  const { rows } = await house.database.pool.query("select from case_items where id = $1", [note.id]);
  expect(rows).toEqual([]);
});

test("a clip of an event that goes on gets its end when the event has one", async () => {
  const { id } = await open();
  const startMs = clock.nowMs() - MINUTE_MS;
  const eventId = house.addEvent(tenantId, cameraId as Uuid, startMs, undefined);
  const { body: item } = await put(id, { kind: "event", eventId });
  expect(house.pins.get(item.id)?.toMs).toBeUndefined();
  const endMs = clock.nowMs();
  house.endEvent(eventId, endMs);
  await house.runJob();
  expect((await get(id)).items[0]?.clip).toMatchObject({ toMs: endMs + 5_000, bestMs: startMs + 1_000 });
  expect(house.pins.get(item.id)).toMatchObject({ toMs: endMs + 5_000, held: true });
});

test("a note that is changed keeps what it said, and who changed it when", async () => {
  const { id } = await open();
  const { body: note } = await put(id, { kind: "note", text: "Two men." });
  clock.advance(1_000);
  const path = `/${id}/items/${note.id}`;
  await house.ask("PATCH", path, { text: "Two men, one dog." });
  expect((await get(id)).items).toMatchObject([{ note: { text: "Two men, one dog.", versions: 1 } }]);
  const { body } = await house.ask<{ items: unknown[] }>("GET", `${path}/versions`);
  expect(body.items).toEqual([{ text: "Two men.", by: "Nadia Owner", atMs: clock.nowMs() }]);
});

test("whoever may not see a camera is told of its clips only that they are there", async () => {
  const { id } = await open({ items: [{ kind: "event", eventId: event() }] });
  await put(id, { kind: "device", deviceId: cameraId as Uuid });
  house.asker.reach = { sites: new Set([newUuid(clock, systemRandom)]), devices: new Set() };
  const { items } = await get(id);
  expect(items.map(({ clip }) => clip)).toEqual([{ hidden: true }, undefined]);
  expect(items[1]?.device).toEqual({ id: cameraId, name: "", label: "" });
  expect(JSON.stringify(items[0])).not.toContain(cameraId);
  expect((await put(id, { kind: "event", eventId: event() })).body.code).toBe("camera_event.not_found");
  expect((await put(id, { kind: "device", deviceId: cameraId as Uuid })).body.code).toBe("device.not_found");
  house.asker.reach = { sites: new Set([siteId as Uuid]), devices: new Set() };
  expect((await get(id)).items[0]?.clip).toMatchObject({ hidden: false, cameraId });
});

test("whoever may not see a camera takes none of its clips away, and puts none back", async () => {
  const { id } = await open({ items: [{ kind: "event", eventId: event() }] });
  await put(id, { kind: "device", deviceId: cameraId as Uuid });
  const { body: note } = await put(id, { kind: "note", text: "Mine." });
  const [clip, device] = (await get(id)).items as [cases.CaseItem, cases.CaseItem];
  const elsewhere = { sites: new Set([newUuid(clock, systemRandom)]), devices: new Set<Uuid>() };
  house.asker.reach = elsewhere;
  for (const item of [clip, device])
    expect((await house.ask("DELETE", `/${id}/items/${item.id}`)).body.code).toBe("case.item_not_found");
  expect(house.pins.has(clip.id)).toBe(true);
  expect((await house.ask("DELETE", `/${id}/items/${note.id}`)).status).toBe(200);
  house.asker.reach = "all";
  expect((await house.ask("DELETE", `/${id}/items/${clip.id}`)).status).toBe(200);
  house.asker.reach = elsewhere;
  const restored = await house.ask("POST", `/${id}/items/${clip.id}/restore`, {});
  expect(restored.body.code).toBe("case.item_not_found");
  expect(house.pins.has(clip.id)).toBe(false);
});

test("another organisation finds no case, and puts nothing of it anywhere", async () => {
  const eventId = event();
  const { id } = await open({ items: [{ kind: "event", eventId }] });
  const [item] = (await get(id)).items;
  house.asker.tenantId = await house.addTenant();
  expect((await house.ask("GET", `/${id}`)).body.code).toBe("case.not_found");
  expect((await house.ask("PATCH", `/${id}`, { title: "Mine" })).body.code).toBe("case.not_found");
  expect((await house.ask("DELETE", `/${id}/items/${item?.id}`)).body.code).toBe("case.not_found");
  expect((await house.ask<{ total: number }>("GET", "")).body.total).toBe(0);
  const own = await open();
  expect(own.number).toBe(1);
  expect((await put(own.id, { kind: "event", eventId })).body.code).toBe("camera_event.not_found");
  expect((await house.ask("DELETE", `/${own.id}/items/${item?.id}`)).body.code).toBe("case.item_not_found");
});

test("a closed case stays as it is until it is opened again", async () => {
  const { id } = await open();
  expect((await house.ask<cases.Case>("PATCH", `/${id}`, { state: "closed" })).body.state).toBe("closed");
  expect((await put(id, { kind: "note", text: "Too late." })).body.code).toBe("case.closed");
  expect((await house.ask("PATCH", `/${id}`, { title: "Other" })).body.code).toBe("case.closed");
  expect((await house.ask<cases.Case>("PATCH", `/${id}`, { state: "open" })).body.state).toBe("open");
  expect((await put(id, { kind: "note", text: "In time." })).status).toBe(200);
});

test("cases are found by number, title, tag, note and event", async () => {
  const eventId = event();
  const fence = await open({ title: "Fence", tags: ["North Gate"], items: [{ kind: "event", eventId }] });
  const boat = await open({ title: "Boat 100%" });
  await put(boat.id, { kind: "note", text: "A blue rope" });
  const found = async (query: string) =>
    (await house.ask<{ items: cases.Case[] }>("GET", `?${query}`)).body.items.map(({ title }) => title);
  expect(await found("q=case-0002")).toEqual(["Boat 100%"]);
  expect(await found("q=north gate")).toEqual(["Fence"]);
  expect(await found("q=blue")).toEqual(["Boat 100%"]);
  expect(await found("q=%25")).toEqual(["Boat 100%"]);
  expect(await found(`event=${eventId}`)).toEqual(["Fence"]);
  await house.ask("PATCH", `/${fence.id}`, { state: "closed" });
  expect(await found("state=closed")).toEqual(["Fence"]);
  expect(await house.cases.casesOf(tenantId, [eventId])).toEqual([
    { eventId, id: fence.id, number: 1, title: "Fence", clips: 1 },
  ]);
  expect(await house.cases.eventIdsOf(tenantId, fence.id)).toEqual([eventId]);
});

test("every change is in the audit log, with texts about people apart", async () => {
  const before = house.trail.events.length;
  const { id } = await open({ title: "About Jean" });
  await put(id, { kind: "outsider", name: "Jean Petit" });
  await put(id, { kind: "event", eventId: event() });
  await house.ask("PATCH", `/${id}`, { state: "closed" });
  const entries = house.trail.events.slice(before);
  expect(entries).toMatchObject([
    { kind: "case.created", subject: { kind: "case", id }, personal: { title: "About Jean" } },
    {
      kind: "case.changed",
      data: { change: "item_added", kind: "person" },
      personal: { name: "Jean Petit" },
    },
    { kind: "case.changed", data: { change: "item_added", kind: "clip", cameraId } },
    { kind: "case.changed", data: { change: "case", state: "closed" } },
  ]);
  expect(JSON.stringify(entries.map(({ data }) => data))).not.toContain("Jean");
});

test("what is erased of a clip leaves a hole that says since when", async () => {
  const { id } = await open({ items: [{ kind: "event", eventId: event() }] });
  const camera = { tenantId, cameraId: cameraId as Uuid };
  const span = { fromMs: START_MS - 2 * MINUTE_MS, toMs: START_MS };
  await house.database.db
    .transaction()
    .execute(async (tx) => void (await house.cases.markErased(tx as never, camera, span)));
  expect((await get(id)).items[0]?.clip).toMatchObject({ erasedMs: clock.nowMs() });
});
