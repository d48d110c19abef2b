import { randomUUID } from "node:crypto";
import type { alerts, ReplyOf } from "@gatehouse/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type House, openHouse, RULE } from "./testing/neighbours.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house[Symbol.asyncDispose]());

type List = ReplyOf<typeof alerts.listAlerts>;
type Detail = ReplyOf<typeof alerts.getAlert>;
const list = (query: object = {}) => house.call<List>("GET /api/v1/alerts", { query });
const detail = (id: string) => house.call<Detail>("GET /api/v1/alerts/:id", { params: { id } });
const MINUTE = 60_000;

describe("a rule that fires", () => {
  test("raises one alert, sends one notice, and resolves it when the value is back", async () => {
    const channelId = randomUUID();
    house.channels.add(channelId);
    const device = await house.addDevice();
    await house.addRule({ channelIds: [channelId] });
    for (const temperature of [29, 31, 32, 29.5, 31]) {
      house.send(device, { temperature });
      await house.pass(1_000);
    }
    const { items, open } = await list({ state: "open" });
    expect(open).toBe(1);
    expect(items[0]).toMatchObject({
      ruleName: "Too warm",
      deviceId: device.deviceId,
      deviceName: device.name,
      siteName: "Home",
      value: 31,
      unit: "°C",
      state: "active",
    });
    house.send(device, { temperature: 28 });
    await house.settled();
    expect((await list({ state: "open" })).items).toEqual([]);
    expect(house.notices.map(({ kind }) => kind)).toEqual(["raised", "resolved"]);
    expect(house.notices[0]?.channelIds).toEqual([channelId]);
    expect(house.said).toEqual(["raised", "resolved"]);
    const { events } = await detail((items[0] as alerts.Alert).id);
    expect(events.map(({ kind, detail: why }) => [kind, why])).toEqual([
      ["raised", undefined],
      ["resolved", "cleared"],
    ]);
  });

  test("alert, event and notice are one transaction: what fails is tried again as a whole", async () => {
    const device = await house.addDevice();
    await house.addRule({});
    house.failNextNotice(new Error("outbox full"));
    house.send(device, { temperature: 40 });
    await house.settled();
    const { rows } = await house.pool.query(
      "select (select count(*) from alerts)::int + (select count(*) from alert_events)::int as n",
    );
    expect(rows[0]).toEqual({ n: 0 });
    await house.pass(1_000);
    expect(await list()).toMatchObject({ open: 1 });
    expect(house.notices).toHaveLength(1);
  });

  test("watches only what its scope names", async () => {
    const kitchen = await house.addDevice({ tags: ["kitchen"] });
    const cellar = await house.addDevice({ tags: ["cellar"] });
    const door = await house.addDevice({ typeId: "contact" });
    const rule = await house.addRule({ scope: { tag: "kitchen" } });
    expect(rule.watches).toBe(1);
    for (const device of [kitchen, cellar, door]) house.send(device, { temperature: 40 });
    await house.settled();
    expect((await list()).items.map(({ deviceId }) => deviceId)).toEqual([kitchen.deviceId]);
    house.changeDevice(kitchen, { tags: [] });
    house.changeDevice(cellar, { tags: ["kitchen"] });
    await house.pass(1_000);
    const { items } = await list();
    // The cellar's last value is fresh and counts when it comes into scope.
    expect(items.map(({ deviceId, state }) => [deviceId, state])).toEqual([
      [cellar.deviceId, "active"],
      [kitchen.deviceId, "resolved"],
    ]);
    expect((await detail((items[1] as alerts.Alert).id)).events.at(-1)?.detail).toBe("out_of_scope");
  });

  test("a door that is open already counts when the rule is written", async () => {
    const door = await house.addDevice({ typeId: "contact", intervalMs: 3_600_000 });
    house.send(door, { open: true });
    await house.pass(30 * MINUTE);
    await house.addRule({ condition: { kind: "state", metric: "open", equals: true } });
    expect((await list()).items).toMatchObject([{ value: true, raisedMs: house.clock.nowMs() }]);
  });

  test("silence raises once and clears when the device is heard", async () => {
    const device = await house.addDevice();
    house.send(device, { temperature: 20 });
    await house.addRule({ condition: { kind: "silence", forMs: 2 * MINUTE } });
    const never = await house.addDevice();
    await house.pass(5 * MINUTE);
    expect((await list()).items.map(({ deviceId }) => deviceId)).toEqual([device.deviceId]);
    expect((await list()).items[0]?.deviceId).not.toBe(never.deviceId);
    house.send(device, { temperature: 20 }, 3_600_000);
    await house.settled();
    expect(await list()).toMatchObject({ open: 0 });
  });
});

describe("somebody handles it", () => {
  const raise = async (rule: Partial<alerts.RuleBody> = {}) => {
    const device = await house.addDevice();
    await house.addRule(rule);
    house.send(device, { temperature: 40 });
    await house.settled();
    const [alert] = (await list()).items as [alerts.Alert];
    return { device, id: alert.id };
  };
  const act = (id: string, what: string, body: object) =>
    house.call<alerts.Alert>(`POST /api/v1/alerts/:id/${what}`, { params: { id }, body });

  test("it repeats until it is acknowledged, and the note is kept", async () => {
    const { id } = await raise({ repeatMs: 5 * MINUTE });
    for (let i = 0; i < 11; i++) await house.pass(MINUTE);
    expect(house.notices.map(({ kind }) => kind)).toEqual(["raised", "repeated", "repeated"]);
    const note = "Ça va — ‮ <b>checked</b> 👍\nsecond line";
    expect(await act(id, "acknowledge", { note })).toMatchObject({
      state: "acknowledged",
      note,
      acknowledgedBy: "Ada",
    });
    for (let i = 0; i < 11; i++) await house.pass(MINUTE);
    expect(house.notices).toHaveLength(3);
    expect((await detail(id)).events.at(-1)).toMatchObject({ kind: "acknowledged", by: "Ada", detail: note });
  });

  test("a snooze ends by itself with a notice, or at once with 0", async () => {
    const { id } = await raise();
    expect(await act(id, "snooze", { forMs: 10 * MINUTE })).toMatchObject({ state: "snoozed" });
    await house.pass(9 * MINUTE);
    expect(house.notices).toHaveLength(1);
    await house.pass(2 * MINUTE);
    expect(house.notices.map(({ kind }) => kind)).toEqual(["raised", "repeated"]);
    expect((await detail(id)).alert.state).toBe("active");
    await act(id, "snooze", { forMs: MINUTE });
    expect((await act(id, "snooze", { forMs: 0 })).snoozedUntilMs).toBeUndefined();
    await expect(act(id, "snooze", { forMs: 0 })).rejects.toMatchObject({ code: "request.conflict" });
  });

  test("a resolved alert takes a note and nothing else; another tenant's alert does not exist", async () => {
    const { device, id } = await raise();
    house.send(device, { temperature: 1 });
    await house.settled();
    expect(await act(id, "acknowledge", { note: "sun" })).toMatchObject({ state: "resolved", note: "sun" });
    await expect(act(id, "snooze", { forMs: 1 })).rejects.toMatchObject({ code: "request.conflict" });
    for (const path of ["POST /api/v1/alerts/:id/acknowledge", "GET /api/v1/alerts/:id"]) {
      const stranger = house.call(path, { params: { id }, body: {}, tenantId: randomUUID() });
      await expect(stranger).rejects.toMatchObject({ code: "alert.not_found" });
    }
  });

  test("the bell counts what a person has not seen", async () => {
    await raise();
    const bell = () => house.call<ReplyOf<typeof alerts.listNotices>>("GET /api/v1/notices");
    expect(await bell()).toMatchObject({ unseen: 1 });
    await house.pass(1_000);
    await house.call("POST /api/v1/notices/seen");
    expect(await bell()).toMatchObject({ unseen: 0, items: [{ state: "active" }] });
  });
});

describe("a rule that changes", () => {
  test("ends its alerts with the reason, and starts anew on what is known", async () => {
    const device = await house.addDevice();
    const rule = await house.addRule({});
    house.send(device, { temperature: 40 });
    await house.settled();
    const update = (current: alerts.Rule, part: object) => {
      const { id, createdMs: _1, active: _2, watches: _3, ...body } = { ...current, ...part };
      return house.call<alerts.Rule>("PUT /api/v1/rules/:id", { params: { id }, body });
    };
    const renamed = await update(rule, { name: "Warm", repeatMs: MINUTE });
    expect(renamed).toMatchObject({ name: "Warm", active: 1 });
    await expect(update(rule, { name: "Stale" })).rejects.toMatchObject({ code: "request.conflict" });
    await house.pass(2 * MINUTE);
    expect(house.notices.map(({ kind }) => kind)).toEqual(["raised", "repeated"]);
    const stricter = await update(renamed, { condition: { ...RULE.condition, limit: 35 } });
    expect((await list()).items.map(({ state }) => state)).toEqual(["active", "resolved"]);
    const disabled = await update(stricter, { enabled: false });
    expect(disabled).toMatchObject({ active: 0, watches: 1 });
    await house.call("DELETE /api/v1/rules/:id", { params: { id: rule.id } });
    const reasons = await Promise.all(
      (await list()).items.map(async ({ id }) => (await detail(id)).events.at(-1)?.detail),
    );
    expect(reasons).toEqual(["rule_disabled", "rule_changed"]);
    await expect(house.call("DELETE /api/v1/rules/:id", { params: { id: rule.id } })).rejects.toMatchObject({
      code: "rule.not_found",
    });
  });

  test("deleting the rule or the device resolves what is open and keeps it to read", async () => {
    const [one, two] = [await house.addDevice(), await house.addDevice()];
    const rule = await house.addRule({});
    for (const device of [one, two]) house.send(device, { temperature: 40 });
    await house.settled();
    await house.deleteDevice(one);
    await house.pass(1_000);
    await house.call("DELETE /api/v1/rules/:id", { params: { id: rule.id } });
    const { items, open } = await list();
    expect(open).toBe(0);
    expect(items.map(({ deviceName }) => deviceName).sort()).toEqual([one.name, two.name]);
    const reasons = await Promise.all(items.map(async ({ id }) => (await detail(id)).events.at(-1)?.detail));
    expect(reasons.sort()).toEqual(["device_deleted", "rule_deleted"]);
  });
});

describe("a restart", () => {
  test.each([{ crash: true }, { crash: false }])(
    "neither raises again nor forgets to clear ($crash)",
    async (how) => {
      const device = await house.addDevice();
      await house.addRule({});
      house.send(device, { temperature: 40 });
      await house.settled();
      await house.restart(how);
      house.send(device, { temperature: 41 });
      await house.settled();
      expect(await list()).toMatchObject({ open: 1, items: [{}] });
      expect(house.notices).toHaveLength(1);
      house.send(device, { temperature: 1 });
      await house.settled();
      expect(await list()).toMatchObject({ open: 0 });
    },
  );

  test("a hold time goes on from where it was; the time away does not count", async () => {
    const device = await house.addDevice();
    await house.addRule({ holdMs: 10 * MINUTE });
    house.send(device, { temperature: 40 });
    for (let i = 0; i < 6; i++) await house.pass(MINUTE);
    await house.restart({ crash: true, downMs: 60 * MINUTE });
    for (let i = 0; i < 3; i++) await house.pass(MINUTE);
    expect(await list()).toMatchObject({ open: 0 });
    await house.pass(2 * MINUTE);
    expect(await list()).toMatchObject({ open: 1 });
  });

  test("its own absence is not silence", async () => {
    const device = await house.addDevice();
    house.send(device, { temperature: 20 });
    await house.addRule({ condition: { kind: "silence", forMs: 10 * MINUTE } });
    await house.pass(MINUTE);
    await house.restart({ downMs: 60 * MINUTE });
    await house.pass(8 * MINUTE);
    expect(await list()).toMatchObject({ open: 0 });
    await house.pass(2 * MINUTE);
    expect(await list()).toMatchObject({ open: 1 });
  });

  test("what was stored just before a crash is found in the last values", async () => {
    const device = await house.addDevice();
    await house.addRule({});
    await house.restart({ crash: true });
    // Stored, but nobody was there to hear it.
    const quiet = house.feature;
    await quiet.stop?.();
    house.send(device, { temperature: 40 });
    await house.restart();
    expect(await list()).toMatchObject({ open: 1 });
  });

  test("a device deleted while nobody looked leaves no open alert behind", async () => {
    const device = await house.addDevice();
    await house.addRule({});
    house.send(device, { temperature: 40 });
    await house.settled();
    await house.feature.stop?.();
    await house.deleteDevice(device);
    await house.restart();
    expect(await list()).toMatchObject({ open: 0, items: [{ state: "resolved" }] });
  });
});

describe("reading the list", () => {
  test("pages newest first without losing or repeating one, filters and searches", async () => {
    const devices = [];
    for (let i = 0; i < 5; i++) devices.push(await house.addDevice({ name: `cellar_${i}%` }));
    await house.addRule({ name: "100% warm" });
    for (const device of devices) {
      house.send(device, { temperature: 40 });
      await house.pass(1_000);
    }
    const seen: string[] = [];
    for (let before: string | undefined; ; ) {
      const page = await list({ limit: "2", ...(before === undefined ? {} : { before }) });
      seen.push(...page.items.map(({ deviceName }) => deviceName));
      before = page.next;
      if (before === undefined) break;
    }
    expect(seen).toEqual(devices.map(({ name }) => name).reverse());
    expect((await list({ q: "0% WARM" })).items).toHaveLength(5);
    expect((await list({ q: "r_3%" })).items).toHaveLength(1);
    expect((await list({ q: "%", device: devices[0]?.deviceId, severity: "critical" })).items).toHaveLength(
      0,
    );
    await expect(list({ before: "nonsense" })).rejects.toMatchObject({ code: "request.invalid" });
  });

  test("retention removes what was resolved long ago and nothing that is open", async () => {
    const [one, two] = [await house.addDevice(), await house.addDevice()];
    await house.addRule({});
    for (const device of [one, two]) house.send(device, { temperature: 40 });
    house.send(one, { temperature: 1 });
    await house.pass(31 * 86_400_000);
    await house.feature.jobs?.[0]?.run({}, new AbortController().signal);
    expect((await list()).items.map(({ deviceName }) => deviceName)).toEqual([two.name]);
  });
});
