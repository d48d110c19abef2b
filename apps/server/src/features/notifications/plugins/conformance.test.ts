import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@gatehouse/base";
import { alerts } from "@gatehouse/contract";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import type { NoticeText } from "../notice-text.ts";
import { deadPort, httpDouble, mqttBroker, saying, silentServer, smtpSink } from "../testing/doubles.ts";
import { addressAt, pushService } from "../testing/push-service.ts";
import { isPermanent, type NotifierPlugin, type Outcome, type SendContext } from "./notifier-plugin.ts";
import { PLUGINS, pluginOf } from "./registry.ts";

type Settings = alerts.ChannelSettings;
const SECRET = "s3cret-of-the-channel";

const TEXT: NoticeText = {
  severity: "critical",
  severityText: "Critical",
  subject: 'Too <warm> "here": cellar & co — 🔥',
  lines: ["Device: cellar, Home", "Measured: temperature = 31 °C"],
  link: "https://gatehouse.example/alerts/1",
  organisation: "Home",
  language: "en",
  event: "alert.raised",
};

/** A kind against its own double: `open` answers the port and what has arrived as text. */
interface Case {
  settings(port: number): Settings;
  open(mode: "good" | "refusing"): Promise<AsyncDisposable & { port: number; arrived(): string[] }>;
}

const http = async (good: number, bad: number) => async (mode: "good" | "refusing") => {
  const double = await httpDouble(mode === "good" ? saying(good) : saying(bad, { message: `no: ${SECRET}` }));
  return {
    port: Number(new URL(double.url).port),
    arrived: () => double.received.map(({ body }) => body),
    [Symbol.asyncDispose]: () => double[Symbol.asyncDispose](),
  };
};

const CASES: { readonly [K in Settings["kind"]]: Case } = {
  email: {
    settings: (port) => ({
      kind: "email",
      host: "127.0.0.1",
      port,
      security: "none",
      user: "ada",
      password: SECRET,
      from: "Gatehouse <gatehouse@home.example>",
      to: ["ada@home.example"],
    }),
    async open(mode) {
      const sink = await smtpSink(
        mode === "good"
          ? {}
          : {
              onAuth: (_auth, _session, done) =>
                done(Object.assign(new Error(`Authentication failed for ${SECRET}`), { responseCode: 535 })),
            },
      );
      return {
        port: sink.port,
        arrived: () => sink.mails.map(({ raw }) => raw),
        [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose](),
      };
    },
  },
  twilio: {
    settings: (port) => ({
      kind: "twilio",
      baseUrl: `http://127.0.0.1:${port}`,
      accountSid: `AC${"0".repeat(32)}`,
      authToken: SECRET,
      from: "+33611111111",
      to: ["+33612345678"],
    }),
    open: await http(201, 401),
  },
  sms_gateway: {
    settings: (port) => ({
      kind: "sms_gateway",
      url: `http://127.0.0.1:${port}/send`,
      method: "POST",
      headers: { Authorization: "Bearer {{secret}}" },
      bodyTemplate: '{"to":"{{to}}","message":"{{ text }}"}',
      contentType: "application/json",
      secret: SECRET,
      to: ["+33612345678"],
    }),
    open: await http(200, 403),
  },
  discord: {
    settings: (port) => ({
      kind: "discord",
      webhookUrl: `http://127.0.0.1:${port}/api/webhooks/1/${SECRET}`,
    }),
    open: await http(200, 404),
  },
  webhook: {
    settings: (port) => ({ kind: "webhook", url: `http://127.0.0.1:${port}/hook`, secret: SECRET }),
    open: await http(204, 401),
  },
  web_push: {
    settings: () => ({ kind: "web_push", personIds: [] }),
    async open(mode) {
      const double = await pushService(mode === "good" ? undefined : saying(403, { message: "no" }));
      return {
        port: double.port,
        arrived: () => double.messages.map(({ payload }) => payload.body),
        [Symbol.asyncDispose]: () => double[Symbol.asyncDispose](),
      };
    },
  },
  mqtt: {
    settings: (port) => ({
      kind: "mqtt",
      url: `mqtt://127.0.0.1:${port}`,
      topic: "home/alerts",
      user: "ada",
      password: SECRET,
      qos: 1,
      retain: false,
    }),
    async open(mode) {
      const broker = await mqttBroker(mode === "good" ? SECRET : "another");
      return {
        port: broker.port,
        arrived: () => broker.messages.map(({ payload }) => payload),
        [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
      };
    },
  },
};

test("every kind of the contract has a plugin and a case here", () => {
  const kinds = alerts.ChannelSettings.anyOf.map((one) => one.properties.kind.const);
  expect(Object.keys(PLUGINS).sort()).toEqual([...kinds].sort());
  expect(Object.keys(CASES).sort()).toEqual([...kinds].sort());
});

describe.each(Object.entries(CASES))("%s", (kind, { open, settings }) => {
  const plugin: NotifierPlugin = pluginOf(kind as Settings["kind"]);

  const send = async (port: number, part: Partial<SendContext> = {}): Promise<Outcome> => {
    const one = settings(port);
    const [to = ""] = plugin.recipients(one);
    const message = {
      id: randomUUID(),
      to,
      severity: TEXT.severity,
      ...plugin.render(TEXT),
      // Where a browser is, a message says itself.
      push: addressAt(port),
    };
    const controller = new AbortController();
    return plugin.send(one, message, {
      allowPrivate: true,
      nowMs: Date.now(),
      timeoutMs: 10_000,
      random: seededRandom(1),
      signal: controller.signal,
      ...part,
    });
  };

  test("its settings pass the contract and its own check, and name their secrets", () => {
    const one = settings(1);
    expect(Value.Check(alerts.ChannelSettings, one)).toBe(true);
    expect(() => plugin.check(one, { allowPrivate: true })).not.toThrow();
    expect(plugin.kind).toBe(kind);
    for (const field of plugin.secretFields) expect(Object.keys(one)).toContain(field);
    const plain = JSON.stringify({ ...one, ...Object.fromEntries(plugin.secretFields.map((f) => [f, ""])) });
    expect(plain).not.toContain(SECRET);
  });

  test("recipients and texts hold no secret, and a recipient is known without one", () => {
    const plain = { ...settings(1), ...Object.fromEntries(plugin.secretFields.map((f) => [f, ""])) };
    expect(plugin.recipients(plain).length).toBeGreaterThan(0);
    expect(plugin.recipients(settings(1))).toEqual(plugin.recipients(plain));
    expect(JSON.stringify([plugin.recipients(settings(1)), plugin.render(TEXT)])).not.toContain(SECRET);
  });

  test("a message arrives once", async () => {
    await using double = await open("good");
    expect(await send(double.port)).toMatchObject({ ok: true });
    expect(double.arrived()).toHaveLength(1);
  });

  test("refused credentials are told apart and not tried again", async () => {
    await using double = await open("refusing");
    const outcome = await send(double.port);
    expect(outcome).toMatchObject({ ok: false });
    if (outcome.ok) return;
    expect(isPermanent(outcome.code)).toBe(true);
    expect(["auth_refused", "target_gone"]).toContain(outcome.code);
  });

  test("a dead address is tried again later", async () => {
    expect(await send(await deadPort())).toMatchObject({ ok: false, code: "unreachable" });
  });

  test("one that hangs is left when the attempt ends, and its connection is closed", async () => {
    await using silent = await silentServer();
    const controller = new AbortController();
    const sending = send(silent.port, { signal: controller.signal });
    while (silent.open.size === 0) await sleep(5);
    controller.abort();
    expect(await sending).toMatchObject({ ok: false, code: "timeout" });
    while (silent.open.size > 0) await sleep(5);
  });

  test("a private address is not called unless that is allowed", async () => {
    await using silent = await silentServer();
    const outcome = await send(silent.port, { allowPrivate: false });
    expect(outcome).toEqual({ ok: false, code: "address_forbidden", detail: "address_private" });
    expect(silent.open.size).toBe(0);
  });
});
