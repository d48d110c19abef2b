import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { alerts } from "@gatehouse/contract";
import { alerts as contract } from "@gatehouse/contract";
import fc from "fast-check";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import { DEFAULT_CAPS } from "./caps.ts";
import { DELIVERY_TRANSITIONS, type DeliveryState, MAX_ATTEMPTS, retryDelayMs } from "./delivery-states.ts";
import { deadPort, httpDouble, saying, silentServer, smtpSink } from "./testing/doubles.ts";
import { ALERT, openOutboxHouse } from "./testing/outbox-house.ts";

const SECRET = "0123456789abcdef-secret";
const MINUTE = 60_000;
const webhook = (url: string): alerts.ChannelSettings => ({ kind: "webhook", url, secret: SECRET });
const discord = (webhookUrl: string): alerts.ChannelSettings => ({ kind: "discord", webhookUrl });
const email = (port: number, part: object = {}): alerts.ChannelSettings => ({
  kind: "email",
  host: "127.0.0.1",
  port,
  security: "none",
  user: "ada",
  password: SECRET,
  from: "gatehouse@home.example",
  to: ["ada@home.example"],
  ...part,
});
const sms = (url: string, part: object = {}): alerts.ChannelSettings => ({
  kind: "sms_gateway",
  url,
  method: "POST",
  headers: {},
  bodyTemplate: "{{to}} {{text}}",
  contentType: "text/plain",
  secret: "",
  to: ["+33612345678"],
  ...part,
});

describe("a notice", () => {
  test("becomes one message a channel and recipient, and each arrives", async () => {
    await using house = await openOutboxHouse();
    await using sink = await smtpSink();
    await using double = await httpDouble();
    const mail = await house.addChannel(email(sink.port, { to: ["ada@home.example", "bob@home.example"] }));
    const hook = await house.addChannel(webhook(double.url));
    await house.notify([mail.id, hook.id]);
    expect(sink.mails.flatMap(({ to }) => to).sort()).toEqual(["ada@home.example", "bob@home.example"]);
    expect(double.received).toHaveLength(1);
    const items = await house.outbox();
    expect(items.map(({ state, kind }) => [kind, state])).toEqual([
      ["webhook", "sent"],
      ["email", "sent"],
      ["email", "sent"],
    ]);
    expect(await house.channel(mail.id)).toMatchObject({ health: "ok", sentToday: 2 });
    expect(house.trail.map(({ kind, detail }) => [kind, detail]).sort()).toEqual([
      ["notified", "My email: ada@home.example"],
      ["notified", "My email: bob@home.example"],
      ["notified", `My webhook: ${new URL(double.url).host}/`],
    ]);
  });

  test("exists if and only if the caller's transaction commits", async () => {
    await using house = await openOutboxHouse();
    const client = await house.pool.connect();
    client.release();
    const { id } = await house.addChannel(webhook("http://127.0.0.1:1"));
    const { Kysely, PostgresDialect } = await import("kysely");
    const db = new Kysely<object>({ dialect: new PostgresDialect({ pool: house.pool }) });
    const broken = db.transaction().execute(async (tx) => {
      await house.feature.notifier.enqueue(tx, {
        tenantId: house.tenantId,
        kind: "raised",
        alert: ALERT,
        channelIds: [id],
      });
      throw new Error("changed my mind");
    });
    await expect(broken).rejects.toThrow("changed my mind");
    expect(await house.outbox()).toEqual([]);
  });

  test("respects the least severity, and an end is not worth an SMS", async () => {
    await using house = await openOutboxHouse();
    await using double = await httpDouble();
    const critical = await house.addChannel(webhook(double.url), { minSeverity: "critical" });
    const phone = await house.addChannel(sms(double.url));
    await house.notify([critical.id, phone.id], {}, "raised");
    await house.notify([critical.id, phone.id], { severity: "critical" }, "resolved");
    expect((await house.outbox()).map(({ kind, subject }) => [kind, subject])).toEqual([
      ["webhook", "Over: Too warm: cellar-1"],
      ["sms_gateway", "Too warm: cellar-1"],
    ]);
  });

  test("without any channel waits on the outbox page, in the tenant's language, and is sent once there is one", async () => {
    await using house = await openOutboxHouse();
    house.language = "fr";
    await house.notify([]);
    const [held] = await house.outbox({ state: "held" });
    expect(held).toMatchObject({
      kind: "in_app",
      state: "held",
      error: "Aucun canal n’est encore configuré.",
    });
    expect(held?.body).toContain("Règle : au-dessus de 30 °C");
    const retry = () => house.call("POST /api/v1/outbox/:id/retry", { params: { id: held?.id } });
    await expect(retry()).rejects.toMatchObject({ code: "channel.not_found" });
    await using sink = await smtpSink();
    await house.addChannel(email(sink.port, { to: ["ada@home.example", "bob@home.example"] }));
    await retry();
    await house.settled();
    expect(sink.mails).toHaveLength(2);
    expect((await house.outbox()).map(({ state }) => state)).toEqual(["sent", "sent"]);
  });

  test("for a channel that is switched off is held until somebody wants it", async () => {
    await using house = await openOutboxHouse();
    await using double = await httpDouble();
    const channel = await house.addChannel(webhook(double.url), { enabled: false });
    await house.notify([channel.id]);
    const [held] = await house.outbox();
    expect(held).toMatchObject({ state: "held", error: "The channel is switched off." });
    const { id, name, minSeverity, allowPrivate, dailyCap } = channel;
    const body = { name, enabled: true, settings: webhook(double.url), minSeverity, allowPrivate, dailyCap };
    await house.call("PUT /api/v1/channels/:id", { params: { id }, body });
    await house.call("POST /api/v1/outbox/:id/retry", { params: { id: held?.id } });
    await house.settled();
    expect(double.received).toHaveLength(1);
    await expect(
      house.call("POST /api/v1/outbox/:id/retry", { params: { id: held?.id } }),
    ).rejects.toMatchObject({
      code: "request.conflict",
    });
  });
});

describe("what goes wrong", () => {
  test("a dead address is tried 8 times with growing pauses, then given up, and the channel says why", async () => {
    await using house = await openOutboxHouse();
    const channel = await house.addChannel(webhook(`http://127.0.0.1:${await deadPort()}`));
    await house.notify([channel.id]);
    const [first] = await house.outbox();
    expect(first).toMatchObject({ state: "retrying", attempts: 1 });
    expect(first?.error).toMatch(/^No connection to the other side\. \(ECONNREFUSED\)$/);
    expect(first?.nextAttemptMs).toBeGreaterThan((first as alerts.Delivery).createdMs);
    expect(await house.channel(channel.id)).toMatchObject({ health: "failing", lastError: first?.error });
    for (let i = 0; i < MAX_ATTEMPTS; i++) await house.later(61 * MINUTE);
    expect(await house.outbox()).toMatchObject([{ state: "dead", attempts: MAX_ATTEMPTS }]);
    expect(house.trail.map(({ kind }) => kind)).toEqual(["delivery_failed"]);
    expect((await house.feature.needs(house.tenantId)).map(({ kind }) => kind)).toEqual([
      "channel_failing",
      "outbox_dead",
    ]);
  });

  test.each<[string, () => Promise<AsyncDisposable & { settings: alerts.ChannelSettings }>, RegExp]>([
    [
      "a mail server that refuses the password",
      async () => {
        const sink = await smtpSink({
          onAuth: ({ password }, _session, done) =>
            done(Object.assign(new Error(`5.7.8 bad password ${password}`), { responseCode: 535 })),
        });
        return { settings: email(sink.port), [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose]() };
      },
      /refuses the credentials\. \(.*535.*bad password •••\)/,
    ],
    [
      "a Discord webhook that was deleted",
      async () => {
        const double = await httpDouble(saying(404, { message: "Unknown Webhook", code: 10015 }));
        return {
          settings: discord(`${double.url}/api/webhooks/1/x`),
          [Symbol.asyncDispose]: () => double[Symbol.asyncDispose](),
        };
      },
      /does not exist there.*Unknown Webhook/,
    ],
  ])("%s: once, with the reason in words and without the secret", async (_name, open, reason) => {
    await using house = await openOutboxHouse();
    await using other = await open();
    const { id } = await house.addChannel(other.settings);
    await house.notify([id]);
    const [dead] = await house.outbox();
    expect(dead).toMatchObject({ state: "dead", attempts: 1, error: expect.stringMatching(reason) });
    expect(await house.channel(id)).toMatchObject({ health: "failing", lastError: dead?.error });
    const everything = await house.pool.query(
      "select to_jsonb(c) - 'secrets' as c, d from channels c, deliveries d",
    );
    expect(JSON.stringify([everything.rows, house.log.lines])).not.toContain(SECRET);
  });

  test("one that hangs ends with its time, and the others are not held up", async () => {
    await using house = await openOutboxHouse({ attemptMs: 150 });
    await using silent = await silentServer();
    await using double = await httpDouble();
    const hanging = await house.addChannel(webhook(`http://127.0.0.1:${silent.port}`));
    const good = await house.addChannel(discord(`${double.url}/x`));
    for (let i = 0; i < 6; i++) await house.pool.query("select 1");
    await Promise.all(Array.from({ length: 6 }, () => house.notify([hanging.id, good.id])));
    expect(double.received).toHaveLength(6);
    const items = await house.outbox();
    expect(items.filter(({ state }) => state === "retrying")).toHaveLength(6);
    expect(items.find(({ state }) => state === "retrying")?.error).toBe(
      "The other side does not answer in time.",
    );
  });

  test("a first success makes the channel well again", async () => {
    await using house = await openOutboxHouse();
    let status = 500;
    await using double = await httpDouble((request, response) => saying(status)(request, response));
    const { id } = await house.addChannel(webhook(double.url));
    await house.notify([id]);
    expect(await house.channel(id)).toMatchObject({ health: "failing" });
    status = 200;
    await house.later(MINUTE);
    const channel = await house.channel(id);
    expect(channel).toMatchObject({ health: "ok" });
    expect(channel.lastError).toBeUndefined();
    expect(double.received.map(({ headers }) => headers["idempotency-key"])).toEqual(
      Array(2).fill((await house.outbox())[0]?.id),
    );
  });

  test("a request to slow down is obeyed", async () => {
    await using house = await openOutboxHouse();
    await using double = await httpDouble(saying(429, {}, { "retry-after": "3600" }));
    const { id } = await house.addChannel(webhook(double.url));
    await house.notify([id]);
    const [item] = await house.outbox();
    expect((item?.nextAttemptMs ?? 0) - (item?.createdMs ?? 0)).toBeGreaterThanOrEqual(3_600_000);
    expect((await house.channel(id)).health).toBe("untested");
  });

  test("deleting a channel ends what waits for it", async () => {
    await using house = await openOutboxHouse();
    const { id } = await house.addChannel(webhook(`http://127.0.0.1:${await deadPort()}`));
    await house.notify([id]);
    await house.call("DELETE /api/v1/channels/:id", { params: { id } });
    await house.later(MINUTE);
    expect(await house.outbox()).toMatchObject([{ state: "dead", error: "The channel was deleted." }]);
  });
});

describe("at least once", () => {
  test("what a killed sender left behind is taken again when its lease is over, with the same key", async () => {
    await using house = await openOutboxHouse();
    let isHanging = true;
    await using double = await httpDouble((_request, response) => void (isHanging || response.end("{}")));
    const { id } = await house.addChannel(webhook(double.url));
    const sending = house.notify([id]);
    while (double.received.length === 0) await sleep(5);
    // As after a kill: the row says that it is being sent, and nobody comes back to it.
    isHanging = false;
    const other = house.another();
    await other.start?.();
    await other.idle();
    expect(double.received).toHaveLength(1);
    await house.pool.query("update deliveries set next_at = next_at - interval '61 seconds'");
    house.bus.publish("alert.changed", { tenantId: house.tenantId, alert: ALERT, event: "raised" });
    await other.idle();
    await house.feature.stop?.();
    await sending;
    expect(double.received).toHaveLength(2);
    expect(new Set(double.received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    // The first sender's failure comes too late to undo the second one's success.
    expect(await house.outbox()).toMatchObject([{ state: "sent", attempts: 2 }]);
    await other.stop?.();
  });

  test("two senders on one outbox send nothing twice", async () => {
    await using house = await openOutboxHouse();
    await using double = await httpDouble();
    const { id } = await house.addChannel(webhook(double.url));
    const other = house.another();
    await other.start?.();
    await Promise.all(Array.from({ length: 30 }, () => house.notify([id])));
    await other.idle();
    await other.stop?.();
    const keys = double.received.map(({ headers }) => headers["idempotency-key"]);
    expect([keys.length, new Set(keys).size]).toEqual([30, 30]);
  });

  test("stopping waits for what is on its way", async () => {
    await using house = await openOutboxHouse();
    await using double = await httpDouble(
      (_request, response) => void setTimeout(() => response.end("{}"), 200),
    );
    const { id } = await house.addChannel(webhook(double.url));
    const sending = house.notify([id]);
    while (double.received.length === 0) await sleep(5);
    await house.feature.stop?.();
    await sending;
    expect(await house.outbox()).toMatchObject([{ state: "sent" }]);
  });
});

describe("caps of a day", () => {
  test("a channel's limit stops the rest, says so, and ends with the day", async () => {
    await using house = await openOutboxHouse();
    await using double = await httpDouble();
    const { id } = await house.addChannel(webhook(double.url), { dailyCap: 3 });
    for (let i = 0; i < 5; i++) await house.notify([id]);
    const items = await house.outbox();
    expect(items.map(({ state }) => state).sort()).toEqual(["capped", "capped", "sent", "sent", "sent"]);
    expect(items.find(({ state }) => state === "capped")?.error).toBe(
      "The channel's limit for today is reached.",
    );
    expect((await house.channel(id)).sentToday).toBe(3);
    await house.later(24 * 60 * MINUTE);
    const capped = items.find(({ state }) => state === "capped");
    await house.call("POST /api/v1/outbox/:id/retry", { params: { id: capped?.id } });
    await house.settled();
    expect(double.received).toHaveLength(4);
  });

  test("SMS have a limit of the installation and of each recipient, over all channels and retries", async () => {
    await using house = await openOutboxHouse({
      caps: { ...DEFAULT_CAPS, smsPerDay: 5, smsPerRecipient: 2 },
    });
    await using double = await httpDouble();
    const one = await house.addChannel(sms(double.url));
    const two = await house.addChannel(sms(double.url, { to: ["+33612345678", "+33687654321"] }));
    for (let i = 0; i < 4; i++) await house.notify([one.id, two.id]);
    expect(double.received).toHaveLength(4);
    const reasons = (await house.outbox({ state: "capped" })).map(({ error }) => error);
    expect(new Set(reasons)).toEqual(new Set(["The recipient's limit for today is reached."]));
    const others = await house.addChannel(sms(double.url, { to: ["+33600000001", "+33600000002"] }));
    await house.notify([others.id]);
    expect(double.received).toHaveLength(5);
    expect((await house.outbox({ state: "capped" }))[0]?.error).toBe(
      "The installation's limit for today is reached.",
    );
  });

  test("a message counts once, however often it is tried", async () => {
    await using house = await openOutboxHouse();
    await using double = await httpDouble(saying(500));
    const { id } = await house.addChannel(webhook(double.url), { dailyCap: 1 });
    await house.notify([id]);
    await house.later(MINUTE);
    expect(double.received).toHaveLength(2);
    expect((await house.channel(id)).sentToday).toBe(1);
  });
});

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
      [email(2525), { security: "starttls", password: "" }, "password"],
      [sms("http://127.0.0.1:1/a", { secret: "k" }), { url: "http://127.0.0.1:2/a", secret: "" }, "secret"],
      [webhook("http://127.0.0.1:1"), { url: "http://127.0.0.1:2", secret: "" }, "secret"],
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
        code: "channel.invalid",
        fields: { field },
      });
    }
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
    expect(await house.outbox()).toMatchObject([
      { state: "dead", error: expect.stringContaining("cannot be opened") },
    ]);
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
    await using sink = await smtpSink();
    const good = await house.addChannel(email(sink.port));
    const test = (id: string) => house.call("POST /api/v1/channels/:id/test", { params: { id } });
    expect(await test(good.id)).toEqual({ ok: true, detail: "Sent." });
    expect(sink.mails[0]?.headers.get("subject")).toBe("[Information] Test message");
    expect(await house.channel(good.id)).toMatchObject({ health: "ok", sentToday: 1 });
    const bad = await house.addChannel(webhook(`http://127.0.0.1:${await deadPort()}`), { dailyCap: 1 });
    expect(await test(bad.id)).toEqual({
      ok: false,
      detail: "No connection to the other side. (ECONNREFUSED)",
    });
    expect(await test(bad.id)).toEqual({ ok: false, detail: "The channel's limit for today is reached." });
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

describe("the outbox page", () => {
  test("pages newest first, filters, counts and searches", async () => {
    await using house = await openOutboxHouse();
    const { id } = await house.addChannel(webhook("http://127.0.0.1:1"), { enabled: false });
    for (let i = 0; i < 5; i++) await house.notify([id], { deviceName: `cellar_${i}` });
    type Page = { items: alerts.Delivery[]; next?: string; counts: object };
    const first = await house.call<Page>("GET /api/v1/outbox", { query: { limit: "3" } });
    const second = await house.call<Page>("GET /api/v1/outbox", {
      query: { limit: "3", before: first.next },
    });
    expect([first.items.length, second.items.length, second.next]).toEqual([3, 2, undefined]);
    expect(first.counts).toEqual({ held: 5 });
    expect([...first.items, ...second.items].map(({ subject }) => subject.slice(-1))).toEqual([
      "4",
      "3",
      "2",
      "1",
      "0",
    ]);
    expect(await house.outbox({ q: "R_3" })).toHaveLength(1);
    expect(await house.outbox({ state: "sent" })).toEqual([]);
    await expect(house.outbox({ before: "x" })).rejects.toMatchObject({ code: "request.invalid" });
  });

  test("retention removes what is old and keeps what still waits to be sent", async () => {
    await using house = await openOutboxHouse();
    const off = await house.addChannel(webhook("http://127.0.0.1:1"), { enabled: false });
    const dead = await house.addChannel(webhook(`http://127.0.0.1:${await deadPort()}`));
    await house.notify([off.id, dead.id]);
    await house.pool.query("update deliveries set created_at = created_at - interval '31 days'");
    await house.feature.jobs?.[0]?.run({}, new AbortController().signal);
    expect((await house.outbox()).map(({ state }) => state)).toEqual(["retrying"]);
  });

  const NAUGHTY = new URL("../../../../../../shared/data/naughty-strings.json", import.meta.url);
  test.skipIf(!existsSync(NAUGHTY))(
    "naughty strings in names arrive whole where the medium allows, and break nothing",
    async () => {
      await using house = await openOutboxHouse();
      await using sink = await smtpSink();
      await using double = await httpDouble();
      const mail = await house.addChannel(email(sink.port), { dailyCap: 10_000 });
      const hook = await house.addChannel(webhook(double.url), { dailyCap: 10_000 });
      const strings = (JSON.parse(readFileSync(NAUGHTY, "utf8")) as string[])
        .filter((text) => text.trim() !== "")
        .slice(0, 90);
      for (const text of strings) await house.notify([mail.id, hook.id], { ruleName: text, note: text });
      await house.settled();
      expect((await house.outbox({ state: "dead" })).map(({ error, body }) => [error, body])).toEqual([]);
      expect(double.received).toHaveLength(strings.length);
      const names = double.received.map(
        ({ body }) => (JSON.parse(body) as { alert: alerts.Alert }).alert.ruleName,
      );
      expect(names.sort()).toEqual([...strings].sort());
      for (const { to, headers } of sink.mails) {
        expect(to).toEqual(["ada@home.example"]);
        expect(headers.get("from")).toBe("gatehouse@home.example");
      }
    },
  );
});

describe("the table of states", () => {
  test("from every state that is not the end a message can be sent, and no event leads out of sent", () => {
    const reach = (from: DeliveryState, seen = new Set<DeliveryState>()): Set<DeliveryState> => {
      if (seen.has(from)) return seen;
      seen.add(from);
      for (const next of Object.values(DELIVERY_TRANSITIONS[from])) reach(next, seen);
      return seen;
    };
    for (const state of Object.keys(DELIVERY_TRANSITIONS) as DeliveryState[])
      expect(reach(state)).toContain("sent");
    expect(DELIVERY_TRANSITIONS.sent).toEqual({});
  });

  test("pauses grow up to an hour, less up to half by chance", () => {
    const random = (ratio: number) => ({ ratio: () => ratio, bytes: (n: number) => new Uint8Array(n) });
    const longest = [1, 2, 3, 4, 5, 6, 7].map((attempts) => retryDelayMs(attempts, random(0)) / 1000);
    expect(longest).toEqual([10, 30, 90, 270, 810, 2430, 3600]);
    expect(retryDelayMs(1, random(0.999))).toBeGreaterThanOrEqual(5_000);
  });
});
