import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { seededRandom } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { verifyWebhook } from "../../../platform/secrets/index.ts";
import { en } from "../messages.en.ts";
import { fr } from "../messages.fr.ts";
import { noticeText, type Place } from "../notice-text.ts";
import { httpDouble, mqttBroker, saying, smtpSink } from "../testing/doubles.ts";
import { ALERT } from "../testing/outbox-house.ts";
import type { Outcome } from "./notifier-plugin.ts";
import { pluginOf } from "./registry.ts";
import { encoderOf, fill } from "./template.ts";

const PLACE: Place = {
  organisation: "Home",
  language: "en",
  timeZone: "Europe/Paris",
  publicUrl: "https://gatehouse.example",
};

const send = (
  settings: alerts.ChannelSettings,
  alert: Partial<alerts.Alert> = {},
  place = PLACE,
): Promise<Outcome> => {
  const plugin = pluginOf(settings.kind);
  const text = noticeText({ kind: "raised", alert: { ...ALERT, ...alert } }, place);
  const [to = ""] = plugin.recipients(settings);
  return plugin.send(
    settings,
    { id: ID, to, severity: text.severity, ...plugin.render(text) },
    {
      allowPrivate: true,
      nowMs: Date.now(),
      timeoutMs: 10_000,
      random: seededRandom(1),
      signal: new AbortController().signal,
    },
  );
};
const ID = randomUUID();
const check =
  (settings: alerts.ChannelSettings, allowPrivate = true) =>
  () =>
    pluginOf(settings.kind).check(settings, { allowPrivate });
const refusal = (field: string) =>
  expect.objectContaining({ code: "channel.invalid", fields: expect.objectContaining({ field }) });

const email = (port: number, part: object = {}): alerts.ChannelSettings => ({
  kind: "email",
  host: "127.0.0.1",
  port,
  security: "none",
  user: "",
  password: "",
  from: "Gatehouse <gatehouse@home.example>",
  to: ["ada@home.example"],
  ...part,
});

describe("mail", () => {
  test("arrives with its text, its sender and a Message-ID that stays the same", async () => {
    await using sink = await smtpSink();
    expect(await send(email(sink.port))).toMatchObject({ ok: true });
    expect(await send(email(sink.port))).toMatchObject({ ok: true });
    const [first, second] = sink.mails;
    expect(first).toMatchObject({ from: "gatehouse@home.example", to: ["ada@home.example"] });
    expect(first?.headers.get("subject")).toBe("[Warning] Too warm: cellar-1");
    expect(first?.headers.get("auto-submitted")).toBe("auto-generated");
    expect(first?.headers.get("message-id")).toBe(`<${ID}@home.example>`);
    expect(second?.headers.get("message-id")).toBe(`<${ID}@home.example>`);
  });

  test("a name with line breaks adds no header and no recipient", async () => {
    await using sink = await smtpSink();
    const ruleName = "Warm\r\nBcc: eve@evil.example\r\n\r\nDATA\r\n.\r\nRCPT TO:<eve@evil.example>";
    expect(
      await send(email(sink.port), { ruleName, deviceName: "a\nb: c", note: "\u2028x\r\n.\r\nQUIT" }),
    ).toMatchObject({ ok: true });
    expect(sink.mails).toHaveLength(1);
    expect(sink.mails[0]?.to).toEqual(["ada@home.example"]);
    expect([...(sink.mails[0]?.headers.keys() ?? [])]).not.toContain("bcc");
    expect(sink.mails[0]?.headers.get("subject")).toContain("Bcc: eve@evil.example");
  });

  test("STARTTLS that is asked for is never skipped, and an unknown certificate is refused", async () => {
    await using plain = await smtpSink();
    expect(await send(email(plain.port, { security: "starttls" }))).toMatchObject({
      ok: false,
      code: "tls_failed",
    });
    await using secure = await smtpSink({ secure: true });
    expect(await send(email(secure.port, { security: "tls" }))).toMatchObject({
      ok: false,
      code: "tls_failed",
    });
    await using upgrade = await smtpSink({ disabledCommands: [] });
    expect(await send(email(upgrade.port, { security: "starttls" }))).toMatchObject({
      ok: false,
      code: "tls_failed",
    });
    expect([...plain.mails, ...secure.mails, ...upgrade.mails]).toEqual([]);
  });

  test("a refused recipient is final, a full mailbox is not", async () => {
    const saysTo = (responseCode: number) =>
      smtpSink({ onRcptTo: (_to, _session, done) => done(Object.assign(new Error("no"), { responseCode })) });
    await using never = await saysTo(550);
    expect(await send(email(never.port))).toMatchObject({ code: "recipient_refused", detail: "550 no" });
    await using later = await saysTo(452);
    expect(await send(email(later.port))).toMatchObject({ code: "server_error" });
  });

  test("settings that cannot work, or would show a password, are refused", () => {
    expect(check(email(25, { from: "nobody" }))).toThrow(refusal("from"));
    for (const to of ["a@b, c@d", "a b@c", "Ada <a@b>", "a@b\r\nRCPT TO:<c@d>", "a@"]) {
      expect(check(email(25, { to: [to] }))).toThrow(refusal("to"));
    }
    expect(check(email(25, { host: "a/b" }))).toThrow(refusal("host"));
    expect(check(email(25, { user: "ada" }), false)).toThrow(refusal("security"));
    expect(check(email(25, { host: "::1", from: '"Ada, Home" <a@b.example>' }))).not.toThrow();
  });
});

const SPEC = new URL("../../../../../../../shared/vectors/twilio-messages-openapi.json", import.meta.url);
const twilio = (baseUrl: string, part: object = {}): alerts.ChannelSettings => ({
  kind: "twilio",
  baseUrl,
  accountSid: `AC${"ab".repeat(16)}`,
  authToken: "token",
  from: "+33611111111",
  to: ["+33612345678"],
  ...part,
});

describe("Twilio", () => {
  test.skipIf(!existsSync(SPEC))("is called as its published OpenAPI says", async () => {
    interface Spec {
      paths: Record<
        string,
        {
          post: {
            parameters: { name: string; schema: { pattern: string } }[];
            requestBody: {
              content: Record<
                string,
                {
                  schema: {
                    properties: Record<string, { type: string; pattern?: string }>;
                    required: string[];
                  };
                }
              >;
            };
            security: object[];
          };
        }
      >;
    }
    const { paths } = JSON.parse(readFileSync(SPEC, "utf8")) as Spec;
    const [template, { post }] = Object.entries(paths).find(([path]) => path.endsWith("/Messages.json")) as [
      string,
      Spec["paths"][string],
    ];
    const [contentType, { schema }] = Object.entries(post.requestBody.content)[0] as [
      string,
      { schema: { properties: Record<string, { type: string; pattern?: string }>; required: string[] } },
    ];
    for (const from of ["+33611111111", `MG${"0".repeat(32)}`]) {
      await using double = await httpDouble(saying(201, { sid: `SM${"0".repeat(32)}` }));
      expect(await send(twilio(`${double.url}/`, { from }))).toEqual({
        ok: true,
        reference: `SM${"0".repeat(32)}`,
      });
      const [call] = double.received;
      expect(call?.method).toBe("POST");
      const path = new RegExp(
        `^${template.replace(/[.]/g, "\\$&").replace("{AccountSid}", "([^/]+)")}$`,
      ).exec(call?.path ?? "");
      expect(path?.[1]).toMatch(
        new RegExp(post.parameters.find(({ name }) => name === "AccountSid")?.schema.pattern ?? "^$"),
      );
      expect(call?.headers["content-type"]).toBe(contentType);
      expect(post.security).toEqual([{ accountSid_authToken: [] }]);
      const basic = Buffer.from(
        String(call?.headers.authorization).slice("Basic ".length),
        "base64",
      ).toString();
      expect(basic).toBe(`AC${"ab".repeat(16)}:token`);
      const form = new URLSearchParams(call?.body);
      for (const name of schema.required) expect(form.has(name)).toBe(true);
      for (const [name, value] of form) {
        const property = schema.properties[name];
        expect(property, name).toBeDefined();
        if (property?.pattern !== undefined) expect(value).toMatch(new RegExp(property.pattern));
      }
      expect(form.get("To")).toBe("+33612345678");
      expect(form.get("Body")).toContain("Too warm");
    }
  });

  test.each<[number, object, string]>([
    [401, { code: 20003, message: "Authenticate" }, "auth_refused"],
    [400, { code: 21211, message: "Invalid 'To' Phone Number" }, "recipient_refused"],
    [400, { code: 21606, message: "The From number is not valid" }, "rejected"],
    [503, { message: "unavailable" }, "server_error"],
  ])("says what %i with %j means", async (status, body, code) => {
    await using double = await httpDouble(saying(status, body));
    expect(await send(twilio(double.url))).toMatchObject({ ok: false, code });
  });

  test("waits as long as it is asked to", async () => {
    await using double = await httpDouble(saying(429, {}, { "retry-after": "120" }));
    expect(await send(twilio(double.url))).toMatchObject({ code: "rate_limited", retryAfterMs: 120_000 });
  });

  test("numbers and names are checked before anything is sent", () => {
    expect(check(twilio("https://x.example", { accountSid: "AC1/../2" }))).toThrow(refusal("accountSid"));
    expect(check(twilio("https://x.example", { to: ["0612345678"] }))).toThrow(refusal("to"));
    expect(check(twilio("https://x.example", { from: "a name too long" }))).toThrow(refusal("from"));
    expect(check(twilio("https://x.example", { from: "Gatehouse" }))).not.toThrow();
  });

  test("a text is at most two messages long, cut between characters", () => {
    const long = noticeText({ kind: "raised", alert: { ...ALERT, ruleName: "🔥".repeat(400) } }, PLACE);
    const { body } = pluginOf("twilio").render(long);
    expect([...body]).toHaveLength(306);
    expect(body.isWellFormed()).toBe(true);
  });
});

describe("an SMS gateway", () => {
  const gateway = (url: string, part: object = {}): alerts.ChannelSettings => ({
    kind: "sms_gateway",
    url,
    method: "POST",
    headers: {},
    bodyTemplate: '{"to":"{{to}}","text":"{{text}}"}',
    contentType: "application/json",
    secret: "k3y&",
    to: ["+33612345678"],
    ...part,
  });
  const nasty = 'x","to":"+1\\u0000{{secret}}&a=b<!--';

  test("gets a body that no value can break out of, whatever its type", async () => {
    await using double = await httpDouble();
    const types: [string, string][] = [
      ["application/json; charset=utf-8", '{"to":"{{to}}","text":"{{text}}"}'],
      ["application/x-www-form-urlencoded", "to={{to}}&text={{text}}"],
      ["text/xml", "<sms to='{{to}}'>{{text}}</sms>"],
      ["text/plain", "{{to}} {{text}}"],
    ];
    for (const [contentType, bodyTemplate] of types)
      expect(
        await send(gateway(double.url, { contentType, bodyTemplate }), { ruleName: nasty }),
      ).toMatchObject({ ok: true });
    const [json, form, xml, plain] = double.received.map(({ body }) => body) as [
      string,
      string,
      string,
      string,
    ];
    expect(JSON.parse(json)).toEqual({ to: "+33612345678", text: expect.stringContaining(nasty) });
    expect(Object.fromEntries(new URLSearchParams(form))).toEqual({
      to: "+33612345678",
      text: expect.stringContaining(nasty),
    });
    expect(xml).not.toContain("<!--");
    for (const body of [json, form, xml, plain]) expect(body).not.toContain("k3y&");
  });

  test("the secret goes into a header or the body, encoded, and into nothing else", async () => {
    await using double = await httpDouble();
    const settings = gateway(double.url, {
      method: "PUT",
      headers: { "X-Key": "k {{secret}}" },
      contentType: "application/x-www-form-urlencoded",
      bodyTemplate: "key={{secret}}&text={{text}}",
    });
    expect(await send(settings)).toMatchObject({ ok: true });
    expect(double.received[0]).toMatchObject({
      method: "PUT",
      headers: { "x-key": "k k3y&", "idempotency-key": ID },
    });
    expect(double.received[0]?.body).toMatch(/^key=k3y%26&text=Warning/);
  });

  test("filling a template with JSON gives back exactly the values", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (to, text) => {
        const filled = fill(
          '{"a":"{{to}}","b":"{{text}}"}',
          { to, text, secret: "" },
          encoderOf("application/json"),
        );
        expect(JSON.parse(filled)).toEqual({ a: to, b: text });
      }),
    );
  });

  test("templates and headers that cannot work are refused", () => {
    expect(check(gateway("https://x.example", { bodyTemplate: '{"to":"{{to}}"}' }))).toThrow(
      refusal("bodyTemplate"),
    );
    expect(check(gateway("https://x.example", { bodyTemplate: "{{text}}" }))).toThrow(
      refusal("bodyTemplate"),
    );
    expect(check(gateway("https://x.example", { contentType: "image/png" }))).toThrow(refusal("contentType"));
    expect(check(gateway("https://x.example", { headers: { Host: "evil" } }))).toThrow(refusal("headers"));
    expect(check(gateway("https://x.example", { headers: { "X-A": "a\r\nX-B: b" } }))).toThrow(
      refusal("headers"),
    );
    expect(check(gateway("https://x.example", { contentType: "__proto__" }))).toThrow(refusal("contentType"));
  });
});

test("Discord shows names as text and mentions nobody", async () => {
  await using double = await httpDouble(saying(200));
  const settings: alerts.ChannelSettings = {
    kind: "discord",
    webhookUrl: `${double.url}/api/webhooks/1/t?thread_id=5`,
  };
  const ruleName = "@everyone <@1> **b** [x](http://evil.example) `c` # h";
  expect(await send(settings, { ruleName, note: "x".repeat(9_000) })).toMatchObject({ ok: true });
  const [call] = double.received;
  expect(call?.path).toBe("/api/webhooks/1/t?thread_id=5&wait=true");
  const body = JSON.parse(call?.body ?? "") as {
    embeds: { title: string; description: string; color: number }[];
    allowed_mentions: object;
  };
  expect(body.allowed_mentions).toEqual({ parse: [] });
  const [embed] = body.embeds;
  expect(embed?.title).toContain("\\@everyone \\<\\@1\\> \\*\\*b\\*\\*");
  expect(embed?.title.length).toBeLessThanOrEqual(256);
  expect(embed?.description.length).toBeLessThanOrEqual(4096);
  expect(Number.isInteger(embed?.color)).toBe(true);
});

test("a webhook is signed over its time and body, with one key for all attempts", async () => {
  await using double = await httpDouble(saying(204));
  const secret = "0123456789abcdef";
  const settings: alerts.ChannelSettings = { kind: "webhook", url: `${double.url}/hook?x=1`, secret };
  expect(await send(settings)).toEqual({ ok: true });
  const [call] = double.received;
  const signature = String(call?.headers["gatehouse-signature"]);
  expect(verifyWebhook(secret, call?.body ?? "", signature, Date.now())).toBe(true);
  expect(verifyWebhook("another secret..", call?.body ?? "", signature, Date.now())).toBe(false);
  expect(verifyWebhook(secret, `${call?.body} `, signature, Date.now())).toBe(false);
  expect(call?.headers["idempotency-key"]).toBe(ID);
  expect(JSON.parse(call?.body ?? "")).toMatchObject({
    event: "alert.raised",
    severity: "warning",
    alert: ALERT,
  });
  expect(check({ ...settings, secret: "short" })).toThrow(refusal("secret"));
});

test("a webhook that redirects is not followed", async () => {
  await using target = await httpDouble();
  await using double = await httpDouble(saying(302, {}, { location: target.url }));
  const outcome = await send({ kind: "webhook", url: double.url, secret: "0123456789abcdef" });
  expect(outcome).toMatchObject({ ok: false, code: "redirected" });
  expect(target.received).toEqual([]);
});

test("MQTT publishes with its quality and retain flag, over TCP and WebSocket", async () => {
  await using broker = await mqttBroker();
  const base = { kind: "mqtt", topic: "home/alerts", user: "", password: "", retain: true } as const;
  expect(await send({ ...base, url: `mqtt://127.0.0.1:${broker.port}`, qos: 2 })).toEqual({ ok: true });
  expect(await send({ ...base, url: `ws://127.0.0.1:${broker.webSocketPort}/mqtt`, qos: 1 })).toEqual({
    ok: true,
  });
  expect(await send({ ...base, url: `mqtt://127.0.0.1:${broker.port}`, qos: 0 })).toEqual({ ok: true });
  // Quality 0 has no answer: it arrives a little later.
  await vi.waitFor(() => expect(broker.messages).toHaveLength(3), 10_000);
  expect(broker.messages.map(({ qos, retain, topic }) => [topic, qos, retain])).toEqual([
    ["home/alerts", 2, true],
    ["home/alerts", 1, true],
    ["home/alerts", 0, true],
  ]);
  expect(JSON.parse(broker.messages[0]?.payload ?? "")).toMatchObject({
    id: ID,
    event: "alert.raised",
    alert: { id: ALERT.id },
  });
  for (const topic of ["a/#", "a/+/b", "$SYS/x"])
    expect(check({ ...base, topic, url: "mqtt://h", qos: 0 })).toThrow(refusal("topic"));
});

describe("words", () => {
  test("both languages have the same texts, none of them empty, each with its values", () => {
    const walk = (value: unknown, path: string): [string, string][] => {
      if (typeof value === "function") {
        const values = Array.from({ length: value.length }, (_, i) => `v${i}`);
        const said = String((value as (...all: unknown[]) => string)(...values));
        for (const one of path.endsWith("tested") ? [] : values) expect(said, path).toContain(one);
        return [[path, said]];
      }
      if (typeof value === "string") return [[path, value]];
      return Object.entries(value as object).flatMap(([key, part]) => walk(part, `${path}.${key}`));
    };
    const [english, french] = [walk(en, ""), walk(fr, "")];
    expect(french.map(([path]) => path)).toEqual(english.map(([path]) => path));
    for (const [path, text] of [...english, ...french]) expect(text.trim(), path).not.toBe("");
  });

  test("a notice is written in the tenant's language, zone and numbers", () => {
    const text = noticeText({ kind: "raised", alert: ALERT }, { ...PLACE, language: "fr" });
    expect(text.subject).toBe("Too warm : cellar-1");
    expect(text.lines).toEqual([
      "Appareil : cellar-1, Home",
      "Mesure : temperature = 31,25 °C",
      "Règle : au-dessus de 30 °C",
      "Depuis : 1 mars 2026, 13:00",
    ]);
    expect(text.link).toBe(`https://gatehouse.example/alerts/${ALERT.id}`);
  });

  test.each<[alerts.RuleCondition, string]>([
    [{ kind: "silence", forMs: 5_400_000 }, "Rule: nothing heard for 90 minutes"],
    [{ kind: "silence", forMs: 172_800_000 }, "Rule: nothing heard for 2 days"],
    [{ kind: "state", metric: "open", equals: true }, "Rule: open is on"],
    [
      { kind: "rate", metric: "t", op: "falls", perMinute: 2, windowMs: 60_000 },
      "Rule: falls by 2 °C a minute or more",
    ],
    [
      { kind: "threshold", metric: "t", op: "outside", limit: -5, upper: 1e9 },
      "Rule: outside -5 °C to 1,000,000,000 °C",
    ],
  ])("every condition has its sentence: %j", (condition, sentence) => {
    const metric = condition.kind === "state" ? "open" : "t";
    expect(noticeText({ kind: "raised", alert: { ...ALERT, metric, condition } }, PLACE).lines).toContain(
      sentence,
    );
  });
});
