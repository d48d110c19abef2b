import { accounts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import {
  addEmail,
  addPasskey,
  addPerson,
  addTotp,
  answer,
  appCode,
  begin,
  givePhone,
  houseWithEmail,
  houseWithTotp,
  lastCode,
  otherThan,
  PASSWORD,
  send,
} from "../testing/factor-steps.ts";
import { type Browser, OWNER, openHouse } from "../testing/house.ts";

const PENDING = "__Host-gh-login";

const isIn = async (browser: Browser) => (await browser.call(accounts.getMe)).status === 200;

test("without a second factor the password is enough, and the browser is told who it is", async () => {
  await using house = await openHouse();
  await house.owner();
  const reply = await begin(house.browser());
  expect(reply.body).toMatchObject({
    step: "done",
    me: { person: { email: OWNER.email }, mustEnrolFactor: false },
  });
});

test("with one the password alone opens nothing, and says what comes next", async () => {
  await using house = await houseWithTotp();
  const browser = house.browser();
  const reply = await begin(browser);
  expect(reply.body).toMatchObject({
    step: "factor_needed",
    factors: [{ factor: "totp" }, { factor: "recovery" }],
  });
  expect(await isIn(browser)).toBe(false);
  expect([...browser.cookies.keys()]).toEqual([PENDING]);
  expect((await browser.call(accounts.getLogin)).body.factors).toEqual(reply.body.factors);
  expect((await answer(browser, "totp", house.code())).body.step).toBe("done");
  expect(await isIn(browser)).toBe(true);
  expect(browser.cookies.has(PENDING)).toBe(false);
});

test("only a hash of what the browser holds is stored of a half-done log-in", async () => {
  await using house = await houseWithTotp();
  const browser = house.browser();
  await begin(browser);
  const [, secret] = (browser.cookies.get(PENDING) as string).split(".");
  expect(JSON.stringify(await house.query("select * from ceremonies"))).not.toContain(secret);
});

test("where a code goes is told covered, and only to whoever had the password", async () => {
  await using house = await houseWithEmail();
  const browser = house.browser();
  expect((await begin(browser)).body.factors[0]).toEqual({ factor: "email", hint: "A•••@Example.org" });
  expect((await send(house.browser())).code).toBe("auth.login_expired");
  expect((await send(browser, "sms")).code).toBe("auth.factor_unavailable");
  expect((await answer(browser, "passkey", "123456")).code).toBe("auth.factor_unavailable");
  expect((await answer(browser, "totp", "123456")).code).toBe("auth.factor_unavailable");
});

test("a half-done log-in comes to nothing when the password is changed, and when it is given up", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const secret = await addTotp(house, owner);
  const thief = house.browser({ address: "198.51.100.9" });
  await begin(thief);
  const body = { current: OWNER.password, next: "gravel pony 7 lantern mist" };
  expect((await owner.call(accounts.changePassword, { body })).status).toBe(200);
  expect((await answer(thief, "totp", appCode(secret, house.clock.nowMs()))).code).toBe("auth.login_expired");
  const browser = house.browser();
  await begin(browser, { ...PASSWORD, password: body.next });
  const cookie = browser.cookies.get(PENDING) as string;
  await browser.call(accounts.cancelLogin);
  browser.cookies.set(PENDING, cookie);
  expect((await browser.call(accounts.getLogin)).code).toBe("auth.login_expired");
});

test("a made-up or altered cookie of a half-done log-in is none", async () => {
  await using house = await houseWithTotp();
  const browser = house.browser();
  await begin(browser);
  const cookie = browser.cookies.get(PENDING) as string;
  const [id] = cookie.split(".");
  for (const forged of [`${id}.`, `${id}.AAAA`, "x.y", "", `${cookie}x`, `00000000${cookie.slice(8)}`]) {
    const thief = house.browser();
    thief.cookies.set(PENDING, forged);
    expect((await answer(thief, "totp", house.code())).code).toBe("auth.login_expired");
  }
});

test("a customer without a factor confirms the password by a mailed code; staff without one gets in", async () => {
  await using house = await openHouse();
  await house.owner();
  const customer = await addPerson(house, "cara@example.org", "customer");
  const browser = house.browser();
  expect((await begin(browser, customer)).body.factors).toEqual([
    { factor: "email", hint: "c•••@example.org" },
  ]);
  await send(browser);
  expect((await answer(browser, "email", lastCode(house))).body.step).toBe("done");
  const auditor = await addPerson(house, "bob@example.org", "auditor");
  expect((await begin(house.browser(), auditor)).body.step).toBe("done");
});

test("an account that is locked or waits answers as a wrong password does, also half-way through", async () => {
  await using house = await houseWithTotp();
  const browser = house.browser();
  await begin(browser);
  for (const state of ["disabled", "waiting", "rejected", "erased"]) {
    await house.query("update people set state = $1", [state]);
    expect((await begin(house.browser({ address: "192.0.2.77" }))).code).toBe("auth.invalid_credentials");
    expect((await answer(browser, "totp", house.code())).code).toBe("auth.login_expired");
  }
});

test("what was done is in the ledger: how somebody came in, and what was refused, without a word about the person", async () => {
  await using house = await houseWithTotp();
  const browser = house.browser();
  await begin(browser);
  await answer(browser, "totp", otherThan(house.code()));
  await answer(browser, "totp", house.code());
  const kinds = house.events.map(({ kind }) => kind);
  expect(kinds).toEqual([
    "installation.created",
    "factor.added",
    "session.stepped_up",
    "login.refused",
    "login.done",
  ]);
  expect(house.events.at(-2)).toMatchObject({ outcome: "refused", data: { act: "login", reason: "code" } });
  expect(house.events.at(-1)).toMatchObject({ data: { first: "password", factor: "totp" } });
  for (const { data } of house.events)
    expect(JSON.stringify(data ?? {})).not.toMatch(/ada|lovelace|example/i);
});

test("somebody is told by mail of a log-in from a browser that was never seen, and not of their own", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  await begin(owner);
  await begin(owner);
  const before = house.messages.length;
  await begin(owner);
  expect(house.messages).toHaveLength(before);
  await begin(house.browser({ address: "198.51.100.9", userAgent: "curl/8" }));
  expect(house.messages.at(-1)).toMatchObject({ purpose: "new_browser", class: "notice" });
  expect(house.messages.at(-1)?.text).toContain("198.51.100.9");
});

test("somebody whose only factor was a number that is gone is not let in by the password alone", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  await givePhone(house, "+33 6 12 34 56 78");
  await owner.call(accounts.startSentCodes, { params: { medium: "sms" } });
  await owner.call(accounts.addSentCodes, { params: { medium: "sms" }, body: { code: lastCode(house) } });
  await house.query("update people set phone = null");
  const browser = house.browser();
  expect((await begin(browser)).body).toMatchObject({
    step: "factor_needed",
    factors: [{ factor: "recovery" }],
  });
  expect(await isIn(browser)).toBe(false);
});

test("a passkey is offered first, then the app, then sent codes", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  await addPasskey(owner);
  await addTotp(house, owner);
  await addEmail(house, owner);
  const { body } = await begin(house.browser());
  expect(body.factors.map(({ factor }: accounts.FactorChoice) => factor)).toEqual([
    "passkey",
    "totp",
    "email",
    "recovery",
  ]);
});
