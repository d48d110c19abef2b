import { randomUUID } from "node:crypto";
import type { alerts, ReplyOf } from "@gatehouse/contract";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { SeenEvent, WatchedDevice } from "./ports.ts";
import { type House, openHouse, RULE } from "./testing/neighbours.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house[Symbol.asyncDispose]());

const PERSON: alerts.RuleCondition = { kind: "event", events: ["person"] };
const rule = (condition: Partial<Extract<alerts.RuleCondition, { kind: "event" }>> = {}, body = {}) =>
  house.addRule({
    name: "Person seen",
    ...body,
    condition: { kind: "event", events: ["person"], ...condition },
  });
const open = async () =>
  (await house.call<ReplyOf<typeof alerts.listAlerts>>("GET /api/v1/alerts", { query: { state: "open" } }))
    .items;
const eventsOf = async (id: string) =>
  (
    await house.call<ReplyOf<typeof alerts.getAlert>>("GET /api/v1/alerts/:id", { params: { id } })
  ).events.map(({ kind, detail }) => (detail === undefined ? kind : `${kind}: ${detail}`));

/** An event that is sure of a person now. */
function personSeen(camera: WatchedDevice, part: Partial<SeenEvent> & { people?: number } = {}): SeenEvent {
  const nowMs = house.clock.nowMs();
  const { people = 1, ...rest } = part;
  return {
    id: randomUUID(),
    tenantId: camera.tenantId,
    cameraId: camera.deviceId,
    kind: "person",
    startMs: nowMs - 400,
    endMs: undefined,
    zones: ["Door"],
    detection: {
      by: "server",
      model: "NanoDet-G 416",
      labels: ["person"],
      mostAtOnce: people,
      counted: people,
      score: 0.87,
      path: [],
      alarmMs: nowMs,
      armed: true,
    },
    ...rest,
  };
}

async function alarm(event: SeenEvent): Promise<void> {
  house.seen.set(event.id, event);
  const { cameraId, id: eventId, tenantId } = event;
  house.bus.publish("camera.alarm", { tenantId, cameraId, eventId, atMs: event.detection?.alarmMs ?? 0 });
  await house.settled();
}

/** Changes the event and says so, as its feature does. */
async function goOn(event: SeenEvent, part: Partial<SeenEvent>): Promise<void> {
  const changed = { ...event, ...part };
  house.seen.set(event.id, changed);
  const { cameraId, endMs, id: eventId, kind, startMs, tenantId } = changed;
  if (endMs !== undefined)
    house.bus.publish("camera.event", { tenantId, cameraId, eventId, kind, startMs, endMs });
  if (part.verdict !== undefined) house.bus.publish("camera.verdict", { tenantId, cameraId, eventId });
  await house.settled();
}

const decided = (verdict: "intrusion" | "not_intrusion" | "undecided"): Partial<SeenEvent> => ({
  verdict: { verdict, byName: "Grace", atMs: house.clock.nowMs(), note: "" },
});

describe("an alarm of a camera", () => {
  test("raises one alert for each rule that wants it, with what was seen", async () => {
    const camera = await house.addDevice({ typeId: "camera", name: "Loading bay" });
    await rule({ zone: "Door" });
    await rule({ classes: ["dog"] });
    await rule({ zone: "Gate" });
    await rule({}, { enabled: false });
    const event = personSeen(camera);
    await alarm(event);
    await alarm(event);
    const [alert, ...others] = await open();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      ruleName: "Person seen",
      deviceName: "Loading bay",
      raisedMs: event.detection?.alarmMs,
      event: { id: event.id, kind: "person", labels: ["person"], count: 1, score: 0.87, zones: ["Door"] },
    });
    expect(house.notices.map(({ kind }) => kind)).toEqual(["raised"]);
  });

  test("is not the next visit's: each visit has an alert of its own, also while another is open", async () => {
    const camera = await house.addDevice({ typeId: "camera" });
    await rule();
    await alarm(personSeen(camera));
    await alarm(personSeen(camera));
    expect(await open()).toHaveLength(2);
  });

  test("waits for as many people as the rule asks for", async () => {
    const camera = await house.addDevice({ typeId: "camera" });
    await rule({ minPeople: 2 });
    const event = personSeen(camera);
    await alarm(event);
    expect(await open()).toEqual([]);
    const two = personSeen(camera, { id: event.id, people: 2 });
    house.seen.set(event.id, two);
    house.clock.advance(1_500);
    house.bus.publish("camera.found", {
      tenantId: camera.tenantId,
      cameraId: camera.deviceId,
      takenMs: house.clock.nowMs(),
      model: "",
      boxes: [],
    });
    await house.settled();
    expect((await open()).map(({ event: facts }) => facts?.count)).toEqual([2]);
  });

  test("whose message was lost in a crash is raised at the next start, once, and not when it is old", async () => {
    const camera = await house.addDevice({ typeId: "camera" });
    await rule();
    const lost = personSeen(camera);
    await alarm(personSeen(camera));
    house.seen.set(lost.id, lost);
    await house.restart({ crash: true, downMs: 60_000 });
    expect((await open()).map(({ event }) => event?.id)).toContain(lost.id);
    expect(await open()).toHaveLength(2);
    const old = personSeen(camera);
    house.seen.set(old.id, old);
    await house.restart({ crash: true, downMs: 601_000 });
    expect(await open()).toHaveLength(2);
  });

  test("says nothing to another organisation, outside the schedule or the scope", async () => {
    const camera = await house.addDevice({ typeId: "camera" });
    await rule({}, { scope: { siteId: randomUUID() } });
    const hour = new Date(house.clock.nowMs()).getUTCHours();
    const fromMinute = ((hour + 6) % 24) * 60;
    await rule({}, { schedule: { days: [1, 2, 3, 4, 5, 6, 7], fromMinute, toMinute: fromMinute + 1 } });
    await alarm(personSeen(camera));
    await rule();
    await alarm({ ...personSeen(camera), tenantId: randomUUID() });
    expect(await open()).toEqual([]);
  });
});

test("where people walk all day the newest twenty wait for an answer, and what was an intrusion", async () => {
  const camera = await house.addDevice({ typeId: "camera" });
  await rule();
  const visits: SeenEvent[] = [];
  for (let n = 0; n < 23; n++) {
    house.clock.advance(1_000);
    const visit = personSeen(camera);
    visits.push(visit);
    await alarm(visit);
    await goOn(visit, { endMs: house.clock.nowMs(), ...(n === 1 ? decided("intrusion") : {}) });
  }
  const kept = (await open()).map(({ event }) => event?.id);
  expect(new Set(kept)).toEqual(new Set([visits[1], ...visits.slice(-20)].map((visit) => visit?.id)));
});

describe("the end of such an alert", () => {
  let event: SeenEvent;
  let alertId: string;
  beforeEach(async () => {
    const camera = await house.addDevice({ typeId: "camera" });
    await rule();
    event = personSeen(camera);
    await alarm(event);
    alertId = (await open())[0]?.id as string;
  });

  test("is not that of the visit: it waits for an answer, and nobody is told of an end", async () => {
    await goOn(event, { endMs: house.clock.nowMs() });
    expect(await open()).toHaveLength(1);
    await house.pass(11 * 3_600_000);
    expect(await open()).toHaveLength(1);
    await house.pass(2 * 3_600_000);
    expect(await open()).toEqual([]);
    expect(await eventsOf(alertId)).toEqual(["raised", "resolved: unanswered"]);
    expect(house.notices.map(({ kind }) => kind)).toEqual(["raised"]);
  });

  test("is a verdict that it was nothing", async () => {
    await goOn(event, decided("not_intrusion"));
    expect(await open()).toEqual([]);
    expect(await eventsOf(alertId)).toEqual(["raised", "judged: not_intrusion", "resolved: judged"]);
  });

  test("is not a verdict of an intrusion: somebody has to look after it", async () => {
    await goOn(event, { endMs: house.clock.nowMs(), ...decided("intrusion") });
    await house.pass(24 * 3_600_000);
    expect(await open()).toHaveLength(1);
    await house.call("POST /api/v1/alerts/:id/acknowledge", { params: { id: alertId }, body: {} });
    await house.settled();
    expect(await eventsOf(alertId)).toEqual([
      "raised",
      "judged: intrusion",
      "acknowledged",
      "resolved: over",
    ]);
  });

  test("follows an acknowledgement when the visit is over", async () => {
    await house.call("POST /api/v1/alerts/:id/acknowledge", { params: { id: alertId }, body: {} });
    await house.settled();
    expect((await open()).map(({ state }) => state)).toEqual(["acknowledged"]);
    await goOn(event, { endMs: house.clock.nowMs() });
    expect(await open()).toEqual([]);
  });

  test("comes with the rule's own", async () => {
    const [found] = await house.feature.rules.list({ tenantId: house.tenantId, reach: "all" });
    await house.feature.rules.remove(house.tenantId, found?.id as string);
    expect(await eventsOf(alertId)).toEqual(["raised", "resolved: rule_deleted"]);
  });

  test("is found again when it happened while the program was down", async () => {
    house.seen.set(event.id, { ...event, ...decided("not_intrusion") });
    await house.restart({ crash: true, downMs: 1_000 });
    expect(await open()).toEqual([]);
  });
});

test("motion raises when it begins and resolves when it is over, without a word about the end", async () => {
  const camera = await house.addDevice({ typeId: "camera" });
  await rule({ events: ["motion"] });
  const { detection: _, ...motion } = personSeen(camera, { kind: "motion" });
  house.seen.set(motion.id, motion);
  const { cameraId, id: eventId, kind, startMs, tenantId } = motion;
  // Its first look was before the rule was written.
  house.seen.set(eventId, { ...motion, startMs: house.clock.nowMs() });
  house.bus.publish("camera.event", { tenantId, cameraId, eventId, kind, startMs });
  await house.settled();
  expect(await open()).toHaveLength(1);
  await goOn(motion, { endMs: house.clock.nowMs() + 5_000 });
  expect(await open()).toEqual([]);
  expect(house.notices.map((notice) => notice.kind)).toEqual(["raised"]);
});

describe("a rule about events", () => {
  test("watches cameras alone, and can be tried on the last day", async () => {
    const camera = await house.addDevice({ typeId: "camera" });
    await house.addDevice();
    const body = { ...RULE, condition: PERSON };
    house.seen.set("1", { ...personSeen(camera), endMs: house.clock.nowMs() });
    const tried = await house.call<ReplyOf<typeof alerts.tryRule>>("POST /api/v1/rules/try", { body });
    expect(tried).toMatchObject({ watches: 1, truncated: false, raises: [{ deviceId: camera.deviceId }] });
    expect((await rule()).watches).toBe(1);
  });

  test("is refused a hold time, and a count of people where none are looked for", async () => {
    await expect(rule({}, { holdMs: 1_000 })).rejects.toMatchObject({ fields: { field: "holdMs" } });
    await expect(rule({ events: ["motion"], minPeople: 2 })).rejects.toMatchObject({
      fields: { field: "condition.minPeople" },
    });
  });
});

test("the first camera that looks for people brings one rule, and whoever deletes it does not get it again", async () => {
  const camera = await house.addDevice({ typeId: "camera" });
  const { deviceId: cameraId, tenantId } = camera;
  const scope = { tenantId, reach: "all" } as const;
  const changed = () => house.bus.publish("camera.changed", { tenantId, cameraId });
  changed();
  house.looking.add(cameraId);
  changed();
  changed();
  house.clock.advance(3_000);
  const [first] = await vi.waitFor(async () => {
    const rules = await house.feature.rules.list(scope);
    expect(rules).toHaveLength(1);
    return rules;
  }, 30_000);
  expect(first).toMatchObject({ name: "Person seen", enabled: true, severity: "warning", channelIds: [] });
  await vi.waitFor(async () => {
    const { rows } = await house.pool.query("select 1 from first_rules");
    expect(rows).toHaveLength(1);
  }, 30_000);
  await house.feature.rules.remove(tenantId, first?.id as string);
  changed();
  house.clock.advance(3_000);
  await house.settled();
  const { rows } = await house.pool.query("select 1 from rules");
  expect(rows).toEqual([]);
});

test("where a rule asks about another camera already, none comes by itself", async () => {
  const asked = await house.addDevice({ typeId: "camera" });
  const camera = await house.addDevice({ typeId: "camera" });
  await rule({}, { scope: { deviceIds: [asked.deviceId] } });
  house.looking.add(camera.deviceId);
  house.bus.publish("camera.changed", { tenantId: camera.tenantId, cameraId: camera.deviceId });
  house.clock.advance(3_000);
  await house.settled();
  const { rows } = await house.pool.query("select 1 from rules");
  expect(rows).toHaveLength(1);
});
