import { accounts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import {
  addEmail,
  addPasskey,
  addPerson,
  addTotp,
  appCode,
  lastCode,
  otherThan,
  PASSWORD,
} from "../testing/factor-steps.ts";
import { type Browser, type House, OWNER, openHouse, PUBLIC_URL } from "../testing/house.ts";
import { SoftwareAuthenticator } from "../testing/software-authenticator.ts";

const MINUTE_MS = 60_000;

const factors = async (browser: Browser): Promise<accounts.Factors> =>
  (await browser.call(accounts.getFactors)).body;
const stepUpByApp = (house: House, browser: Browser, secret: string) =>
  browser.call(accounts.stepUp, { body: { factor: "totp", code: appCode(secret, house.clock.nowMs()) } });

test("an app is set up by its secret or a QR code, and counts only once a code of it was typed", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const { body } = await owner.call(accounts.startTotp);
  expect(body.secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(body.url).toBe(
    `otpauth://totp/R%C3%A9gie%20Nord:Ada%40Example.org?secret=${body.secret}&issuer=R%C3%A9gie%20Nord&algorithm=SHA1&digits=6&period=30`,
  );
  expect((await factors(owner)).totp).toBeUndefined();
  const right = appCode(body.secret, house.clock.nowMs());
  const wrong = await owner.call(accounts.addTotp, { body: { code: otherThan(right) } });
  expect([wrong.code, wrong.body.triesLeft]).toEqual(["auth.code_wrong", 4]);
  const added = await owner.call(accounts.addTotp, { body: { code: right } });
  expect(added.body.recoveryCodes).toHaveLength(10);
  expect(added.body.factors).toMatchObject({
    totp: { createdMs: house.clock.nowMs() },
    recoveryCodes: { left: 10 },
  });
  expect((await owner.call(accounts.startTotp)).code).toBe("auth.factor_exists");
  const stored = JSON.stringify(await house.query("select secret::text from totp_secrets"));
  expect(stored).not.toContain(body.secret);
});

test("a secret that was not confirmed in ten minutes is forgotten, and so is the one before a new one", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const { body: first } = await owner.call(accounts.startTotp);
  const { body: second } = await owner.call(accounts.startTotp);
  const confirm = (secret: string) =>
    owner.call(accounts.addTotp, { body: { code: appCode(secret, house.clock.nowMs()) } });
  expect((await confirm(first.secret)).code).toBe("auth.code_wrong");
  house.clock.advance(9 * MINUTE_MS);
  await owner.call(accounts.refresh);
  house.clock.advance(MINUTE_MS);
  await owner.call(accounts.stepUp, { body: { factor: "password", password: OWNER.password } });
  expect((await confirm(second.secret)).code).toBe("auth.code_expired");
});

test("recovery codes come with the first factor only, shown once; new ones end the old", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  expect((await owner.call(accounts.renewRecoveryCodes)).code).toBe("auth.factor_unavailable");
  const { body: options } = await owner.call(accounts.startPasskey);
  const response = new SoftwareAuthenticator(PUBLIC_URL).create(options);
  const { body } = await owner.call(accounts.addPasskey, { body: { name: "Phone", response } });
  const [old] = body.recoveryCodes as string[];
  const { body: start } = await owner.call(accounts.startTotp);
  const code = appCode(start.secret, house.clock.nowMs());
  expect((await owner.call(accounts.addTotp, { body: { code } })).body.recoveryCodes).toBeUndefined();
  const renewed = await owner.call(accounts.renewRecoveryCodes);
  expect(renewed.body.recoveryCodes).toHaveLength(10);
  const browser = house.browser();
  const answer = (typed: string | undefined) =>
    browser.call(accounts.answerLogin, { body: { factor: "recovery", code: typed } });
  await browser.call(accounts.login, { body: PASSWORD });
  expect((await answer(old)).code).toBe("auth.code_wrong");
  expect((await answer(renewed.body.recoveryCodes[0])).status).toBe(200);
  expect((await factors(owner)).recoveryCodes?.left).toBe(9);
});

test("passkeys are named, renamed and removed, by their own person only", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  await addPasskey(owner, "Blue key");
  house.clock.advance(1);
  await addPasskey(owner, "Phone");
  const { passkeys } = await factors(owner);
  expect(passkeys).toMatchObject([
    { name: "Blue key", synced: false, suspectedCopy: false },
    { name: "Phone" },
  ]);
  const params = { id: passkeys[0]?.id as string };
  const bob = await addPerson(house, "bob@example.org", "operator");
  const bobs = house.browser();
  await bobs.call(accounts.login, { body: bob });
  const rename = (browser: Browser) =>
    browser.call(accounts.renamePasskey, { params, body: { name: "Green" } });
  expect((await rename(bobs)).code).toBe("factor.not_found");
  expect((await bobs.call(accounts.removePasskey, { params })).code).toBe("factor.not_found");
  expect((await rename(owner)).body.passkeys[0].name).toBe("Green");
  expect((await owner.call(accounts.removePasskey, { params })).body.passkeys).toHaveLength(1);
  expect((await owner.call(accounts.removePasskey, { params })).code).toBe("factor.not_found");
});

test.each([
  ["another origin", { origin: "https://evil.example" }],
  ["another relying party", { rpId: "evil.example" }],
  ["another challenge", { challenge: "AAAAAAAAAAAAAAAAAAAAAA" }],
  ["a log-in's answer", { type: "webauthn.get" }],
] as const)("a new passkey with %s is refused", async (_, told) => {
  await using house = await openHouse();
  const owner = await house.owner();
  const key = new SoftwareAuthenticator(PUBLIC_URL);
  const { body: options } = await owner.call(accounts.startPasskey);
  const add = (response: accounts.RegistrationResponse) =>
    owner.call(accounts.addPasskey, { body: { name: "Key", response } });
  expect((await add(key.create(options, told))).code).toBe("auth.passkey_refused");
  const good = key.create(options);
  expect((await add(good)).status).toBe(201);
  expect((await add(good)).code).toBe("auth.passkey_refused");
});

test("a passkey that is somebody's already is refused", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const key = await addPasskey(owner);
  const { body: options } = await owner.call(accounts.startPasskey);
  expect(options.excludeCredentials).toMatchObject([{ id: key.id }]);
  const again = await owner.call(accounts.addPasskey, {
    body: { name: "Again", response: key.create(options) },
  });
  expect(again.code).toBe("auth.factor_exists");
});

test("a passkey asked for in one session is not set up in another", async () => {
  await using house = await openHouse();
  const [owner, other] = [await house.owner(), await house.owner()];
  const { body: options } = await owner.call(accounts.startPasskey);
  const response = new SoftwareAuthenticator(PUBLIC_URL).create(options);
  expect((await other.call(accounts.addPasskey, { body: { name: "Key", response } })).code).toBe(
    "auth.passkey_refused",
  );
});

test("codes by mail are switched on by one; by SMS only where there is a number", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  expect(await factors(owner)).toMatchObject({
    email: { on: false, available: true, hint: "A•••@Example.org" },
    sms: { on: false, available: false },
  });
  await addEmail(house, owner);
  expect((await factors(owner)).email.on).toBe(true);
  expect(house.messages[0]).toMatchObject({ purpose: "code", class: "code", medium: "email" });
  const sms = await owner.call(accounts.startSentCodes, { params: { medium: "sms" } });
  expect(sms.code).toBe("auth.factor_unavailable");
  const again = await owner.call(accounts.startSentCodes, { params: { medium: "email" } });
  expect(again.code).toBe("auth.factor_exists");
});

test("adding and removing need a step-up once there is a factor, and each is told by mail and recorded", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const secret = await addTotp(house, owner);
  house.clock.advance(5 * MINUTE_MS);
  for (const [endpoint, input] of [
    [accounts.startPasskey, {}],
    [accounts.removeTotp, {}],
    [accounts.renewRecoveryCodes, {}],
    [accounts.startSentCodes, { params: { medium: "email" } }],
  ] as const)
    expect((await owner.call(endpoint, input)).code).toBe("auth.step_up_required");
  expect((await stepUpByApp(house, owner, secret)).body).toEqual({ stepUpMs: house.clock.nowMs() });
  expect((await owner.call(accounts.getMe)).body.stepUpMs).toBe(house.clock.nowMs());
  expect((await owner.call(accounts.removeTotp)).body.totp).toBeUndefined();
  expect(house.messages.map(({ purpose }) => purpose)).toEqual(["factor_added", "factor_removed"]);
  expect(house.events.map(({ kind }) => kind)).toEqual([
    "installation.created",
    "factor.added",
    "session.stepped_up",
    "session.stepped_up",
    "factor.removed",
  ]);
  expect((await factors(owner)).recoveryCodes).toBeUndefined();
});

test("staff keep their last factor where one is required; customers and others need not", async () => {
  await using house = await openHouse({ requireStaffFactor: () => true });
  const owner = await house.owner();
  await addTotp(house, owner);
  await addPasskey(owner);
  const { passkeys } = await factors(owner);
  expect((await owner.call(accounts.removeTotp)).status).toBe(200);
  const params = { id: passkeys[0]?.id as string };
  expect((await owner.call(accounts.removePasskey, { params })).code).toBe("auth.factor_last");
  expect((await factors(owner)).passkeys).toHaveLength(1);
});

test("two factors removed at the same moment leave one where one is required", async () => {
  await using house = await openHouse({ requireStaffFactor: () => true });
  const owner = await house.owner();
  await addTotp(house, owner);
  await addPasskey(owner);
  const params = { id: (await factors(owner)).passkeys[0]?.id as string };
  const replies = await Promise.all([
    owner.call(accounts.removeTotp),
    owner.call(accounts.removePasskey, { params }),
  ]);
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test("until staff have a second factor, where one is required, they can set one up and do nothing else", async () => {
  await using house = await openHouse({ requireStaffFactor: () => true });
  const owner = await house.owner();
  expect((await owner.call(accounts.getMe)).body.mustEnrolFactor).toBe(true);
  for (const endpoint of [accounts.listPeople, accounts.listInvitations, accounts.renewRecoveryCodes])
    expect((await owner.call(endpoint)).code).toBe("auth.factor_required");
  const access = owner.cookies.get("__Host-gh-access");
  await expect(house.accounts.principalByToken(access)).rejects.toMatchObject({
    code: "auth.factor_required",
  });
  expect((await factors(owner)).required).toBe(true);
  await addTotp(house, owner);
  expect((await owner.call(accounts.getMe)).body.mustEnrolFactor).toBe(false);
  expect((await owner.call(accounts.listInvitations)).status).toBe(200);
});

test("a customer is not asked for one", async () => {
  await using house = await openHouse({ requireStaffFactor: () => true });
  await house.owner();
  const customer = await addPerson(house, "cara@example.org", "customer");
  const browser = house.browser();
  await browser.call(accounts.login, { body: customer });
  await browser.call(accounts.sendLoginCode, { body: { factor: "email" } });
  const body = { factor: "email", code: lastCode(house) };
  expect((await browser.call(accounts.answerLogin, { body })).body.me.mustEnrolFactor).toBe(false);
});

test("somebody without a second factor steps up by password, anybody else does not", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const give = (password: string) => owner.call(accounts.stepUp, { body: { factor: "password", password } });
  expect((await owner.call(accounts.getStepUp)).body).toEqual({ factors: [{ factor: "password" }] });
  expect((await give("wrong")).code).toBe("auth.invalid_credentials");
  expect((await give(OWNER.password)).body.stepUpMs).toBe(house.clock.nowMs());
  await addTotp(house, owner);
  expect((await give(OWNER.password)).code).toBe("auth.factor_unavailable");
});

test("a step-up is done by passkey or by mailed code too, in the session that asked", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const key = await addPasskey(owner);
  await addEmail(house, owner);
  house.clock.advance(MINUTE_MS);
  const { body: options } = await owner.call(accounts.startPasskeyStepUp);
  const response = key.get(options);
  const other = house.browser();
  await other.call(accounts.login, { body: PASSWORD });
  const login = await other.call(accounts.startPasskeyLogin);
  await other.call(accounts.finishPasskeyLogin, { body: { response: key.get(login.body) } });
  expect((await other.call(accounts.finishPasskeyStepUp, { body: { response } })).code).toBe(
    "auth.passkey_refused",
  );
  const evil = key.get(options, { origin: "https://evil.example" });
  expect((await owner.call(accounts.finishPasskeyStepUp, { body: { response: evil } })).code).toBe(
    "auth.passkey_refused",
  );
  const { body: fresh } = await owner.call(accounts.startPasskeyStepUp);
  const done = await owner.call(accounts.finishPasskeyStepUp, { body: { response: key.get(fresh) } });
  expect(done.body).toEqual({ stepUpMs: house.clock.nowMs() });
  house.clock.advance(MINUTE_MS);
  await owner.call(accounts.sendStepUpCode, { body: { factor: "email" } });
  const body = { factor: "email", code: lastCode(house) };
  expect((await owner.call(accounts.stepUp, { body })).status).toBe(200);
  expect((await owner.call(accounts.stepUp, { body })).code).toBe("auth.code_expired");
});

test("guessing codes in a stolen session ends after twenty a day, and does not slow the owner's log-in", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const secret = await addTotp(house, owner);
  const codes: string[] = [];
  for (let i = 0; i < 22; i++) {
    const body = { factor: "totp", code: otherThan(appCode(secret, house.clock.nowMs())) };
    codes.push((await owner.call(accounts.stepUp, { body })).code);
  }
  expect(codes.slice(-2)).toEqual(["auth.codes_exhausted", "auth.codes_exhausted"]);
  const browser = house.browser();
  await browser.call(accounts.login, { body: PASSWORD });
  const body = { factor: "totp", code: appCode(secret, house.clock.nowMs()) };
  expect((await browser.call(accounts.answerLogin, { body })).status).toBe(200);
});

test("sessions show the address of their last use, which is stored sealed", async () => {
  await using house = await openHouse();
  const owner = await house.owner({ address: "203.0.113.7" });
  expect((await owner.call(accounts.listSessions)).body.items).toMatchObject([{ address: "203.0.113.7" }]);
  const moved = house.browser({ address: "198.51.100.20" });
  for (const [name, value] of owner.cookies) moved.cookies.set(name, value);
  house.clock.advance(2 * MINUTE_MS);
  await moved.call(accounts.getMe);
  expect((await owner.call(accounts.listSessions)).body.items).toMatchObject([{ address: "198.51.100.20" }]);
  const stored = JSON.stringify(await house.query("select encode(address, 'escape') as text from sessions"));
  expect(stored).not.toContain("198.51.100.20");
});

test("everywhere at once: every session ends, this one too", async () => {
  await using house = await openHouse();
  const [owner, other] = [await house.owner(), await house.owner()];
  expect((await owner.call(accounts.endEverySession)).body).toEqual({ ended: 2 });
  for (const browser of [owner, other]) expect((await browser.call(accounts.getMe)).status).toBe(401);
});
