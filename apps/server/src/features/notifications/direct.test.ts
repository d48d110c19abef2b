import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { DirectMessage } from "./index.ts";
import { deadPort, httpDouble, saying, smtpSink } from "./testing/doubles.ts";
import { type OutboxHouse, openOutboxHouse } from "./testing/outbox-house.ts";
import { email, MINUTE, sms, twilio } from "./testing/settings.ts";

const CODE = "493 817";

async function send(house: OutboxHouse, part: Partial<DirectMessage> = {}): Promise<void> {
  await house.feature.messenger.send(house.db, {
    tenantId: house.tenantId,
    medium: "email",
    to: "grace@example.org",
    subject: `${CODE} is your code`,
    text: `Code: ${CODE}\n`,
    purpose: "code",
    class: "code",
    expiresMs: house.nowMs() + 10 * MINUTE,
    ...part,
  });
  await house.settled();
}

const stored = async ({ pool }: OutboxHouse): Promise<string> =>
  JSON.stringify((await pool.query("select * from deliveries")).rows);
const sealedLeft = async ({ pool }: OutboxHouse): Promise<number> =>
  (await pool.query("select from deliveries where sealed is not null")).rowCount ?? 0;

describe("a message to a person", () => {
  test("goes by the tenant's mail server to its address, is readable nowhere here, and its words are wiped", async () => {
    await using house = await openOutboxHouse();
    await using sink = await smtpSink();
    await house.addChannel(email(sink.port));
    await send(house);
    expect(sink.mails.map(({ to, raw }) => [to, raw.includes(CODE)])).toEqual([
      [["grace@example.org"], true],
    ]);
    expect(await house.outbox()).toMatchObject([
      { state: "sent", purpose: "code", to: "g•••@example.org", subject: "", body: "" },
    ]);
    expect(await sealedLeft(house)).toBe(0);
    expect(await stored(house)).not.toMatch(/grace|493/);
  });

  test("goes by Twilio as Twilio's own description of the call asks for", async () => {
    await using house = await openOutboxHouse();
    await using double = await httpDouble(saying(201, { sid: `SM${"0".repeat(32)}` }));
    await house.addChannel(twilio(double.url));
    await send(house, { medium: "sms", to: "+33712345678", text: `${CODE} is your code` });
    const [call] = double.received;
    const form = new URLSearchParams(call?.body);
    expect([form.get("To"), form.get("Body")]).toEqual(["+33712345678", `${CODE} is your code`]);
    const described = await readFile("../shared/vectors/twilio-messages-openapi.json", "utf8").catch(
      () => "",
    );
    if (described === "") return;
    const path = "/2010-04-01/Accounts/{AccountSid}/Messages.json";
    const { requestBody } = JSON.parse(described).paths[path].post;
    const { properties } = requestBody.content["application/x-www-form-urlencoded"].schema;
    for (const name of form.keys()) expect(Object.keys(properties)).toContain(name);
    expect(call?.path).toMatch(/^\/2010-04-01\/Accounts\/AC[0-9a-f]{32}\/Messages\.json$/);
  });

  test("waits where there is no channel: whoever may read secrets sees its words, others only that it is there", async () => {
    await using house = await openOutboxHouse();
    await send(house, { medium: "sms", to: "+33712345678" });
    expect(await house.outbox()).toMatchObject([{ state: "held", to: "+33•••78", subject: "", body: "" }]);
    const { items } = await house.call<{ items: object[] }>("GET /api/v1/outbox", {
      permissions: ["outbox.secrets"],
    });
    expect(items).toMatchObject([
      { to: "+33712345678", subject: `${CODE} is your code`, body: `Code: ${CODE}\n` },
    ]);
    expect(await stored(house)).not.toMatch(/12345678|493/);
  });

  test("is sent when a channel came meanwhile and somebody tries it again", async () => {
    await using house = await openOutboxHouse();
    await send(house);
    const [held] = await house.outbox();
    await using sink = await smtpSink();
    await house.addChannel(email(sink.port));
    await house.call("POST /api/v1/outbox/:id/retry", { params: { id: held?.id } });
    await house.settled();
    expect(sink.mails).toHaveLength(1);
    await expect(
      house.call("POST /api/v1/outbox/:id/retry", { params: { id: held?.id } }),
    ).rejects.toMatchObject({ code: "request.conflict" });
  });

  test("is tried again until it expires, then its words are gone", async () => {
    await using house = await openOutboxHouse();
    await house.addChannel(email(await deadPort()));
    await send(house);
    expect(await house.outbox()).toMatchObject([{ state: "retrying", error: { code: "unreachable" } }]);
    for (let i = 0; i < 12; i++) await house.later(MINUTE);
    const [message] = await house.outbox();
    expect(["dead", "expired"]).toContain(message?.state);
    expect(await sealedLeft(house)).toBe(0);
  });

  test("that waits for a channel expires too", async () => {
    await using house = await openOutboxHouse();
    await send(house);
    await house.later(11 * MINUTE);
    expect(await house.outbox()).toMatchObject([{ state: "expired" }]);
    expect(await sealedLeft(house)).toBe(0);
  });

  test("goes by the next channel at once when the first fails", async () => {
    await using house = await openOutboxHouse();
    await using sink = await smtpSink();
    await house.addChannel(email(await deadPort()));
    await house.addChannel(email(sink.port));
    await send(house);
    expect(sink.mails).toHaveLength(1);
  });

  test("does not exist when the transaction it was written in is rolled back", async () => {
    await using house = await openOutboxHouse();
    await expect(
      house.db.transaction().execute(async (tx) => {
        await house.feature.messenger.send(tx, {
          tenantId: house.tenantId,
          medium: "email",
          to: "grace@example.org",
          subject: "s",
          text: "t",
          purpose: "code",
          class: "code",
          expiresMs: house.nowMs() + MINUTE,
        });
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    await house.settled();
    expect(await house.outbox()).toEqual([]);
  });
});

describe("a day's limits of messages to people", () => {
  const caps = { perPerson: 2, perTenant: 5, perInstallation: 6 };
  const states = async (house: OutboxHouse): Promise<string[]> =>
    (await house.outbox()).map(({ state, error }) => `${state} ${error?.code ?? ""}`.trim()).sort();

  test("hold by person, and links that strangers ask for leave that person's codes", async () => {
    await using house = await openOutboxHouse({ directCaps: caps });
    await using sink = await smtpSink();
    await house.addChannel(email(sink.port));
    await house.atNoon();
    for (let i = 0; i < 4; i++)
      await send(house, { class: "asked", to: i % 2 === 0 ? "a@b.org" : "A@b.org" });
    expect(await states(house)).toEqual(["capped cap_recipient", "capped cap_recipient", "sent", "sent"]);
    await send(house, { class: "code", to: "a@b.org" });
    expect(sink.mails).toHaveLength(3);
    expect(await sealedLeft(house)).toBe(0);
  });

  test("are known before a message is asked for, by person and class", async () => {
    await using house = await openOutboxHouse({ directCaps: caps });
    await using sink = await smtpSink();
    await house.addChannel(email(sink.port));
    await house.atNoon();
    const isUsedUp = (to: string, ofClass: "code" | "notice" = "code") =>
      house.feature.messenger.isUsedUp({ tenantId: house.tenantId, medium: "email", class: ofClass, to });
    await send(house, { to: "a@b.org" });
    expect(await isUsedUp("A@b.org")).toBe(false);
    await send(house, { to: "a@b.org" });
    expect([
      await isUsedUp("A@b.org"),
      await isUsedUp("a@b.org", "notice"),
      await isUsedUp("c@b.org"),
    ]).toEqual([true, false, false]);
    await house.later(24 * 60 * MINUTE);
    expect(await isUsedUp("a@b.org")).toBe(false);
  });

  test("let what is still good tomorrow go tomorrow", async () => {
    await using house = await openOutboxHouse({ directCaps: caps });
    await using sink = await smtpSink();
    await house.addChannel(email(sink.port));
    await house.atNoon();
    const expiresMs = house.nowMs() + 3 * 24 * 60 * MINUTE;
    for (let i = 0; i < 3; i++) await send(house, { class: "notice", expiresMs });
    expect(await states(house)).toEqual(["retrying cap_recipient", "sent", "sent"]);
    await house.later(24 * 60 * MINUTE);
    expect(sink.mails).toHaveLength(3);
  });

  test("hold by tenant and begin anew the next day", async () => {
    await using house = await openOutboxHouse({ directCaps: caps });
    await using double = await httpDouble();
    await house.addChannel(sms(double.url));
    await house.atNoon();
    for (let i = 0; i < 7; i++) await send(house, { medium: "sms", to: `+3361234567${i}` });
    expect(double.received).toHaveLength(5);
    expect(house.feature.messenger.capped()).toEqual({ email: 0, sms: 2 });
    expect((await house.feature.needs(house.tenantId)).map(({ kind }) => kind)).toContain("sms_limit");
    expect((await states(house)).filter((state) => state === "capped cap_kind")).toHaveLength(2);
    await house.later(24 * 60 * MINUTE);
    expect(await house.feature.needs(house.tenantId)).toEqual([]);
    await send(house, { medium: "sms", to: "+33612345670" });
    expect(double.received).toHaveLength(6);
  });
});
