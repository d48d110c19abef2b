import type { alerts } from "@gatehouse/contract";
import { expect, test, vi } from "vitest";
import { verifyWebhook } from "../../../platform/secrets/index.ts";
import { httpDouble, mqttBroker, saying } from "../testing/doubles.ts";
import { ALERT } from "../testing/outbox-house.ts";
import { check, ID, refusal, send } from "../testing/plugin-calls.ts";

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
    embeds: { title: string; description: string; color: number; url: string; fields: object[] }[];
    allowed_mentions: object;
  };
  expect(body.allowed_mentions).toEqual({ parse: [] });
  const [embed] = body.embeds;
  expect(embed?.title).toContain("\\@everyone \\<\\@1\\> \\*\\*b\\*\\*");
  expect(embed?.title.length).toBeLessThanOrEqual(256);
  expect(embed?.description.length).toBeLessThanOrEqual(4096);
  expect(Number.isInteger(embed?.color)).toBe(true);
  expect(embed?.url).toBe(`https://gatehouse.example/alerts/${ALERT.id}`);
  expect(embed?.fields).toContainEqual({ name: "Measured", value: "temperature = 31.25 °C", inline: true });
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
