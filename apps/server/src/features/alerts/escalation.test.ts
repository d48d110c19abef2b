import { randomUUID } from "node:crypto";
import type { alerts, ReplyOf } from "@gatehouse/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SeenEvent, WatchedDevice } from "./ports.ts";
import { type House, openHouse } from "./testing/neighbours.ts";

const MINUTE_MS = 60_000;

let house: House;
let guard: string;
let chief: string;
let owner: string;
beforeEach(async () => {
  house = await openHouse();
  [guard, chief, owner] = [randomUUID(), randomUUID(), randomUUID()];
  for (const id of [guard, chief, owner]) house.channels.add(id);
});
afterEach(() => house[Symbol.asyncDispose]());

const STEPS = (): alerts.EscalationStep[] => [
  { afterMs: 2 * MINUTE_MS, channelIds: [chief] },
  { afterMs: 5 * MINUTE_MS, channelIds: [owner] },
];
type Detail = ReplyOf<typeof alerts.getAlert>;
const detail = (id: string) => house.call<Detail>("GET /api/v1/alerts/:id", { params: { id } });
const acknowledge = (id: string) =>
  house.call("POST /api/v1/alerts/:id/acknowledge", { params: { id }, body: {} });

/** What was told to whom so far: `raised guard`. */
function told(): string[] {
  const names = new Map([
    [guard, "guard"],
    [chief, "chief"],
    [owner, "owner"],
  ]);
  return house.notices.map(({ kind, channelIds }) =>
    [kind, ...channelIds.map((id) => names.get(id))].join(" "),
  );
}

async function warm(
  part: Partial<alerts.RuleBody> = {},
): Promise<{ id: string; device: WatchedDevice; rule: alerts.Rule }> {
  const device = await house.addDevice();
  const rule = await house.addRule({ channelIds: [guard], escalation: STEPS(), ...part });
  house.send(device, { temperature: 40 });
  await house.settled();
  const [alert] = (await house.call<{ items: alerts.Alert[] }>("GET /api/v1/alerts")).items;
  return { id: alert?.id as string, device, rule };
}

describe("an alert that nobody answers", () => {
  test("is told to further channels, each at its time and once", async () => {
    const { id } = await warm();
    await house.pass(MINUTE_MS + 58_000);
    expect(told()).toEqual(["raised guard"]);
    await house.pass(3_000);
    expect(told()).toEqual(["raised guard", "escalated chief"]);
    await house.pass(2 * MINUTE_MS);
    expect(told()).toHaveLength(2);
    await house.pass(2 * MINUTE_MS);
    await house.pass(60 * MINUTE_MS);
    expect(told()).toEqual(["raised guard", "escalated chief", "escalated owner"]);
    const { escalation, events } = await detail(id);
    const escalated = events.filter(({ kind }) => kind === "escalated");
    expect(escalated.map(({ detail: step }) => step)).toEqual(["1", "2"]);
    expect(escalation?.steps.map(({ doneMs }) => doneMs)).toEqual(escalated.map(({ atMs }) => atMs));
  });

  test("shows what is next, by name and time", async () => {
    const { id } = await warm();
    const { alert, escalation } = await detail(id);
    expect(escalation?.steps.map(({ atMs }) => atMs - alert.raisedMs)).toEqual([
      2 * MINUTE_MS,
      5 * MINUTE_MS,
    ]);
    expect(escalation?.steps[0]?.channels).toEqual([`channel ${chief.slice(0, 4)}`]);
    expect(escalation?.steps[0]?.doneMs).toBeUndefined();
  });

  test("is told at the same times after a crash, and at once what was due meanwhile", async () => {
    await warm();
    await house.restart({ crash: true, downMs: MINUTE_MS });
    await house.pass(30_000);
    expect(told()).toEqual(["raised guard"]);
    await house.pass(31_000);
    expect(told()).toEqual(["raised guard", "escalated chief"]);
    await house.restart({ crash: true, downMs: 10 * MINUTE_MS });
    await house.pass(1_000);
    expect(told()).toEqual(["raised guard", "escalated chief", "escalated owner"]);
  });

  test("repeats and ends for whoever was told of it", async () => {
    const { device } = await warm({ repeatMs: 3 * MINUTE_MS });
    await house.pass(2 * MINUTE_MS + 1_000);
    await house.pass(MINUTE_MS);
    house.send(device, { temperature: 20 });
    await house.settled();
    expect(told()).toEqual([
      "raised guard",
      "escalated chief",
      "repeated guard chief",
      "resolved guard chief",
    ]);
    await house.pass(10 * MINUTE_MS);
    expect(told()).toHaveLength(4);
  });

  test("whose message cannot be queued is told at the next tick, once", async () => {
    await warm();
    house.failNextNotice(new Error("outbox full"));
    await house.pass(2 * MINUTE_MS + 1_000);
    await house.pass(1_000);
    expect(told()).toEqual(["raised guard", "escalated chief"]);
  });
});

describe("an answer stops it", () => {
  test("when somebody acknowledges", async () => {
    const { id } = await warm();
    await house.pass(2 * MINUTE_MS + 1_000);
    await acknowledge(id);
    await house.pass(60 * MINUTE_MS);
    expect(told()).toEqual(["raised guard", "escalated chief"]);
    const { escalation } = await detail(id);
    expect(escalation?.steps).toHaveLength(1);
    expect(escalation?.stoppedMs).toBeTypeOf("number");
  });

  test("when somebody judges the event, whatever they decide", async () => {
    const camera = await house.addDevice({ typeId: "camera" });
    await house.addRule({
      condition: { kind: "event", events: ["person"] },
      channelIds: [guard],
      escalation: STEPS(),
    });
    const nowMs = house.clock.nowMs();
    const seen = personSeen(camera, nowMs);
    house.seen.set(seen.id, seen);
    const { tenantId, cameraId, id: eventId } = seen;
    house.bus.publish("camera.alarm", { tenantId, cameraId, eventId, atMs: nowMs });
    await house.settled();
    expect(told()).toEqual(["raised guard"]);
    house.seen.set(eventId, {
      ...seen,
      verdict: { verdict: "intrusion", byName: "Grace", atMs: nowMs, note: "" },
    });
    house.bus.publish("camera.verdict", { tenantId, cameraId, eventId });
    await house.pass(60 * MINUTE_MS);
    expect(told()).toEqual(["raised guard"]);
  });

  test("a snooze only holds it up: at its end the step that is due is told", async () => {
    const { id } = await warm();
    const forMs = 4 * MINUTE_MS;
    await house.call("POST /api/v1/alerts/:id/snooze", { params: { id }, body: { forMs } });
    await house.pass(3 * MINUTE_MS);
    expect(told()).toEqual(["raised guard"]);
    await house.pass(MINUTE_MS + 1_000);
    await house.pass(1_000);
    expect(told()).toEqual(["raised guard", "repeated guard", "escalated chief"]);
  });
});

describe("a rule", () => {
  test("that gets other steps changes those of its open alerts, and what was told stays told", async () => {
    const { rule } = await warm();
    await house.pass(2 * MINUTE_MS + 1_000);
    const escalation = [STEPS()[0], { afterMs: 3 * MINUTE_MS, channelIds: [guard] }];
    const { active: _1, createdMs: _2, id, watches: _3, ...body } = rule;
    await house.call("PUT /api/v1/rules/:id", { params: { id }, body: { ...body, escalation } });
    await house.pass(MINUTE_MS);
    await house.pass(60 * MINUTE_MS);
    expect(told()).toEqual(["raised guard", "escalated chief", "escalated guard"]);
  });

  test("names channels that exist, at most five steps, each later than the one before", async () => {
    const add = (escalation: alerts.EscalationStep[]) => house.addRule({ escalation });
    await expect(add([{ afterMs: MINUTE_MS, channelIds: [randomUUID()] }])).rejects.toMatchObject({
      code: "channel.not_found",
    });
    await expect(add(STEPS().reverse())).rejects.toMatchObject({ code: "rule.invalid" });
    expect((await add(STEPS())).escalation).toEqual(STEPS());
  });
});

const personSeen = ({ deviceId, tenantId }: WatchedDevice, nowMs: number): SeenEvent => ({
  id: randomUUID(),
  tenantId,
  cameraId: deviceId,
  kind: "person",
  startMs: nowMs - 400,
  endMs: undefined,
  zones: [],
  detection: {
    by: "server",
    model: "NanoDet-G 416",
    labels: ["person"],
    mostAtOnce: 1,
    counted: 1,
    score: 0.87,
    path: [],
    alarmMs: nowMs,
    armed: true,
  },
});
