import { randomUUID } from "node:crypto";
import type { alerts } from "@gatehouse/contract";
import { alerts as contract } from "@gatehouse/contract";
import fc from "fast-check";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import { deadPort, httpDouble, smtpSink } from "./testing/doubles.ts";
import { openOutboxHouse } from "./testing/outbox-house.ts";

import { discord, email, mqtt, SECRET, sms, twilio, webhook } from "./testing/settings.ts";

describe("channels", () => {
  test("secrets are sealed at rest, read back as nothing, and kept by an empty text", async () => {
    await using house = await openOutboxHouse();
    await using sink = await smtpSink();
    const channel = await house.addChannel(email(sink.port));
    expect(channel.settings).toMatchObject({ user: "ada", password: "" });
    const { rows } = await house.pool.query<{ settings: object; secrets: Buffer }>("select * from channels");
    expect(JSON.stringify(rows[0]?.settings)).not.toContain(SECRET);
    expect(rows[0]?.secrets.includes(SECRET)).toBe(false);
    const { id, name, minSeverity, allowPrivate, dailyCap, enabled } = channel;
    const body = { name, minSeverity, allowPrivate, dailyCap, enabled };
    const settings = { ...channel.settings, to: ["bob@home.example"] };
    await house.call("PUT /api/v1/channels/:id", { params: { id }, body: { ...body, settings } });
    await house.notify([id]);
    expect(sink.mails).toMatchObject([{ user: "ada", to: ["bob@home.example"] }]);
  });

  test("a secret does not follow to another address", async () => {
    await using house = await openOutboxHouse();
    const cases: [alerts.ChannelSettings, object, string][] = [
      [email(2525), { host: "evil.example", password: "" }, "password"],
      [email(2525), { port: 2526, password: "" }, "password"],
      [email(2525), { security: "starttls", password: "" }, "password"],
      [sms("http://127.0.0.1:1/a", { secret: "k" }), { url: "http://127.0.0.1:2/a", secret: "" }, "secret"],
      [webhook("http://127.0.0.1:1"), { url: "http://127.0.0.1:2", secret: "" }, "secret"],
      [twilio("http://127.0.0.1:1"), { baseUrl: "http://127.0.0.1:2", authToken: "" }, "authToken"],
      [mqtt("mqtt://127.0.0.1:1"), { url: "mqtt://127.0.0.1:2", password: "" }, "password"],
    ];
    for (const [settings, change, field] of cases) {
      const { id } = await house.addChannel(settings);
      const body = {
        name: "x",
        enabled: true,
        minSeverity: "info",
        allowPrivate: true,
        dailyCap: 1,
        settings: { ...settings, ...change },
      };
      await expect(house.call("PUT /api/v1/channels/:id", { params: { id }, body })).rejects.toMatchObject({
        code: "secret.required",
        fields: { field },
      });
    }
  });

  test("a server that wants no user gets no password, and the stored one is forgotten", async () => {
    await using house = await openOutboxHouse();
    const { id, settings } = await house.addChannel(email(2525));
    const change = (part: object) => ({
      name: "x",
      enabled: true,
      minSeverity: "info",
      allowPrivate: true,
      dailyCap: 1,
      settings: { ...settings, ...part },
    });
    const put = (part: object) =>
      house.call("PUT /api/v1/channels/:id", { params: { id }, body: change(part) });
    await put({ host: "127.0.0.2", user: "" });
    await put({ host: "127.0.0.3", user: "ada" });
    const { rows } = await house.pool.query<{ secrets: Buffer }>("select secrets from channels");
    expect(rows[0]?.secrets.length).toBeLessThan(SECRET.length + 40);
  });

  test("a sealed secret moved to another channel does not open, and the channel says so", async () => {
    await using house = await openOutboxHouse();
    await using double = await httpDouble();
    const { id } = await house.addChannel(webhook(double.url));
    const thief = await house.addChannel(webhook(double.url));
    await house.pool.query(
      "update channels set secrets = (select secrets from channels where id = $1) where id = $2",
      [id, thief.id],
    );
    await house.notify([thief.id]);
    expect(double.received).toEqual([]);
    expect(await house.outbox()).toMatchObject([{ state: "dead", error: { code: "secret_unreadable" } }]);
  });

  test("however many are added at once, there are a hundred", async () => {
    await using house = await openOutboxHouse();
    await house.addChannel(webhook("http://127.0.0.1:9"));
    await house.pool.query(
      `insert into channels
        select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid()))).*
        from channels c, generate_series(1, 95)`,
    );
    const asked = Array.from({ length: 12 }, () => house.addChannel(webhook("http://127.0.0.1:9")));
    const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === "rejected");
    expect(refused).toMatchObject(Array(8).fill({ reason: { code: "limit.reached" } }));
    const { items } = await house.call<{ items: alerts.Channel[] }>("GET /api/v1/channels");
    expect(items).toHaveLength(100);
  });

  test("private addresses need the owner's word", async () => {
    await using house = await openOutboxHouse();
    for (const settings of [
      webhook("http://127.0.0.1:9"),
      webhook("http://[::1]/"),
      discord("https://10.0.0.1/x"),
      email(25, { host: "192.168.1.1", user: "", password: "" }),
      {
        kind: "mqtt",
        url: "mqtt://localhost",
        topic: "a",
        user: "",
        password: "",
        qos: 0,
        retain: false,
      } as const,
    ]) {
      await expect(house.addChannel(settings, { allowPrivate: false })).rejects.toMatchObject({
        code: "url.forbidden",
      });
    }
    const metadata = house.addChannel(webhook("http://169.254.169.254/latest"), { allowPrivate: true });
    await expect(metadata).rejects.toMatchObject({ code: "url.forbidden" });
    expect(await house.feature.needs(house.tenantId)).toMatchObject([{ kind: "no_channel" }]);
  });

  test("a test message is sent at once and kept in the outbox; what failed is said", async () => {
    await using house = await openOutboxHouse();
    await house.atNoon();
    await using sink = await smtpSink();
    const good = await house.addChannel(email(sink.port));
    const test = (id: string) => house.call("POST /api/v1/channels/:id/test", { params: { id } });
    expect(await test(good.id)).toEqual({ ok: true });
    expect(sink.mails[0]?.headers.get("subject")).toBe("[Information] Test message");
    expect(await house.channel(good.id)).toMatchObject({ health: "ok", sentToday: 1 });
    const bad = await house.addChannel(webhook(`http://127.0.0.1:${await deadPort()}`), { dailyCap: 1 });
    expect(await test(bad.id)).toEqual({
      ok: false,
      failure: { code: "unreachable", detail: "ECONNREFUSED" },
    });
    expect(await test(bad.id)).toEqual({ ok: false, failure: { code: "cap_channel" } });
    expect((await house.outbox()).map(({ state }) => state)).toEqual(["capped", "dead", "sent"]);
  });

  test("another tenant's channels and messages do not exist", async () => {
    await using house = await openOutboxHouse();
    const { id } = await house.addChannel(webhook("http://127.0.0.1:1"), { enabled: false });
    await house.notify([id]);
    const [delivery] = await house.outbox();
    const tenantId = randomUUID();
    const body = {
      name: "x",
      enabled: true,
      minSeverity: "info",
      allowPrivate: true,
      dailyCap: 1,
      settings: webhook("http://127.0.0.1:1"),
    };
    for (const path of [
      "PUT /api/v1/channels/:id",
      "DELETE /api/v1/channels/:id",
      "POST /api/v1/channels/:id/test",
    ])
      await expect(house.call(path, { tenantId, params: { id }, body })).rejects.toMatchObject({
        code: "channel.not_found",
      });
    const retry = house.call("POST /api/v1/outbox/:id/retry", { tenantId, params: { id: delivery?.id } });
    await expect(retry).rejects.toMatchObject({ code: "outbox.not_found" });
    expect(await house.call("GET /api/v1/outbox", { tenantId })).toEqual({ items: [], counts: {} });
    expect(await house.feature.notifier.unknownChannels(tenantId, [id])).toEqual([id]);
  });

  test("whatever the schema lets through is stored or refused by name", async () => {
    await using house = await openOutboxHouse();
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom("\ud800", "{{text}}", "__proto__", "%00"),
    );
    const settings = fc.oneof(
      fc.record({
        kind: fc.constant("email"),
        host: text,
        port: fc.nat(70_000),
        security: fc.constantFrom("tls", "none"),
        user: text,
        password: text,
        from: text,
        to: fc.array(text, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        kind: fc.constant("sms_gateway"),
        url: text.map((t) => `http://127.0.0.1/${t}`),
        method: fc.constant("POST"),
        headers: fc.dictionary(text, text),
        bodyTemplate: text.map((t) => `${t}{{text}}`),
        contentType: fc.constantFrom("text/plain", "application/json", "x"),
        secret: text,
        to: fc.constant(["+33612345678"]),
      }),
      fc.record({
        kind: fc.constant("webhook"),
        url: text.map((t) => `http://127.0.0.1${t}`),
        secret: text.map((t) => t + SECRET),
      }),
      fc.record({ kind: fc.constant("discord"), webhookUrl: text.map((t) => `https://127.0.0.1/${t}`) }),
      fc.record({
        kind: fc.constant("mqtt"),
        url: text.map((t) => `mqtt://127.0.0.1/${t}`),
        topic: text,
        user: text,
        password: text,
        qos: fc.constant(1),
        retain: fc.boolean(),
      }),
    );
    let stored = 0;
    await fc.assert(
      fc.asyncProperty(text, settings, async (name, one) => {
        const body = {
          name,
          enabled: true,
          settings: one,
          minSeverity: "info",
          allowPrivate: true,
          dailyCap: 10,
        };
        if (!Value.Check(contract.ChannelBody, body)) return;
        try {
          const channel = await house.addChannel(body.settings, { name });
          expect(channel.name).toBe(name);
          await house.call("DELETE /api/v1/channels/:id", { params: { id: channel.id } });
          stored++;
        } catch (error) {
          expect(["channel.invalid", "url.forbidden"]).toContain((error as { code?: string }).code);
        }
      }),
      { numRuns: 400 },
    );
    expect(stored).toBeGreaterThan(20);
  });
});
