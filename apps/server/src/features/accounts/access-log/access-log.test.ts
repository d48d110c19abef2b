import { type AnyEndpoint, accounts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { type Browser, OWNER, openHouse } from "../testing/house.ts";

const DAY_MS = 86_400_000;

const read = async (browser: Browser, query: Record<string, string> = {}) =>
  (await browser.call(accounts.listAccessLog, { query })).body as {
    items: accounts.AccessEntry[];
    next?: string;
  };

test("every log-in, good and bad, and every end of a session is there with who, whence and with what", async () => {
  await using house = await openHouse();
  const owner = await house.owner({ userAgent: "curl/8.5.0" });
  const stranger = house.browser({ address: "2001:db8::66", userAgent: "<script>alert(1)</script>" });
  const guess = (email: string) => stranger.call(accounts.login, { body: { email, password: "wrong" } });
  await guess("<img src=x onerror=alert(1)>@example.org");
  await guess(OWNER.email);
  await house.owner({ address: "198.51.100.2" });
  await owner.call(accounts.endOtherSessions);
  await owner.call(accounts.logout);
  const again = await house.owner();
  const { items } = await read(again);
  expect(items.map(({ id: _id, atMs: _atMs, ...entry }) => entry).slice(1)).toEqual([
    {
      kind: "logout",
      outcome: "ok",
      personName: OWNER.name,
      email: OWNER.email,
      address: "203.0.113.7",
      client: "curl 8",
    },
    {
      kind: "session_ended",
      outcome: "ok",
      personName: OWNER.name,
      address: "203.0.113.7",
      client: "curl 8",
    },
    {
      kind: "login",
      outcome: "ok",
      personName: OWNER.name,
      email: OWNER.email,
      address: "198.51.100.2",
      client: "Unknown client",
    },
    {
      kind: "login",
      outcome: "refused",
      reason: "credentials",
      personName: OWNER.name,
      email: OWNER.email,
      address: "2001:db8::66",
      client: "Unknown client",
    },
    {
      kind: "login",
      outcome: "refused",
      reason: "credentials",
      email: "<img src=x onerror=alert(1)>@example.org",
      address: "2001:db8::66",
      client: "Unknown client",
    },
    {
      kind: "setup",
      outcome: "ok",
      personName: OWNER.name,
      email: OWNER.email,
      address: "203.0.113.7",
      client: "curl 8",
    },
  ]);
});

test("pages follow one another without a gap, and filters hold over pages", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  await house.query(`
    insert into access_log (tenant_id, at, kind, outcome, email, address, client)
    select (select id from tenants), now(), 'login', case when n % 2 = 0 then 'ok' else 'refused' end,
      'p' || n || '_%@example.org', '192.0.2.' || n, 'curl 8' from generate_series(1, 25) n`);
  const seen: string[] = [];
  let page = await read(owner, { limit: "7", outcome: "refused" });
  for (;;) {
    seen.push(...page.items.map(({ email }) => email ?? ""));
    if (page.next === undefined) break;
    page = await read(owner, { limit: "7", outcome: "refused", before: page.next });
  }
  expect(seen).toEqual([25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1].map((n) => `p${n}_%@example.org`));
  expect((await read(owner, { kind: "setup" })).items).toHaveLength(1);
  expect((await read(owner, { q: "P7_%@EX" })).items).toHaveLength(1);
  expect((await read(owner, { q: "7%x" })).items).toHaveLength(0);
  expect((await read(owner, { q: "ada" })).items).toHaveLength(1);
  expect((await read(owner, { limit: "0" })).items).toHaveLength(1);
  expect((await read(owner, { limit: "999" })).items).toHaveLength(26);
});

test("another tenant's entries are not shown, those of strangers are", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const other = "00000000-0000-7000-8000-00000000000f";
  await house.query("insert into tenants values ($1, 'Other', now())", [other]);
  await house.query(
    `insert into access_log (tenant_id, at, kind, outcome, address, client)
     values ($1, now(), 'login', 'ok', '192.0.2.1', 'theirs'), (null, now(), 'login', 'refused', '192.0.2.2', 'nobody')`,
    [other],
  );
  expect((await read(owner)).items.map(({ client }) => client)).toEqual(["nobody", "Unknown client"]);
});

test("what the database cannot hold is refused before it is asked", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const hostile: [AnyEndpoint, object][] = [
    [accounts.login, { body: { email: "a\0@b.org", password: "x" } }],
    [accounts.login, { body: { email: "a\ud800@b.org", password: "x" } }],
    [accounts.updateMe, { body: { name: "a\ud800" } }],
    [accounts.listAccessLog, { query: { kind: "a\0" } }],
    [accounts.listAccessLog, { query: { q: "a\0" } }],
    [accounts.listAccessLog, { query: { before: "1e3" } }],
    [accounts.endSession, { params: { id: "x" } }],
  ];
  for (const [endpoint, input] of hostile)
    expect([endpoint.path, (await owner.call(endpoint, input)).code]).toEqual([
      endpoint.path,
      "request.invalid",
    ]);
});

test("the longest page number is an empty page, not an error", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  expect((await read(owner, { before: "9".repeat(18) })).items).toHaveLength(1);
  expect((await read(owner, { before: "0" })).items).toHaveLength(0);
});

test("each night old entries and sessions that are long over are forgotten", async () => {
  await using house = await openHouse({ retentionLogDays: () => 7 });
  await house.owner();
  house.clock.advance(8 * DAY_MS);
  await house.owner();
  house.clock.advance(6 * DAY_MS);
  const retention = house.accounts.jobs?.find(({ name }) => name === "accounts.retention");
  await retention?.run({}, AbortSignal.timeout(10_000));
  expect(await house.query("select kind from access_log")).toEqual([{ kind: "login" }]);
  expect(await house.query("select 1 as n from sessions")).toHaveLength(2);
  house.clock.advance(60 * DAY_MS);
  await retention?.run({}, AbortSignal.timeout(10_000));
  expect(await house.query("select 1 from sessions")).toEqual([]);
});
