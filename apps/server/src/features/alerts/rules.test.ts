import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { alerts } from "@gatehouse/contract";
import fc from "fast-check";
import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "./model.ts";
import { type House, openHouse, RULE } from "./testing/neighbours.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse();
  await house.addDevice({ name: "thermo" });
  await house.addDevice({ name: "door", typeId: "contact" });
});
afterAll(() => house[Symbol.asyncDispose]());

const state = (metric: string, equals: boolean | string): alerts.RuleCondition => ({
  kind: "state",
  metric,
  equals,
});
const threshold = (part: object): alerts.RuleCondition =>
  ({ ...RULE.condition, ...part }) as alerts.RuleCondition;

describe("a rule that cannot work is refused with the field and the reason", () => {
  test.each<[string, Partial<alerts.RuleBody>, string, RegExp]>([
    ["unknown metric", { condition: threshold({ metric: "humidity" }) }, "condition.metric", /humidity/],
    ["state as number", { condition: threshold({ metric: "open" }) }, "condition.metric", /not a number/],
    ["number as state", { condition: state("temperature", true) }, "condition.metric", /not a state/],
    ["metric of another type", { scope: { typeId: "contact" } }, "condition.metric", /temperature/],
    ["unknown type", { scope: { typeId: "toaster" } }, "scope.typeId", /toaster/],
    ["unknown device", { scope: { deviceIds: [randomUUID()] } }, "scope.deviceIds", /no device/],
    ["empty list of devices", { scope: { deviceIds: [] } }, "scope.deviceIds", /empty/],
    ["range without upper", { condition: threshold({ op: "outside" }) }, "condition.upper", /needs/],
    ["range upside down", { condition: threshold({ op: "outside", upper: 10 }) }, "condition.upper", /above/],
    ["upper without range", { condition: threshold({ upper: 40 }) }, "condition.upper", /only a range/],
    [
      "band fills the range",
      { condition: threshold({ op: "outside", upper: 32 }) },
      "condition.hysteresis",
      /nothing/,
    ],
    ["empty schedule", { schedule: { days: [1], fromMinute: 5, toMinute: 5 } }, "schedule.toMinute", /never/],
    ["hectic repeat", { repeatMs: 1 }, "repeatMs", /minute/],
    ["NUL in a state", { condition: state("open", "a\0b") }, "condition.equals", /cannot be stored/],
    ["half a surrogate pair", { name: "\ud800" }, "name", /cannot be stored/],
  ])("%s", async (_name, body, field, detail) => {
    await expect(house.addRule(body)).rejects.toMatchObject({
      code: "rule.invalid",
      fields: { field, detail: expect.stringMatching(detail) },
    });
  });

  test("a channel that does not exist is named", async () => {
    const channelId = randomUUID();
    await expect(house.addRule({ channelIds: [channelId] })).rejects.toMatchObject({
      code: "channel.not_found",
      fields: { channelId },
    });
  });

  test("a generic device may send any metric, so any may be named", async () => {
    const device = await house.addDevice({ typeId: "generic" });
    const scope = { deviceIds: [device.deviceId] };
    expect(await house.addRule({ scope, condition: threshold({ metric: "x.y-z" }) })).toMatchObject({
      watches: 1,
    });
  });
});

test("the number of rules is limited", async () => {
  await using other = await openHouse();
  await other.addRule({ enabled: false });
  // The others are written as the first one was.
  await other.pool.query(
    `insert into rules select gen_random_uuid(), tenant_id, name, enabled, severity, scope, condition, hold_ms, schedule,
       channel_ids, repeat_ms, created_at, updated_at from rules, generate_series(2, $1)`,
    [LIMITS.rules],
  );
  await other.restart();
  await expect(other.addRule({})).rejects.toMatchObject({
    code: "limit.reached",
    fields: { limit: "rules" },
  });
});

test("whatever the schema lets through is stored and read back exactly, or refused by name", async () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    fc.constantFrom("\ud83d", "% _", "'; --"),
  );
  const condition = fc.oneof(
    fc.record(
      {
        kind: fc.constant("threshold"),
        metric: fc.constantFrom("temperature", "temperature", "open", "__proto__", "constructor"),
        op: fc.constantFrom("above", "below", "outside"),
        limit: fc.oneof(fc.double(), fc.integer()),
        upper: fc.option(fc.double(), { nil: undefined }),
        hysteresis: fc.option(fc.double(), { nil: undefined }),
      },
      { requiredKeys: ["kind", "metric", "op", "limit"] },
    ),
    fc.record({
      kind: fc.constant("state"),
      metric: fc.constantFrom("open", "temperature"),
      equals: fc.oneof(text, fc.boolean()),
    }),
    fc.record({ kind: fc.constant("silence"), forMs: fc.nat(700_000_000) }),
    fc.jsonValue(),
  );
  const body = fc.record(
    {
      name: text,
      enabled: fc.boolean(),
      severity: fc.constantFrom("info", "warning", "critical"),
      scope: fc.oneof(
        fc.constant({}),
        fc.constant({}),
        fc.record({ tag: text }),
        fc.record({ typeId: text }),
        fc.jsonValue(),
      ),
      condition,
      holdMs: fc.nat(604_800_001),
      channelIds: fc.constant([]),
      repeatMs: fc.oneof(fc.constant(0), fc.nat(604_800_000)),
      schedule: fc.option(
        fc.record({
          days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
          fromMinute: fc.nat(1440),
          toMinute: fc.nat(1441),
        }),
        { nil: undefined },
      ),
    },
    {
      requiredKeys: ["name", "enabled", "severity", "scope", "condition", "holdMs", "channelIds", "repeatMs"],
    },
  );
  let stored = 0;
  await fc.assert(
    fc.asyncProperty(body, async (candidate) => {
      const sent = JSON.parse(JSON.stringify(candidate)) as unknown;
      if (!Value.Check(alerts.RuleBody, sent)) return;
      try {
        const {
          id,
          createdMs: _1,
          updatedMs: _2,
          active: _3,
          watches: _4,
          ...read
        } = await house.addRule(sent);
        expect(read).toEqual(sent);
        const { rows } = await house.pool.query("select name, condition from rules where id = $1", [id]);
        expect(rows[0]).toEqual({ name: sent.name, condition: sent.condition });
        stored++;
        await house.call("DELETE /api/v1/rules/:id", { params: { id } });
      } catch (error) {
        expect(error).toMatchObject({ code: "rule.invalid" });
      }
    }),
    { numRuns: 300 },
  );
  expect(stored).toBeGreaterThan(20);
});

const NAUGHTY = new URL("../../../../../../shared/data/naughty-strings.json", import.meta.url);

test.skipIf(!existsSync(NAUGHTY))(
  "naughty strings as names and notes are stored and shown exactly",
  async () => {
    const strings = (JSON.parse(readFileSync(NAUGHTY, "utf8")) as string[]).filter((text) =>
      Value.Check(alerts.RuleBody.properties.name, text),
    );
    expect(strings.length).toBeGreaterThan(300);
    const device = await house.addDevice();
    const rule = await house.addRule({ scope: { deviceIds: [device.deviceId] } });
    house.send(device, { temperature: 99 });
    await house.settled();
    const alert = (
      await house.call<{ items: alerts.Alert[] }>("GET /api/v1/alerts", {
        query: { device: device.deviceId },
      })
    ).items[0];
    let { updatedMs } = rule;
    for (const text of strings) {
      const { id, createdMs: _1, active: _2, watches: _3, ...body } = { ...rule, updatedMs, name: text };
      const renamed = await house.call<alerts.Rule>("PUT /api/v1/rules/:id", { params: { id }, body });
      expect(renamed.name).toBe(text);
      updatedMs = renamed.updatedMs;
      const input = { params: { id: alert?.id }, body: { note: text } };
      expect((await house.call<alerts.Alert>("POST /api/v1/alerts/:id/acknowledge", input)).note).toBe(text);
    }
  },
);

describe("trying a rule out", () => {
  const attempt = (body: Partial<alerts.RuleBody>) =>
    house.call<{ watches: number; raises: { deviceId: string; atMs: number }[]; truncated: boolean }>(
      "POST /api/v1/rules/try",
      { body: { ...RULE, ...body } },
    );

  test("says when it would have raised in the last 24 hours, without raising", async () => {
    const device = await house.addDevice();
    const nowMs = house.clock.nowMs();
    const hour = 3_600_000;
    const values = [20, 31, 20, 31, 31, 20].map((value, i) => ({ tsMs: nowMs - (20 - i) * hour, value }));
    const old = { tsMs: nowMs - 25 * hour, value: 99 };
    house.history.set(`${device.deviceId}:temperature`, [old, ...values]);
    const scope = { deviceIds: [device.deviceId] };
    expect(await attempt({ scope })).toEqual({
      watches: 1,
      raises: [19, 17].map((h) => ({
        deviceId: device.deviceId,
        deviceName: device.name,
        atMs: nowMs - h * hour,
        value: 31,
      })),
      truncated: false,
    });
    const held = await attempt({ scope, holdMs: 90 * 60_000 });
    expect(held.raises.map(({ atMs }) => atMs)).toEqual([nowMs - 17 * hour + 90 * 60_000]);
    const query = { device: device.deviceId };
    expect(await house.call("GET /api/v1/alerts", { query })).toMatchObject({ items: [] });
  });

  test("finds silence between any two messages", async () => {
    const device = await house.addDevice();
    house.send(device, { temperature: 20 });
    const nowMs = house.clock.nowMs();
    const minutes = [0, 10, 20, 55, 60].map((m) => ({ tsMs: nowMs - 3_600_000 + m * 60_000, value: 20 }));
    house.history.set(`${device.deviceId}:temperature`, minutes);
    const scope = { deviceIds: [device.deviceId] };
    const { raises } = await attempt({ scope, condition: { kind: "silence", forMs: 30 * 60_000 } });
    expect(raises.map(({ atMs }) => atMs)).toEqual([nowMs - 10 * 60_000]);
  });

  test("stops at its bounds and says so", async () => {
    const device = await house.addDevice();
    const nowMs = house.clock.nowMs();
    const flapping = Array.from({ length: 1_000 }, (_, i) => ({
      tsMs: nowMs - 80_000_000 + i * 1000,
      value: i % 2 === 0 ? 20 : 40,
    }));
    house.history.set(`${device.deviceId}:temperature`, flapping);
    const { raises, truncated } = await attempt({ scope: { deviceIds: [device.deviceId] } });
    expect([raises.length, truncated]).toEqual([200, true]);
  });
});
