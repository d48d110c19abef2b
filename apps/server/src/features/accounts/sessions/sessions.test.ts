import { accounts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { type Browser, OWNER, openHouse } from "../testing/house.ts";
import { runJob } from "../testing/jobs.ts";
import { stepUp } from "../testing/step-up.ts";
import { MAX_SESSIONS } from "./session-service.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const ACCESS = "__Host-gh-access";
const REFRESH = "__Host-gh-refresh";

const refresh = (browser: Browser) => browser.call(accounts.refresh);
const me = async (browser: Browser) => (await browser.call(accounts.getMe)).status;

test("an access cookie lasts ten minutes, and the refresh cookie brings the next one", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  house.clock.advance(9 * MINUTE_MS);
  expect(await me(owner)).toBe(200);
  house.clock.advance(2 * MINUTE_MS);
  expect((await owner.call(accounts.getMe)).code).toBe("auth.required");
  const before = owner.cookies.get(REFRESH);
  expect((await refresh(owner)).status).toBe(200);
  expect(owner.cookies.get(REFRESH)).not.toBe(before);
  expect(await me(owner)).toBe(200);
});

test("two tabs that refresh at once both go on, and so does the session", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const tab = house.browser();
  for (const [name, value] of owner.cookies) tab.cookies.set(name, value);
  const replies = await house.atOnce("sessions", () => [
    refresh(owner),
    refresh(tab),
    refresh(owner),
    refresh(tab),
  ]);
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const news = replies.flatMap(({ setCookies }) => setCookies.filter((text) => text.startsWith(REFRESH)));
  expect(news).toHaveLength(1);
  owner.cookies.set(REFRESH, (news[0] as string).split(/[=;]/, 2)[1] as string);
  house.clock.advance(11 * MINUTE_MS);
  expect((await refresh(owner)).status).toBe(200);
  expect(await me(owner)).toBe(200);
});

test.each([
  ["the one before", 1],
  ["one of long ago", 3],
])("a used refresh secret, %s, ends the session for thief and owner", async (_, turns) => {
  await using house = await openHouse();
  const owner = await house.owner();
  const thief = house.browser({ address: "198.51.100.66" });
  thief.cookies.set(REFRESH, owner.cookies.get(REFRESH) as string);
  for (let i = 0; i < turns; i++) {
    expect((await refresh(owner)).status).toBe(200);
    house.clock.advance(MINUTE_MS);
  }
  const ended: string[] = [];
  house.bus.subscribe("session.ended", ({ sessionId }) => ended.push(sessionId));
  expect((await refresh(thief)).code).toBe("auth.session_ended");
  expect(thief.cookies.has(REFRESH)).toBe(false);
  expect((await owner.call(accounts.getMe)).code).toBe("auth.session_ended");
  expect((await refresh(owner)).code).toBe("auth.session_ended");
  expect(ended).toHaveLength(1);
  expect(house.events.at(-1)).toMatchObject({
    kind: "session.theft_suspected",
    subject: { kind: "session" },
  });
});

test("a made-up secret for a session that exists is refused and ends nothing", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const { sessionId } = (await owner.call(accounts.getMe)).body;
  const real = owner.cookies.get(REFRESH) as string;
  const [, nonce, mac] = real.split(".");
  const forged = [
    "x",
    "..",
    `${sessionId}..`,
    `${sessionId}.AAAA.${mac}`,
    `${sessionId}.${nonce}.AAAA`,
    `${sessionId.replace(/.$/, "0")}x.${nonce}.${mac}`,
    `${real}.x`,
    `${real}A`,
    real.toUpperCase(),
  ];
  for (const cookie of forged) {
    const thief = house.browser();
    thief.cookies.set(REFRESH, cookie);
    expect((await refresh(thief)).code).toBe("auth.session_ended");
  }
  expect((await house.browser().call(accounts.refresh)).code).toBe("auth.session_ended");
  expect(await me(owner)).toBe(200);
  expect((await refresh(owner)).status).toBe(200);
});

test("only hashes of secrets are stored", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const [, nonce] = (owner.cookies.get(REFRESH) as string).split(".");
  const stored = JSON.stringify([
    await house.query("select * from sessions"),
    await house.query("select * from people"),
  ]);
  expect(stored).not.toContain(nonce);
  expect(stored).not.toContain(OWNER.password);
});

test("a session ends after two weeks without use, and after ninety days in any case", async () => {
  await using house = await openHouse();
  const idle = await house.owner();
  house.clock.advance(15 * DAY_MS);
  expect((await refresh(idle)).code).toBe("auth.session_ended");
  const busy = await house.owner();
  for (let day = 0; day < 89; day += 10) {
    expect((await refresh(busy)).status).toBe(200);
    house.clock.advance(10 * DAY_MS);
  }
  expect((await refresh(busy)).code).toBe("auth.session_ended");
});

test("a session that has run out is over within a minute on connections that ask for nothing", async () => {
  await using house = await openHouse();
  const { sessionId } = (await (await house.owner()).call(accounts.getMe)).body;
  const ended: string[] = [];
  house.bus.subscribe("session.ended", (one) => ended.push(one.sessionId));
  house.clock.advance(14 * DAY_MS - 1);
  await runJob(house, "accounts.sessions");
  expect(ended).toEqual([]);
  const later = await house.owner();
  house.clock.advance(1);
  await runJob(house, "accounts.sessions");
  await runJob(house, "accounts.sessions");
  expect(ended).toEqual([sessionId]);
  expect(house.events.at(-1)).toMatchObject({
    kind: "session.ended",
    subject: { id: sessionId },
    data: { expired: true },
  });
  expect(await me(later)).toBe(200);
});

test("sessions are listed with their browser, ended one by one, and an ended one is out at its next request", async () => {
  await using house = await openHouse();
  const owner = await house.owner({
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  });
  house.clock.advance(MINUTE_MS);
  const phone = await house.owner({
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
  });
  const { items } = (await owner.call(accounts.listSessions)).body;
  expect(items.map(({ client, current }: accounts.Session) => [client, current])).toEqual([
    ["Safari 18 on iOS", false],
    ["Firefox 140 on Linux", true],
  ]);
  const ended: string[] = [];
  house.bus.subscribe("session.ended", ({ sessionId }) => ended.push(sessionId));
  const id = items[0].id;
  expect((await owner.call(accounts.endSession, { params: { id } })).status).toBe(200);
  expect(ended).toEqual([id]);
  expect((await phone.call(accounts.getMe)).code).toBe("auth.session_ended");
  expect((await owner.call(accounts.endSession, { params: { id } })).code).toBe("account.not_found");
  const unknown = { id: "00000000-0000-7000-8000-000000000000" };
  expect((await owner.call(accounts.endSession, { params: unknown })).code).toBe("account.not_found");
});

test("nobody can end another person's session", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const { sessionId } = (await owner.call(accounts.getMe)).body;
  await house.query(`
    insert into people (id, tenant_id, name, email, email_key, password_hash, role, language, created_at)
    select '00000000-0000-7000-8000-000000000009', tenant_id, 'Bob', 'bob@example.org', 'bob@example.org',
      password_hash, 'auditor', 'en', created_at from people`);
  const bob = house.browser();
  const body = { email: "bob@example.org", password: OWNER.password };
  expect((await bob.call(accounts.login, { body })).status).toBe(200);
  expect((await bob.call(accounts.endSession, { params: { id: sessionId } })).code).toBe("account.not_found");
  expect((await bob.call(accounts.endOtherSessions)).body.ended).toBe(0);
  expect((await bob.call(accounts.listSessions)).body.items).toHaveLength(1);
  expect(await me(owner)).toBe(200);
  const people = (await owner.call(accounts.listPeople)).body.items;
  expect(people.map(({ name, role }: accounts.Person) => [name, role])).toEqual([
    ["Ada Lovelace", "owner"],
    ["Bob", "auditor"],
  ]);
});

test("all others are ended at once, and this one stays", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const others = [await house.owner(), await house.owner()];
  expect((await owner.call(accounts.endOtherSessions)).body).toEqual({ ended: 2 });
  expect(await Promise.all(others.map(me))).toEqual([401, 401]);
  expect(await me(owner)).toBe(200);
});

test.each([
  ["while the access cookie is good", [REFRESH]],
  ["after the access cookie has run out", [ACCESS]],
])("logging out %s ends the session on the server too", async (_, missing) => {
  await using house = await openHouse();
  const owner = await house.owner();
  const copy = new Map(owner.cookies);
  for (const name of missing) owner.cookies.delete(name);
  expect((await owner.call(accounts.logout)).status).toBe(200);
  const thief = house.browser();
  for (const [name, value] of copy) thief.cookies.set(name, value);
  expect((await thief.call(accounts.getMe)).code).toBe("auth.session_ended");
  expect((await refresh(thief)).code).toBe("auth.session_ended");
  expect([...owner.cookies.keys()]).toEqual(["__Host-gh-known"]);
});

test("logging out without a session is no error", async () => {
  await using house = await openHouse();
  const nobody = house.browser();
  nobody.cookies.set(ACCESS, "rubbish").set(REFRESH, "rubbish");
  expect((await nobody.call(accounts.logout)).status).toBe(200);
});

test("logging in anew in a browser ends the session that it held before", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const before = house.browser();
  for (const [name, value] of owner.cookies) before.cookies.set(name, value);
  const body = { email: OWNER.email, password: OWNER.password };
  expect((await owner.call(accounts.login, { body })).status).toBe(200);
  expect((await before.call(accounts.getMe)).code).toBe("auth.session_ended");
  expect((await refresh(before)).code).toBe("auth.session_ended");
  expect((await owner.call(accounts.listSessions)).body.items).toHaveLength(1);
});

test("who confirms within a session gets new cookies, and what was copied of the old ones is worth nothing", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const { sessionId } = (await owner.call(accounts.getMe)).body;
  house.clock.advance(MINUTE_MS);
  const thief = house.browser();
  for (const [name, value] of owner.cookies) thief.cookies.set(name, value);
  const wrong = { body: { factor: "password", password: "not this one" } };
  expect((await owner.call(accounts.stepUp, wrong)).code).toBe("auth.invalid_credentials");
  expect(await me(thief)).toBe(200);
  await stepUp(owner);
  expect((await thief.call(accounts.getMe)).code).toBe("auth.required");
  expect((await owner.call(accounts.getMe)).body).toMatchObject({
    sessionId,
    stepUpMs: house.clock.nowMs(),
  });
  house.clock.advance(MINUTE_MS);
  expect((await refresh(owner)).status).toBe(200);
  expect(await me(owner)).toBe(200);
  expect((await refresh(thief)).code).toBe("auth.session_ended");
});

test("a tab that refreshes while another one confirms goes on", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  house.clock.advance(MINUTE_MS);
  const tab = house.browser();
  for (const [name, value] of owner.cookies) tab.cookies.set(name, value);
  await stepUp(owner);
  expect((await refresh(tab)).status).toBe(200);
  expect(await me(tab)).toBe(200);
  expect(await me(owner)).toBe(200);
  house.clock.advance(MINUTE_MS);
  expect((await refresh(owner)).status).toBe(200);
});

test("a tab that confirms just after another one refreshed keeps that one's secret", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  house.clock.advance(MINUTE_MS);
  expect((await refresh(owner)).status).toBe(200);
  const secret = owner.cookies.get(REFRESH);
  await stepUp(owner);
  expect(owner.cookies.get(REFRESH)).toBe(secret);
  expect(await me(owner)).toBe(200);
});

test("sessions are ended by who has just proved who they are, not by whoever finds a browser open", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const phone = await house.owner();
  const { sessionId: id } = (await phone.call(accounts.getMe)).body;
  house.clock.advance(6 * MINUTE_MS);
  const asked = [
    await owner.call(accounts.endSession, { params: { id } }),
    await owner.call(accounts.endOtherSessions),
    await owner.call(accounts.endEverySession),
  ];
  expect(asked.map(({ code }) => code)).toEqual(Array(3).fill("auth.step_up_required"));
  expect(await me(phone)).toBe(200);
  await stepUp(owner);
  expect((await owner.call(accounts.endSession, { params: { id } })).status).toBe(200);
  expect((await phone.call(accounts.getMe)).code).toBe("auth.session_ended");
});

test("a person has at most fifty sessions: the one used longest ago makes room", async () => {
  await using house = await openHouse();
  const first = await house.owner();
  await house.query(
    `insert into sessions (id, person_id, client, created_at, last_used_at, expires_at, refresh_hash, rotated_at)
     select gen_random_uuid(), person_id, '', created_at, last_used_at + interval '1 second', expires_at, '', rotated_at
     from sessions, generate_series(1, $1)`,
    [MAX_SESSIONS - 1],
  );
  expect(await me(first)).toBe(200);
  house.clock.advance(2_000);
  const latest = await house.owner();
  expect((await first.call(accounts.getMe)).code).toBe("auth.session_ended");
  expect((await latest.call(accounts.listSessions)).body.items).toHaveLength(MAX_SESSIONS);
});

test("one's own name, language, theme and shortcuts are changed, and nothing else", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const change = { name: "Ada, Countess", language: "fr", theme: "dark", singleKeys: false };
  expect((await owner.call(accounts.updateMe, { body: change })).body.person).toMatchObject(change);
  expect((await owner.call(accounts.getMe)).body.person).toMatchObject(change);
  expect((await owner.call(accounts.updateMe, { body: {} })).body.person).toMatchObject(change);
  const raise = await owner.call(accounts.updateMe, { body: { role: "owner" } });
  expect(raise.code).toBe("request.invalid");
});
