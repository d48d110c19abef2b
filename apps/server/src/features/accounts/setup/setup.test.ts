import { accounts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { OWNER, openHouse } from "../testing/house.ts";

test("the link makes the owner once, logs them in and then works for nobody", async () => {
  await using house = await openHouse();
  const browser = house.browser();
  expect((await browser.call(accounts.getSetup)).body.needed).toBe(true);
  const token = await house.accounts.ensureSetupToken();
  const done = await browser.call(accounts.completeSetup, { body: { ...OWNER, token } });
  expect(done.status).toBe(201);
  expect(done.body).toMatchObject({
    person: { name: OWNER.name, email: OWNER.email, role: "owner" },
    tenant: { id: house.tenants[0], name: OWNER.organisation },
    secure: true,
  });
  expect((await browser.call(accounts.getMe)).body).toEqual(done.body);
  const again = await house.browser().call(accounts.completeSetup, { body: { ...OWNER, token } });
  expect(again.code).toBe("auth.setup_done");
  expect((await browser.call(accounts.getSetup)).body.needed).toBe(false);
  expect(await house.accounts.ensureSetupToken()).toBeUndefined();
  expect(await house.accounts.firstTenantId()).toBe(house.tenants[0]);
});

test("the language of an account is known by its address, and follows the account's own setting", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const tenantId = house.tenants[0] ?? "";
  const find = (email: string) => house.accounts.languageOf(tenantId, email);
  expect([find("ada@example.org"), find(OWNER.email), find("bob@example.org")]).toEqual([
    "en",
    "en",
    undefined,
  ]);
  await owner.call(accounts.updateMe, { body: { language: "fr" } });
  expect(find("ADA@EXAMPLE.ORG")).toBe("fr");
  expect(house.accounts.languageOf("00000000-0000-4000-8000-000000000009", OWNER.email)).toBeUndefined();
});

test("of two people who use the link at the same moment one becomes the owner", async () => {
  await using house = await openHouse();
  const token = await house.accounts.ensureSetupToken();
  const replies = await Promise.all(
    ["a@example.org", "b@example.org", "c@example.org"].map((email) =>
      house.browser().call(accounts.completeSetup, { body: { ...OWNER, email, token } }),
    ),
  );
  expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  expect(await house.query("select email from people")).toHaveLength(1);
  expect(await house.query("select id from tenants")).toHaveLength(1);
  expect(house.tenants).toHaveLength(1);
});

test("a wrong link and the link of an earlier start are refused, and only a hash of the link is kept", async () => {
  await using house = await openHouse();
  const first = await house.accounts.ensureSetupToken();
  const second = await house.accounts.ensureSetupToken();
  for (const token of [first, "", "x", `${second}x`]) {
    const reply = await house.browser().call(accounts.completeSetup, { body: { ...OWNER, token } });
    expect(reply.code).toBe(token === "" ? "request.invalid" : "auth.setup_link_invalid");
  }
  expect(JSON.stringify(await house.query("select * from setup_token"))).not.toContain(second);
  expect(house.events.map(({ kind, data }) => [kind, data?.reason])).toEqual(
    Array(3).fill(["login.refused", "setup_link"]),
  );
  expect(await house.query("select 1 from people")).toEqual([]);
});

test("a weak password changes nothing, and the link still works", async () => {
  await using house = await openHouse();
  const token = await house.accounts.ensureSetupToken();
  const body = { ...OWNER, password: "Ada Lovelace Gatehouse", token };
  const weak = await house.browser().call(accounts.completeSetup, { body });
  expect([weak.status, weak.code, weak.body.tooShort]).toEqual([422, "auth.password_weak", false]);
  expect(await house.query("select 1 from tenants")).toEqual([]);
  const good = await house.browser().call(accounts.completeSetup, { body: { ...OWNER, token } });
  expect(good.status).toBe(201);
});

test("when the first site cannot be made there is no owner either, and the link still works", async () => {
  let fails = true;
  await using house = await openHouse({
    onTenantCreated: async () => {
      if (fails) throw new Error("no site");
    },
  });
  const token = await house.accounts.ensureSetupToken();
  const failed = await house.browser().call(accounts.completeSetup, { body: { ...OWNER, token } });
  expect([failed.status, failed.setCookies]).toEqual([500, []]);
  expect(await house.query("select 1 from people union all select 1 from tenants")).toEqual([]);
  fails = false;
  expect((await house.browser().call(accounts.completeSetup, { body: { ...OWNER, token } })).status).toBe(
    201,
  );
});

test("over TLS every cookie is bound to the host, out of reach of scripts and other sites", async () => {
  await using house = await openHouse();
  const token = await house.accounts.ensureSetupToken();
  const { setCookies } = await house.browser().call(accounts.completeSetup, { body: { ...OWNER, token } });
  expect(setCookies.map((text) => text.split("=", 1)[0]).sort()).toEqual([
    "__Host-gh-access",
    "__Host-gh-known",
    "__Host-gh-refresh",
  ]);
  for (const text of setCookies) {
    expect(text).toMatch(/; Path=\/(;|$)/);
    expect(text).toMatch(/; HttpOnly(;|$)/);
    expect(text).toMatch(/; Secure(;|$)/);
    expect(text).toMatch(/; SameSite=Strict(;|$)/);
    expect(text).not.toMatch(/Domain/i);
  }
});

test("on plain HTTP the same flow works with cookies that claim no more than they hold, and says so", async () => {
  await using house = await openHouse({ secure: false });
  const owner = await house.owner();
  expect([...owner.cookies.keys()].sort()).toEqual(["gh-access", "gh-known", "gh-refresh"]);
  const me = await owner.call(accounts.getMe);
  expect([me.status, me.body.secure]).toEqual([200, false]);
});
