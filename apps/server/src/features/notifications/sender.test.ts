import { setTimeout as sleep } from "node:timers/promises";
import type { alerts } from "@gatehouse/contract";
import { describe, expect, test, vi } from "vitest";
import { DEFAULT_CAPS } from "./caps.ts";
import { MAX_ATTEMPTS } from "./delivery-states.ts";
import { deadPort, httpDouble, saying, silentServer, smtpSink } from "./testing/doubles.ts";
import { ALERT, openOutboxHouse } from "./testing/outbox-house.ts";

import { discord, email, MINUTE, SECRET, sms, webhook } from "./testing/settings.ts";

describe("what goes wrong", () => {
  test("a dead address is tried 8 times with growing pauses, then given up, and the channel says why", async () => {
    await using house = await openOutboxHouse();
    const channel = await house.addChannel(webhook(`http://127.0.0.1:${await deadPort()}`));
    await house.notify([channel.id]);
    const [first] = await house.outbox();
    expect(first).toMatchObject({ state: "retrying", attempts: 1 });
    expect(first?.error).toEqual({ code: "unreachable", detail: "ECONNREFUSED" });
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

  test.each<
    [
      string,
      () => Promise<AsyncDisposable & { settings: alerts.ChannelSettings }>,
      alerts.FailureCode,
      RegExp,
    ]
  >([
    [
      "a mail server that refuses the password",
      async () => {
        const sink = await smtpSink({
          onAuth: ({ password }, _session, done) =>
            done(Object.assign(new Error(`5.7.8 bad password ${password}`), { responseCode: 535 })),
        });
        return { settings: email(sink.port), [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose]() };
      },
      "auth_refused",
      /535.*bad password •••/,
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
      "target_gone",
      /Unknown Webhook/,
    ],
  ])("%s: once, with the reason and without the secret", async (_name, open, code, detail) => {
    await using house = await openOutboxHouse();
    await using other = await open();
    const { id } = await house.addChannel(other.settings);
    await house.notify([id]);
    const [dead] = await house.outbox();
    const error = { code, detail: expect.stringMatching(detail) };
    expect(dead).toMatchObject({ state: "dead", attempts: 1, error });
    expect(await house.channel(id)).toMatchObject({ health: "failing", lastError: dead?.error });
    const everything = await house.pool.query(
      "select to_jsonb(c) - 'secrets' as c, d from channels c, deliveries d",
    );
    expect(JSON.stringify([everything.rows, house.log.lines])).not.toContain(SECRET);
  });

  test("an attempt that hangs ends with its time", async () => {
    await using house = await openOutboxHouse({ attemptMs: 100 });
    await using silent = await silentServer();
    const { id } = await house.addChannel(webhook(`http://127.0.0.1:${silent.port}`));
    await house.notify([id]);
    const error = { code: "timeout" };
    expect(await house.outbox()).toMatchObject([{ state: "retrying", error }]);
    expect(await house.channel(id)).toMatchObject({ health: "failing", lastError: error });
  });

  test("a channel that hangs holds up no other, and stopping does not wait for it", async () => {
    await using house = await openOutboxHouse();
    await using silent = await silentServer();
    await using double = await httpDouble();
    const hanging = await house.addChannel(webhook(`http://127.0.0.1:${silent.port}`));
    const good = await house.addChannel(discord(`${double.url}/x`));
    const sending = Array.from({ length: 10 }, () => house.notify([hanging.id, good.id]));
    await vi.waitFor(() => expect(double.received).toHaveLength(10), 20_000);
    expect(silent.open.size).toBe(2);
    await house.feature.stop?.();
    await Promise.all(sending);
    const states = (await house.outbox()).map(({ state }) => state);
    expect(Map.groupBy(states, (state) => state).get("sent")).toHaveLength(10);
    expect(states.filter((state) => state === "retrying")).toHaveLength(2);
    expect((await house.channel(hanging.id)).health).toBe("untested");
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
    expect(await house.outbox()).toMatchObject([{ state: "dead", error: { code: "channel_deleted" } }]);
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
    await house.atNoon();
    await using double = await httpDouble();
    const { id } = await house.addChannel(webhook(double.url), { dailyCap: 3 });
    for (let i = 0; i < 5; i++) await house.notify([id]);
    const items = await house.outbox();
    expect(items.map(({ state }) => state).sort()).toEqual(["capped", "capped", "sent", "sent", "sent"]);
    expect(items.find(({ state }) => state === "capped")?.error).toEqual({ code: "cap_channel" });
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
    await house.atNoon();
    await using double = await httpDouble();
    const one = await house.addChannel(sms(double.url));
    const two = await house.addChannel(sms(double.url, { to: ["+33612345678", "+33687654321"] }));
    for (let i = 0; i < 4; i++) await house.notify([one.id, two.id]);
    expect(double.received).toHaveLength(4);
    const reasons = (await house.outbox({ state: "capped" })).map(({ error }) => error?.code);
    expect(new Set(reasons)).toEqual(new Set(["cap_recipient"]));
    const others = await house.addChannel(sms(double.url, { to: ["+33600000001", "+33600000002"] }));
    await house.notify([others.id]);
    expect(double.received).toHaveLength(5);
    expect((await house.outbox({ state: "capped" }))[0]?.error).toEqual({ code: "cap_kind" });
  });

  test("a message counts once, however often it is tried", async () => {
    await using house = await openOutboxHouse();
    await house.atNoon();
    await using double = await httpDouble(saying(500));
    const { id } = await house.addChannel(webhook(double.url), { dailyCap: 1 });
    await house.notify([id]);
    await house.later(MINUTE);
    expect(double.received).toHaveLength(2);
    expect((await house.channel(id)).sentToday).toBe(1);
  });
});
