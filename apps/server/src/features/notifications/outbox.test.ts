import { existsSync, readFileSync } from "node:fs";
import type { alerts } from "@gatehouse/contract";
import { describe, expect, test } from "vitest";
import { deadPort, httpDouble, smtpSink } from "./testing/doubles.ts";
import { ALERT, openOutboxHouse } from "./testing/outbox-house.ts";

import { email, sms, webhook } from "./testing/settings.ts";

describe("a notice", () => {
  test("becomes one message a channel and recipient, and each arrives", async () => {
    await using house = await openOutboxHouse();
    await house.atNoon();
    await using sink = await smtpSink();
    await using double = await httpDouble();
    const mail = await house.addChannel(email(sink.port, { to: ["ada@home.example", "bob@home.example"] }));
    const hook = await house.addChannel(webhook(double.url));
    await house.notify([mail.id, hook.id]);
    expect(sink.mails.flatMap(({ to }) => to).sort()).toEqual(["ada@home.example", "bob@home.example"]);
    expect(double.received).toHaveLength(1);
    const items = await house.outbox();
    expect(items.map(({ state, kind }) => `${kind} ${state}`).sort()).toEqual([
      "email sent",
      "email sent",
      "webhook sent",
    ]);
    expect(await house.channel(mail.id)).toMatchObject({ health: "ok", sentToday: 2 });
    expect(house.trail.map(({ kind, detail }) => [kind, detail]).sort()).toEqual([
      ["notified", "My email (ada@home.example)"],
      ["notified", "My email (bob@home.example)"],
      ["notified", `My webhook (${new URL(double.url).host}/)`],
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

  test("about a witness goes to every channel of its severity, its end where its beginning went, and waits without any", async () => {
    await using house = await openOutboxHouse();
    await using double = await httpDouble();
    const { Kysely, PostgresDialect } = await import("kysely");
    const db = new Kysely<object>({ dialect: new PostgresDialect({ pool: house.pool }) });
    const announce = (event: "refused" | "silent" | "well", severity: "critical" | "warning") =>
      db.transaction().execute((tx) =>
        house.feature.notifier.announce(tx, {
          tenantId: house.tenantId,
          kind: "announced",
          event: `witness.${event}`,
          severity,
          name: "cellar\ngateway",
          sinceMs: 1_000,
        }),
      );
    await announce("refused", "critical");
    const [held] = await house.outbox({ state: "held" });
    expect(held).toMatchObject({ subject: "The witness cellar gateway refuses the audit log" });
    expect(held?.body).toContain("/audit/witnesses");
    await house.addChannel(webhook(double.url), { minSeverity: "critical" });
    await house.addChannel(sms(double.url));
    await announce("silent", "warning");
    await announce("well", "warning");
    await announce("refused", "critical");
    await announce("well", "critical");
    const queued = (await house.outbox()).filter(({ id }) => id !== held?.id);
    expect(queued.map(({ kind, subject }) => `${kind} ${subject.split(" ").at(-1)}`).sort()).toEqual([
      "sms_gateway log",
      "sms_gateway silent",
      "webhook again",
      "webhook log",
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
      error: { code: "no_channel" },
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

  test("is written in the language of whoever has an account with the address, else in the tenant's", async () => {
    await using house = await openOutboxHouse();
    await using sink = await smtpSink();
    house.languages.set("ada@home.example", "fr");
    const to = ["ada@home.example", "bob@home.example"];
    const { id } = await house.addChannel(email(sink.port, { to }));
    await house.notify([id]);
    await house.call("POST /api/v1/channels/:id/test", { params: { id } });
    const subjects = (address: string) =>
      sink.mails.flatMap((mail) => (mail.to.includes(address) ? [mail.headers.get("subject")] : []));
    expect(subjects("bob@home.example")).toEqual([
      "[Warning] Too warm: cellar-1",
      "[Information] Test message",
    ]);
    const ada = (await house.outbox()).filter((delivery) => delivery.to === "ada@home.example");
    expect(ada.map(({ subject }) => subject)).toEqual([
      "[Information] Message d’essai",
      "[Avertissement] Too warm : cellar-1",
    ]);
  });

  test("what an earlier version wrote of a failure still shows", async () => {
    await using house = await openOutboxHouse();
    const { id } = await house.addChannel(webhook("http://127.0.0.1:1"), { enabled: false });
    await house.notify([id]);
    await house.pool.query("update deliveries set error = 'Pas de connexion.', error_code = null");
    await house.pool.query("update channels set health = 'failing', last_error = 'Pas de connexion.'");
    expect(await house.outbox()).toMatchObject([{ error: { detail: "Pas de connexion." } }]);
    expect((await house.channel(id)).lastError).toEqual({ detail: "Pas de connexion." });
  });

  test("for a channel that is switched off is held until somebody wants it", async () => {
    await using house = await openOutboxHouse();
    await using double = await httpDouble();
    const channel = await house.addChannel(webhook(double.url), { enabled: false });
    await house.notify([channel.id]);
    const [held] = await house.outbox();
    expect(held).toMatchObject({ state: "held", error: { code: "channel_off" } });
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

describe("the outbox page", () => {
  test("pages newest first, filters, counts and searches", async () => {
    await using house = await openOutboxHouse();
    const { id } = await house.addChannel(webhook("http://127.0.0.1:1"), { enabled: false });
    for (let i = 0; i < 5; i++) {
      await house.notify([id], { deviceName: `cellar_${i}` });
      await house.later(1);
    }
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
      const notify = (text: string) => house.notify([mail.id, hook.id], { ruleName: text, note: text });
      // As many at once as there are connections: whoever waits for one is refused after a while.
      for (let at = 0; at < strings.length; at += 10)
        await Promise.all(strings.slice(at, at + 10).map(notify));
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
