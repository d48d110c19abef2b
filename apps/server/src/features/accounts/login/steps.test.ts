import { accounts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import {
  addEmail,
  addPasskey,
  addPerson,
  addTotp,
  appCode,
  givePhone,
  lastCode,
  otherThan,
  PASSWORD,
} from "../testing/factor-steps.ts";
import { type Browser, type House, OWNER, openHouse } from "../testing/house.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const PENDING = "__Host-gh-login";

const begin = (browser: Browser, body = PASSWORD) => browser.call(accounts.login, { body });
const answer = (browser: Browser, factor: string, code: string) =>
  browser.call(accounts.answerLogin, { body: { factor, code } });
const send = (browser: Browser, factor = "email") =>
  browser.call(accounts.sendLoginCode, { body: { factor } });
const isIn = async (browser: Browser) => (await browser.call(accounts.getMe)).status === 200;

async function withTotp(): Promise<House & { secret: string; code(step?: number): string }> {
  const house = await openHouse();
  const secret = await addTotp(house, await house.owner());
  return { ...house, secret, code: (step = 0) => appCode(secret, house.clock.nowMs(), step) };
}

async function withEmail(): Promise<House> {
  const house = await openHouse();
  await addEmail(house, await house.owner());
  return house;
}

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
  await using house = await withTotp();
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
  await using house = await withTotp();
  const browser = house.browser();
  await begin(browser);
  const [, secret] = (browser.cookies.get(PENDING) as string).split(".");
  expect(JSON.stringify(await house.query("select * from ceremonies"))).not.toContain(secret);
});

test("a code of the app is good once, also against an older one that was never used", async () => {
  await using house = await withTotp();
  const code = house.code();
  const [first, second] = [house.browser(), house.browser()];
  await begin(first);
  await begin(second);
  expect((await answer(first, "totp", code)).status).toBe(200);
  expect((await answer(second, "totp", code)).code).toBe("auth.code_wrong");
  expect((await answer(second, "totp", house.code(-1))).code).toBe("auth.code_wrong");
  expect((await answer(second, "totp", house.code(1))).status).toBe(200);
});

test("a code mailed for one log-in is worth nothing in another, even of the same person", async () => {
  await using house = await withEmail();
  const [one, other] = [house.browser(), house.browser()];
  await begin(one);
  await begin(other);
  await send(one);
  const code = lastCode(house);
  await send(other);
  expect((await answer(other, "email", code)).code).toBe("auth.code_wrong");
  expect((await answer(one, "email", code)).status).toBe(200);
});

test("whoever can write the database cannot move a code to another log-in", async () => {
  await using house = await withEmail();
  const [one, other] = [house.browser(), house.browser()];
  await begin(one);
  await send(one);
  const code = lastCode(house);
  await begin(other);
  await send(other);
  const [id] = (one.cookies.get(PENDING) as string).split(".");
  await house.query("update ceremonies set code_mac = (select code_mac from ceremonies where id = $1)", [id]);
  expect((await answer(other, "email", code)).code).toBe("auth.code_wrong");
  expect((await answer(one, "email", code)).status).toBe(200);
});

test("a mailed code is good in both tabs of the browser, once", async () => {
  await using house = await withEmail();
  const tab = house.browser();
  await begin(tab);
  await send(tab);
  const code = lastCode(house);
  const other = house.browser();
  other.cookies.set(PENDING, tab.cookies.get(PENDING) as string);
  await begin(other);
  expect(other.cookies.get(PENDING)).toBe(tab.cookies.get(PENDING));
  expect((await answer(other, "email", code)).status).toBe(200);
  expect((await answer(tab, "email", code)).code).toBe("auth.login_expired");
});

test("a code that two tabs send at the same moment lets one in", async () => {
  await using house = await withEmail();
  const tab = house.browser();
  await begin(tab);
  await send(tab);
  const code = lastCode(house);
  const replies = await Promise.all([1, 2, 3].map(() => answer(tab, "email", code)));
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
});

test("a code that has run out, and one of an older mail, say so and cost no try", async () => {
  await using house = await withEmail();
  const browser = house.browser();
  await begin(browser);
  await send(browser);
  const older = lastCode(house);
  house.clock.advance(31_000);
  await send(browser);
  const newer = lastCode(house);
  if (older !== newer) expect((await answer(browser, "email", older)).code).toBe("auth.code_expired");
  house.clock.advance(10 * MINUTE_MS);
  expect((await answer(browser, "email", newer)).code).toBe("auth.login_expired");
  await begin(browser);
  expect((await answer(browser, "email", newer)).code).toBe("auth.code_expired");
  expect(await house.query("select coalesce(sum(wrong), 0)::int as n from code_budgets")).toEqual([{ n: 0 }]);
});

test("a code sent late in a log-in keeps the log-in alive for its ten minutes, up to half an hour", async () => {
  await using house = await withEmail();
  const browser = house.browser();
  await begin(browser);
  house.clock.advance(9 * MINUTE_MS);
  await send(browser);
  house.clock.advance(9 * MINUTE_MS);
  expect((await answer(browser, "email", lastCode(house))).status).toBe(200);
});

test("a clock set back by an hour makes no code live longer", async () => {
  await using house = await withEmail();
  const browser = house.browser();
  await begin(browser);
  await send(browser);
  await house.query("update ceremonies set code_sent_at = code_sent_at + interval '1 hour'");
  expect((await answer(browser, "email", lastCode(house))).code).toBe("auth.code_expired");
});

test("codes are sent every half minute at most, five in one log-in, and the wait is told", async () => {
  await using house = await withEmail();
  const browser = house.browser();
  await begin(browser);
  expect((await send(browser)).status).toBe(200);
  const early = await send(browser);
  expect([early.code, early.body.retryAfterSeconds]).toEqual(["auth.throttled", 30]);
  for (let i = 0; i < 4; i++) {
    house.clock.advance(30_000);
    expect((await send(browser)).status).toBe(200);
  }
  house.clock.advance(30_000);
  expect((await send(browser)).code).toBe("auth.message_limit");
});

test("where a code goes is told covered, and only to whoever had the password", async () => {
  await using house = await withEmail();
  const browser = house.browser();
  expect((await begin(browser)).body.factors[0]).toEqual({ factor: "email", hint: "A•••@Example.org" });
  expect((await send(house.browser())).code).toBe("auth.login_expired");
  expect((await send(browser, "sms")).code).toBe("auth.factor_unavailable");
  expect((await answer(browser, "passkey", "123456")).code).toBe("auth.factor_unavailable");
  expect((await answer(browser, "totp", "123456")).code).toBe("auth.factor_unavailable");
});

test("after five wrong codes the log-in is over", async () => {
  await using house = await withTotp();
  const browser = house.browser();
  await begin(browser);
  const left: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    const reply = await answer(browser, "totp", otherThan(house.code()));
    left.push([reply.code, reply.body.triesLeft]);
  }
  expect(left).toEqual([4, 3, 2, 1].map((n) => ["auth.code_wrong", n]));
  expect((await answer(browser, "totp", otherThan(house.code()))).code).toBe("auth.login_expired");
  expect((await answer(browser, "totp", house.code())).code).toBe("auth.login_expired");
});

test("many wrong codes at once are five at the most", async () => {
  await using house = await withTotp();
  const browser = house.browser();
  await begin(browser);
  const wrong = otherThan(house.code());
  const replies = await Promise.all(Array.from({ length: 12 }, () => answer(browser, "totp", wrong)));
  expect(replies.filter(({ code }) => code === "auth.code_wrong")).toHaveLength(4);
  expect(await house.query("select sum(wrong)::int as n from code_budgets")).toEqual([{ n: 5 }]);
});

async function exhaust(house: House, wrong: () => string): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const stranger = house.browser({ address: `198.51.100.${i}` });
    await begin(stranger);
    await answer(stranger, "totp", wrong());
  }
}

test("after twenty wrong codes a day, from wherever, only another kind of factor helps, until a day has passed", async () => {
  await using house = await withTotp();
  await exhaust(house, () => otherThan(house.code()));
  const browser = house.browser({ address: "192.0.2.1" });
  await begin(browser);
  expect((await answer(browser, "totp", house.code())).code).toBe("auth.codes_exhausted");
  house.clock.advance(DAY_MS + MINUTE_MS);
  await begin(browser);
  expect((await answer(browser, "totp", house.code())).status).toBe(200);
});

test("a recovery code still lets in then, each once, however it is typed", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const { body: start } = await owner.call(accounts.startTotp);
  const now = house.clock.nowMs();
  const { body } = await owner.call(accounts.addTotp, { body: { code: appCode(start.secret, now) } });
  const codes: string[] = body.recoveryCodes;
  expect(new Set(codes).size).toBe(10);
  await exhaust(house, () => otherThan(appCode(start.secret, house.clock.nowMs())));
  const code = codes[3] as string;
  for (const [typed, expected] of [
    [code.toLowerCase().replaceAll("-", " "), 200],
    [code, 422],
  ] as const) {
    const browser = house.browser({ address: "192.0.2.1" });
    await begin(browser);
    expect((await answer(browser, "recovery", typed)).status).toBe(expected);
  }
  const stored = JSON.stringify(await house.query("select * from recovery_codes"));
  for (const one of codes) expect(stored).not.toContain(one);
});

test("a browser that logged in before has codes of its own to get wrong: strangers use up theirs only", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const secret = await addTotp(house, owner);
  await exhaust(house, () => otherThan(appCode(secret, house.clock.nowMs())));
  await begin(owner);
  expect((await answer(owner, "totp", appCode(secret, house.clock.nowMs()))).status).toBe(200);
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
  await using house = await withTotp();
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
  await using house = await withTotp();
  const browser = house.browser();
  await begin(browser);
  for (const state of ["disabled", "waiting", "rejected", "erased"]) {
    await house.query("update people set state = $1", [state]);
    expect((await begin(house.browser({ address: "192.0.2.77" }))).code).toBe("auth.invalid_credentials");
    expect((await answer(browser, "totp", house.code())).code).toBe("auth.login_expired");
  }
});

test("what was done is in the ledger: how somebody came in, and what was refused, without a word about the person", async () => {
  await using house = await withTotp();
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

test("a code by SMS goes to the person's own number, which is shown covered and stored sealed", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  await givePhone(house, "+33 6 12 34 56 78");
  const sent = await owner.call(accounts.startSentCodes, { params: { medium: "sms" } });
  expect(sent.body).toMatchObject({ factor: "sms", hint: "•••• 78" });
  expect(house.messages.at(-1)).toMatchObject({ medium: "sms", to: "+33612345678", purpose: "code" });
  const body = { code: lastCode(house) };
  const added = await owner.call(accounts.addSentCodes, { params: { medium: "sms" }, body });
  expect(added.body.factors.sms).toEqual({ on: true, available: true, hint: "•••• 78" });
  const browser = house.browser();
  expect((await begin(browser)).body.factors[0]).toEqual({ factor: "sms", hint: "•••• 78" });
  await send(browser, "sms");
  expect((await answer(browser, "email", lastCode(house))).code).toBe("auth.factor_unavailable");
  expect((await answer(browser, "sms", lastCode(house))).body.step).toBe("done");
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
