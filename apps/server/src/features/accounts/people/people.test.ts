import { accounts } from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import type { PersonalDataHolder } from "../ports.ts";
import { type Browser, type House, OWNER, openHouse } from "../testing/house.ts";
import { runJob } from "../testing/jobs.ts";
import { codeTo, lastTo, purposes, tokenTo } from "../testing/messages.ts";
import { logIn, stepUp, stepUpByMail } from "../testing/step-up.ts";

const HOUR = 3_600_000;
const BOB = "bob@example.org";
const BOB_PHONE = "+33612345678";
const PASSWORD = "lantern ochre bicycle 41 moss";
/** As Werkzeug writes it. */
const PBKDF2 = `pbkdf2:sha256:50000$NaCl1234NaCl1234$${"a".repeat(64)}`;

async function withOwner(house: House): Promise<Browser> {
  const owner = await house.owner();
  await stepUp(owner);
  return owner;
}

/** Takes Bob in by import and reset link; answers his id and his browser, logged in. */
async function bob(
  house: House,
  owner: Browser,
  part: object = {},
): Promise<{ readonly id: string; readonly browser: Browser }> {
  const people = [
    {
      name: "Bob",
      email: BOB,
      phone: "+33 6 12 34 56 78",
      address: "2 Quai Sud",
      identityNumber: "XY 99",
      ...part,
    },
  ];
  const imported = await owner.call(accounts.importPeople, { body: { people } });
  expect(imported.status).toBe(201);
  const browser = house.browser({ address: "198.51.100.9" });
  const body = { token: tokenTo(house.messages, BOB), password: PASSWORD };
  expect((await browser.call(accounts.resetPassword, { body })).status).toBe(200);
  await logIn(house, browser, BOB, PASSWORD);
  const [row] = await house.query("select id from people where email_key = $1", [BOB]);
  return { id: row?.id as string, browser };
}

const kinds = (house: House): string[] => house.events.map(({ kind }) => kind);
const me = async (browser: Browser) => (await browser.call(accounts.getMe)).status;

describe("the list of people", () => {
  it("is searched by part of a name or address", async () => {
    await using house = await openHouse();
    const owner = await withOwner(house);
    await bob(house, owner);
    const find = async (query: Record<string, string>) =>
      (await owner.call(accounts.listPeople, { query })).body.items.map(({ name }: { name: string }) => name);
    expect(await find({ q: "bo" })).toEqual(["Bob"]);
    expect(await find({ q: "EXAMPLE.org" })).toEqual([OWNER.name, "Bob"]);
    expect(await find({ q: "%" })).toEqual([]);
    expect(await find({ role: "customer" })).toEqual(["Bob"]);
    expect(await find({ limit: "1", offset: "1", sort: "name" })).toEqual(["Bob"]);
    const { counts, total } = (await owner.call(accounts.listPeople)).body;
    expect([counts, total]).toEqual([{ active: 2 }, 2]);
  });

  it("shows how personal numbers end to those who only read", async () => {
    await using house = await openHouse();
    const owner = await withOwner(house);
    const { id, browser } = await bob(house, owner, { role: "auditor" });
    const seen = (await browser.call(accounts.getPerson, { params: { id } })).body.details;
    expect(seen).toEqual({ phone: "••••78", address: "••••", identityNumber: "••••99", masked: true });
    expect((await browser.call(accounts.disablePerson, { params: { id }, body: {} })).code).toBe(
      "auth.forbidden",
    );
  });
});

describe("locking somebody", () => {
  it("ends every session at once and keeps them out until they are unlocked", async () => {
    await using house = await openHouse();
    const owner = await withOwner(house);
    const { id, browser } = await bob(house, owner);
    const ended: string[] = [];
    house.bus.subscribe("session.ended", ({ personId }) => void ended.push(personId));
    const locked = await owner.call(accounts.disablePerson, { params: { id }, body: { reason: "Left" } });
    expect(locked.body).toMatchObject({
      person: { state: "disabled" },
      decision: { by: OWNER.name, reason: "Left" },
    });
    expect([ended, await me(browser)]).toEqual([[id], 401]);
    const login = () => browser.call(accounts.login, { body: { email: BOB, password: PASSWORD } });
    expect((await login()).code).toBe("auth.invalid_credentials");
    expect((await browser.call(accounts.refresh)).status).toBe(401);
    await owner.call(accounts.enablePerson, { params: { id }, body: {} });
    house.clock.advance(HOUR);
    expect((await login()).status).toBe(200);
    expect(kinds(house)).toEqual(expect.arrayContaining(["person.disabled", "person.enabled"]));
  });

  it("spares oneself and the last owner, also of two owners who lock each other at once", async () => {
    await using house = await openHouse();
    const owner = await withOwner(house);
    const [row] = await house.query("select id from people");
    const ownId = row?.id as string;
    const lock = (browser: Browser, id: string) =>
      browser.call(accounts.disablePerson, { params: { id }, body: {} });
    expect((await lock(owner, ownId)).code).toBe("account.own");
    const { id, browser } = await bob(house, owner, { role: "owner" });
    const answers = await Promise.all([lock(owner, id), lock(browser, ownId)]);
    expect(answers.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    const left = await house.query("select id from people where state = 'active' and role = 'owner'");
    expect(left).toHaveLength(1);
  });
});

describe("one's own e-mail address and phone", () => {
  it("change when the new one is confirmed; the old one is told and can take it back for 72 hours", async () => {
    await using house = await openHouse();
    const owner = await withOwner(house);
    const { browser } = await bob(house, owner);
    await stepUpByMail(house, browser, BOB);
    const asked = await browser.call(accounts.changeEmail, { body: { email: "rob@example.org" } });
    expect([asked.status, asked.body.pendingEmail.to]).toEqual([202, "r•••@example.org"]);
    const token = tokenTo(house.messages, "rob@example.org");
    expect((await browser.call(accounts.confirmEmail, { body: { token } })).status).toBe(200);
    expect((await browser.call(accounts.getMe)).body.person.email).toBe("rob@example.org");
    const notice = lastTo(house.messages, BOB);
    expect([notice.purpose, notice.text.includes("rob@")]).toEqual(["email_changed", false]);

    const revert = tokenTo(house.messages, BOB);
    house.clock.advance(71 * HOUR);
    const back = await house.browser().call(accounts.revertChange, { body: { token: revert } });
    expect(back.body).toEqual({ what: "email" });
    expect(await me(browser)).toBe(401);
    const login = await browser.call(accounts.login, { body: { email: BOB, password: PASSWORD } });
    expect(login.code).toBe("auth.invalid_credentials");
    const reset = { token: tokenTo(house.messages, BOB), password: "violet anchor 77 drum parade" };
    expect((await browser.call(accounts.resetPassword, { body: reset })).status).toBe(200);
    expect((await house.browser().call(accounts.revertChange, { body: { token: revert } })).code).toBe(
      "auth.link_invalid",
    );
  });

  it("that somebody else has is answered the same, and that somebody learns of it", async () => {
    await using house = await openHouse();
    const owner = await withOwner(house);
    const { browser } = await bob(house, owner);
    await stepUpByMail(house, browser, BOB);
    const asked = await browser.call(accounts.changeEmail, { body: { email: OWNER.email } });
    expect([asked.status, asked.body.pendingEmail.to]).toEqual([202, "A•••@Example.org"]);
    expect(lastTo(house.messages, OWNER.email).purpose).toBe("sign_up_exists");
    expect((await browser.call(accounts.confirmEmail, { body: { code: "123456" } })).code).toBe(
      "auth.code_wrong",
    );
    expect((await browser.call(accounts.withdrawChange)).body.pendingEmail).toBeUndefined();
  });

  it("needs a second factor, and a phone is confirmed by SMS and told by mail and SMS to the old one", async () => {
    await using house = await openHouse();
    const owner = await withOwner(house);
    const { browser, id } = await bob(house, owner);
    house.clock.advance(6 * 60_000);
    const change = () => browser.call(accounts.changePhone, { body: { phone: "+44 7700 900123" } });
    expect((await change()).code).toBe("auth.step_up_required");
    await stepUpByMail(house, browser, BOB);
    expect((await change()).status).toBe(202);
    const code = codeTo(house.messages, "+447700900123");
    const sent = house.messages.length;
    const done = await browser.call(accounts.confirmPhone, { body: { code } });
    expect(done.body.details.phone).toBe("+447700900123");
    expect(purposes(house.messages.slice(sent))).toEqual(["email phone_changed", "sms phone_changed"]);
    expect(lastTo(house.messages, BOB_PHONE).text).toMatch(/https:\/\/\S+#/);
    await house
      .browser()
      .call(accounts.revertChange, { body: { token: tokenTo(house.messages, BOB_PHONE) } });
    const seen = await owner.call(accounts.getPerson, { params: { id } });
    expect(seen.body.details.phone).toBe(BOB_PHONE);
  });

  it("cannot be taken back by the link of a later change once an earlier one was taken back", async () => {
    await using house = await openHouse();
    const owner = await withOwner(house);
    const { browser } = await bob(house, owner);
    const move = async (from: string, email: string) => {
      await stepUpByMail(house, browser, from);
      await browser.call(accounts.changeEmail, { body: { email } });
      await browser.call(accounts.confirmEmail, { body: { token: tokenTo(house.messages, email) } });
      house.clock.advance(HOUR / 60);
    };
    await move(BOB, "thief@example.org");
    await move("thief@example.org", "thief2@example.org");
    const [first, second] = [tokenTo(house.messages, BOB), tokenTo(house.messages, "thief@example.org")];
    const revert = async (token: string) =>
      (await house.browser().call(accounts.revertChange, { body: { token } })).status;
    expect([await revert(first), await revert(second)]).toEqual([200, 403]);
    expect(await house.query("select email from people where email_key = $1", [BOB])).toHaveLength(1);
  });
});

describe("an export", () => {
  it("holds everything about the person, of every place that holds something, and no secret", async () => {
    const holder: PersonalDataHolder = {
      name: "ledger_entries",
      async *read({ personId }) {
        yield { kind: "login.done", by: personId };
      },
      erase: async () => [],
    };
    await using house = await openHouse({ holders: () => [holder] });
    const owner = await withOwner(house);
    const { browser, id } = await bob(house, owner);
    await stepUpByMail(house, browser, BOB);
    const { body, status } = await browser.call(accounts.exportMe, { body: {} });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      format: "gatehouse.person/1",
      person: {
        id,
        name: "Bob",
        email: BOB,
        phone: BOB_PHONE,
        address: "2 Quai Sud",
        identityNumber: "XY 99",
      },
      sessions: [{ client: expect.any(String) }],
      ledger_entries: [{ kind: "login.done", by: id }],
    });
    expect(JSON.stringify(body)).not.toMatch(/argon2|hash|sealed/i);
    const other = await owner.call(accounts.exportPerson, { params: { id }, body: {} });
    expect(other.body.person.email).toBe(BOB);
    expect(kinds(house).filter((kind) => kind === "person.exported")).toHaveLength(2);
  });
});

describe("an erasure", () => {
  it("by the person waits three days, can be withdrawn, and then leaves nothing personal", async () => {
    const erased: unknown[] = [];
    const holder: PersonalDataHolder = {
      name: "ledger_entries",
      async *read() {},
      async erase(_tx, { personId }, texts) {
        erased.push([personId, texts]);
        return ["ledger_entries"];
      },
    };
    await using house = await openHouse({ holders: () => [holder] });
    const owner = await withOwner(house);
    const { browser, id } = await bob(house, owner);
    await stepUpByMail(house, browser, BOB);
    expect((await browser.call(accounts.requestErasure, { body: {} })).body.state).toBe("requested");
    expect((await browser.call(accounts.withdrawErasure)).status).toBe(200);
    expect((await browser.call(accounts.withdrawErasure)).code).toBe("account.state");
    await stepUpByMail(house, browser, BOB);
    await browser.call(accounts.requestErasure, { body: {} });
    house.clock.advance(71 * HOUR);
    await runJob(house, "accounts.people");
    expect(erased).toEqual([]);
    house.clock.advance(HOUR);
    await runJob(house, "accounts.people");
    expect(erased).toEqual([[id, [BOB, BOB_PHONE]]]);
    expect(await me(browser)).toBe(401);
    const again = await house.owner();
    const seen = (await again.call(accounts.getPerson, { params: { id } })).body;
    expect(seen.person).toMatchObject({ name: "", email: "", state: "erased" });
    expect(seen.erasure).toMatchObject({ state: "done", requestedBy: "person", kept: ["ledger_entries"] });
    const last = lastTo(house.messages, BOB);
    expect([last.purpose, last.text.includes("audit log")]).toEqual(["erased", true]);
    for (const table of ["people", "sessions", "sign_ups", "mail_requests", "invitations"]) {
      const rows = await house.query(`select * from ${table}`);
      // The owner's hash is random text, in which anything may stand.
      const kept = JSON.stringify(rows.map(({ password_hash: _, ...row }) => row));
      expect(kept, table).not.toMatch(/bob|Quai Sud|198\.51\.100\.9/i);
    }
    const [row] = await house.query("select password_hash from people where id = $1", [id]);
    expect(row).toEqual({ password_hash: "" });
  });

  it("holds when a backup from before is put back", async () => {
    let ids: readonly string[] = [];
    const erasedIds = {
      read: async () => ids,
      async write(next: readonly string[]) {
        ids = next;
      },
    };
    await using house = await openHouse({ erasedIds });
    const owner = await withOwner(house);
    const { id } = await bob(house, owner);
    const [before] = await house.query("select name, email, email_key from people where id = $1", [id]);
    await owner.call(accounts.erasePerson, { params: { id }, body: {} });
    expect(ids).toEqual([id]);
    await house.query(
      "update people set state = 'active', name = $2, email = $3, email_key = $4 where id = $1",
      [id, ...Object.values(before ?? {})],
    );
    const told = house.messages.length;
    await house.accounts.start?.();
    const [after] = await house.query("select state, email from people where id = $1", [id]);
    expect([after, house.messages.length]).toEqual([{ state: "erased", email: "" }, told]);
  });

  it("by an owner happens at once, once, and never to oneself or the last owner", async () => {
    await using house = await openHouse();
    const owner = await withOwner(house);
    const { browser, id } = await bob(house, owner);
    const erase = (person: string) => owner.call(accounts.erasePerson, { params: { id: person }, body: {} });
    expect((await erase(id)).body.person.state).toBe("erased");
    expect((await erase(id)).code).toBe("account.state");
    expect(await me(browser)).toBe(401);
    const [row] = await house.query("select id from people where role = 'owner'");
    expect((await erase(row?.id as string)).code).toBe("account.own");
    expect((await owner.call(accounts.requestErasure, { body: {} })).code).toBe("account.last_owner");
    await bob(house, owner);
  });
});

describe("an import", () => {
  const run = (browser: Browser, people: object[]) =>
    browser.call(accounts.importPeople, { body: { people } });

  it("takes hashes of other systems as they are, and mails a link to those without one", async () => {
    await using house = await openHouse();
    const owner = await withOwner(house);
    const people = [
      { Name: "A", "E-Mail": "a@example.org", mobile: BOB_PHONE, password: PBKDF2, address: "" },
      { name: "B", email: "b@example.org", passwordHash: `$2b$12$${"a".repeat(53)}` },
      { name: "C", email: "c@example.org", language: "fr" },
    ];
    const checked = await owner.call(accounts.checkImport, { body: { people } });
    expect(checked.body).toEqual({ people: 3, withHash: 2, withoutHash: 1, problems: [] });
    expect(await house.query("select count(*)::int as n from people")).toEqual([{ n: 1 }]);
    expect((await run(owner, people)).status).toBe(201);
    const rows = await house.query(
      "select email, role, state, password_hash from people where role = 'customer' order by email",
    );
    expect(rows).toMatchObject([
      { email: "a@example.org", state: "active", password_hash: PBKDF2 },
      { email: "b@example.org", state: "active" },
      { email: "c@example.org", state: "active", password_hash: "" },
    ]);
    expect(purposes(house.messages)).toEqual(["email welcome_import"]);
    expect(lastTo(house.messages, "c@example.org").subject).toContain("a déménagé");
    expect(kinds(house)).toContain("person.imported");
  });

  it("with a problem in any line takes nobody, and names every line", async () => {
    await using house = await openHouse();
    const owner = await withOwner(house);
    const refused = await run(owner, [
      { name: "A", email: "a@example.org" },
      { name: "", email: "b@example.org" },
      { name: "C", email: "not an address" },
      { name: "D", email: "A@EXAMPLE.ORG" },
      { name: "E", email: OWNER.email },
      { name: "F", email: "f@example.org", passwordHash: "hunter2" },
      { name: "G", email: "g@example.org", passwordHash: `pbkdf2:sha256:99999999$x$${"a".repeat(64)}` },
      { name: "H", email: "h@example.org", shoe: "44" },
      { name: "I", email: "i@example.org", phone: "12" },
    ]);
    expect([refused.status, refused.code]).toEqual([422, "people.import_refused"]);
    expect(
      refused.body.problems.map(
        ({ line, field, code }: Record<string, unknown>) => `${line} ${field} ${code}`,
      ),
    ).toEqual([
      "2 name missing",
      "3 email malformed",
      "4 email email_twice",
      "5 email email_taken",
      "6 passwordHash hash_unknown",
      "7 passwordHash hash_too_costly",
      "8 shoe unknown_field",
      "9 phone malformed",
    ]);
    expect(await house.query("select count(*)::int as n from people")).toEqual([{ n: 1 }]);
    expect(house.messages).toEqual([]);
  });
});
