import { silentLogger } from "@gatehouse/base";
import { accounts } from "@gatehouse/contract";
import { expect, test, vi } from "vitest";
import {
  addEmail,
  addPerson,
  addTotp,
  appCode,
  lastToken,
  otherThan,
  PASSWORD,
} from "../testing/factor-steps.ts";
import { type Browser, type House, OWNER, openHouse, PUBLIC_URL } from "../testing/house.ts";

const MINUTE_MS = 60_000;
const LINK = "__Host-gh-link";
const NEXT = "gravel pony 7 lantern mist";

const mails = (house: House, purpose: string) =>
  house.messages.filter((message) => message.purpose === purpose);
const request = (browser: Browser, email = OWNER.email) =>
  browser.call(accounts.requestLoginLink, { body: { email } });
const open = (browser: Browser, token: string) => browser.call(accounts.openLoginLink, { body: { token } });
const PATIENT = { timeout: 30_000 };
const settled = (house: House) =>
  vi.waitFor(async () => {
    const waiting = await house.query("select 1 from mail_requests where token_hash is null");
    expect(waiting).toEqual([]);
  }, PATIENT);

async function mailed(house: House, browser: Browser, email = OWNER.email): Promise<string> {
  const before = house.messages.length;
  await request(browser, email);
  await vi.waitFor(() => expect(house.messages.length).toBeGreaterThan(before), PATIENT);
  await settled(house);
  return lastToken(house);
}

test("a link logs in the browser that asked for it, once, by POST", async () => {
  await using house = await openHouse();
  await house.owner();
  const browser = house.browser();
  const token = await mailed(house, browser);
  expect(house.messages.at(-1)).toMatchObject({ to: OWNER.email, class: "asked", purpose: "sign_in_link" });
  expect(house.messages.at(-1)?.text).toContain(`${PUBLIC_URL}/login/link#${token}`);
  expect((await open(browser, token)).body).toMatchObject({
    step: "done",
    me: { person: { email: OWNER.email } },
  });
  expect((await browser.call(accounts.getMe)).status).toBe(200);
  expect((await open(browser, token)).code).toBe("auth.link_invalid");
});

test("a link for which the database failed once is mailed all the same", async () => {
  await using house = await openHouse();
  await house.owner();
  const failures = vi.spyOn(silentLogger, "error");
  await house.query("alter table people rename to people_gone");
  await request(house.browser());
  await vi.waitFor(
    () => expect(failures).toHaveBeenCalledWith(expect.anything(), "login.links_failed"),
    PATIENT,
  );
  failures.mockRestore();
  await house.query("alter table people_gone rename to people");
  house.clock.advance(5_000);
  await vi.waitFor(() => expect(mails(house, "sign_in_link")).toHaveLength(1), PATIENT);
});

test("in another browser the link opens nothing, and stays good in its own", async () => {
  await using house = await openHouse();
  await house.owner();
  const browser = house.browser();
  const token = await mailed(house, browser);
  const thief = house.browser();
  expect((await open(thief, token)).code).toBe("auth.link_invalid");
  thief.cookies.set(LINK, "AAAAAAAAAAAAAAAAAAAAAA");
  expect((await open(thief, token)).code).toBe("auth.link_invalid");
  expect((await open(browser, token)).status).toBe(200);
});

test("it ends after ten minutes, and with a later one asked for in the same browser", async () => {
  await using house = await openHouse();
  await house.owner();
  const browser = house.browser();
  const first = await mailed(house, browser);
  const second = await mailed(house, browser);
  const other = house.browser();
  const third = await mailed(house, other);
  expect((await open(browser, first)).code).toBe("auth.link_invalid");
  house.clock.advance(9 * MINUTE_MS);
  expect((await open(browser, second)).status).toBe(200);
  house.clock.advance(MINUTE_MS);
  expect((await open(other, third)).code).toBe("auth.link_invalid");
});

test("the answer is the same for an address without an account, which gets no mail", async () => {
  await using house = await openHouse();
  await house.owner();
  const ask = async (email: string) => {
    const { status, body, setCookies } = await request(house.browser(), email);
    return { status, body, cookies: setCookies.map((text) => text.replace(/=[^;]+/, "")) };
  };
  const known = await ask(OWNER.email);
  const unknown = await ask("nobody@example.org");
  expect(unknown).toEqual(known);
  expect(known.status).toBe(202);
  await settled(house);
  expect(house.messages).toHaveLength(1);
  const reset = async (email: string) => {
    const { status, body, setCookies } = await house
      .browser()
      .call(accounts.requestPasswordReset, { body: { email } });
    return { status, body, setCookies };
  };
  expect(await reset("nobody@example.org")).toEqual(await reset(OWNER.email));
});

test("a request is kept until it was looked up, also over a crash right after the answer", async () => {
  await using house = await openHouse();
  await house.owner();
  await house.query(
    `insert into mail_requests (id, purpose, email_key, browser_hash, requested_at, expires_at)
     values (gen_random_uuid(), 'login', $1, 'x', $2, $3)`,
    [OWNER.email.toLowerCase(), new Date(house.clock.nowMs()), new Date(house.clock.nowMs() + MINUTE_MS)],
  );
  await house.accounts.start?.();
  await settled(house);
  expect(mails(house, "sign_in_link")).toHaveLength(1);
});

test("strangers get five links an hour mailed to one person, and do not use up the person's own", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  for (let i = 0; i < 9; i++)
    expect((await request(house.browser({ address: `198.51.100.${i}` }))).status).toBe(202);
  await settled(house);
  expect(mails(house, "sign_in_link")).toHaveLength(5);
  expect((await open(owner, await mailed(house, owner))).status).toBe(200);
  house.clock.advance(61 * MINUTE_MS);
  await mailed(house, house.browser());
  expect(mails(house, "sign_in_link")).toHaveLength(7);
});

test("the link is one factor: with an app the app's code comes after it", async () => {
  await using house = await openHouse();
  const secret = await addTotp(house, await house.owner());
  const browser = house.browser();
  const reply = await open(browser, await mailed(house, browser));
  expect(reply.body).toMatchObject({
    step: "factor_needed",
    factors: [{ factor: "totp" }, { factor: "recovery" }],
  });
  expect((await browser.call(accounts.getMe)).status).toBe(401);
  const body = { factor: "totp", code: appCode(secret, house.clock.nowMs()) };
  expect((await browser.call(accounts.answerLogin, { body })).body.step).toBe("done");
});

test("link and mailed code prove the same mailbox: after the link the password is asked for instead", async () => {
  await using house = await openHouse();
  await addEmail(house, await house.owner());
  const browser = house.browser();
  const reply = await open(browser, await mailed(house, browser));
  expect(reply.body.factors.map(({ factor }: accounts.FactorChoice) => factor)).toEqual([
    "password",
    "recovery",
  ]);
  expect((await browser.call(accounts.sendLoginCode, { body: { factor: "email" } })).code).toBe(
    "auth.factor_unavailable",
  );
  const give = (password: string) =>
    browser.call(accounts.answerLogin, { body: { factor: "password", password } });
  expect((await give("wrong")).code).toBe("auth.invalid_credentials");
  expect((await give(OWNER.password)).body.step).toBe("done");
  expect(house.events.at(-1)).toMatchObject({ data: { first: "email_link", factor: "password" } });
});

test("the password is no second step where it was the first", async () => {
  await using house = await openHouse();
  await addEmail(house, await house.owner());
  const browser = house.browser();
  await browser.call(accounts.login, { body: PASSWORD });
  const body = { factor: "password", password: OWNER.password };
  expect((await browser.call(accounts.answerLogin, { body })).code).toBe("auth.factor_unavailable");
});

test("a customer gets in by the link alone", async () => {
  await using house = await openHouse();
  await house.owner();
  await addPerson(house, "cara@example.org", "customer");
  const browser = house.browser();
  expect((await open(browser, await mailed(house, browser, "cara@example.org"))).body.step).toBe("done");
});

test("a locked account gets no link, and one mailed before is worth nothing", async () => {
  await using house = await openHouse();
  await house.owner();
  const browser = house.browser();
  const token = await mailed(house, browser);
  await house.query("update people set state = 'disabled'");
  expect((await open(browser, token)).code).toBe("auth.link_invalid");
  await request(browser);
  await settled(house);
  expect(mails(house, "sign_in_link")).toHaveLength(1);
});

test("only hashes of links are stored", async () => {
  await using house = await openHouse();
  await house.owner();
  const browser = house.browser();
  const token = await mailed(house, browser);
  const stored = JSON.stringify(await house.query("select * from mail_requests"));
  expect(stored).not.toContain(token);
  expect(stored).not.toContain(browser.cookies.get(LINK));
});

async function resetLink(house: House): Promise<string> {
  const before = mails(house, "reset").length;
  await house.browser().call(accounts.requestPasswordReset, { body: { email: OWNER.email } });
  await vi.waitFor(() => expect(mails(house, "reset")).toHaveLength(before + 1), PATIENT);
  await settled(house);
  return lastToken(house);
}
const reset = (browser: Browser, token: string, password = NEXT) =>
  browser.call(accounts.resetPassword, { body: { token, password } });

test("a reset link sets a new password once, in any browser; every session ends and second factors stay", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const secret = await addTotp(house, owner);
  const token = await resetLink(house);
  const browser = house.browser();
  expect((await reset(browser, token, "password1234")).code).toBe("auth.password_weak");
  expect((await reset(browser, token)).status).toBe(200);
  expect((await reset(browser, token)).code).toBe("auth.link_invalid");
  expect((await owner.call(accounts.getMe)).code).toBe("auth.session_ended");
  expect((await browser.call(accounts.login, { body: PASSWORD })).code).toBe("auth.invalid_credentials");
  const login = await browser.call(accounts.login, { body: { ...PASSWORD, password: NEXT } });
  expect(login.body.factors[0]).toEqual({ factor: "totp" });
  const code = appCode(secret, house.clock.nowMs());
  expect((await browser.call(accounts.answerLogin, { body: { factor: "totp", code } })).status).toBe(200);
  expect(mails(house, "password_changed")).toHaveLength(1);
  expect(house.events.map(({ kind }) => kind)).toContain("password.reset");
});

test("a reset link ends after half an hour, with a later one, and with a change of password", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const first = await resetLink(house);
  const second = await resetLink(house);
  expect((await reset(house.browser(), first)).code).toBe("auth.link_invalid");
  const body = { current: OWNER.password, next: NEXT };
  await owner.call(accounts.changePassword, { body });
  expect((await reset(house.browser(), second)).code).toBe("auth.link_invalid");
  const third = await resetLink(house);
  house.clock.advance(30 * MINUTE_MS);
  expect((await reset(house.browser(), third)).code).toBe("auth.link_invalid");
});

test("a log-in link resets no password, and a reset link logs nobody in", async () => {
  await using house = await openHouse();
  await house.owner();
  const browser = house.browser();
  const link = await mailed(house, browser);
  const token = await resetLink(house);
  expect((await reset(browser, link)).code).toBe("auth.link_invalid");
  expect((await open(browser, token)).code).toBe("auth.link_invalid");
  expect((await open(browser, otherThan(token))).status).toBe(400);
});
