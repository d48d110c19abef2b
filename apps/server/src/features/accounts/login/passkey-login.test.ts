import { accounts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { addPasskey, addPerson, addTotp, PASSWORD } from "../testing/factor-steps.ts";
import { type Browser, OWNER, openHouse, PUBLIC_URL } from "../testing/house.ts";
import { type AnswerOptions, SoftwareAuthenticator } from "../testing/software-authenticator.ts";

const CHALLENGE = "__Host-gh-challenge";

const options = async (browser: Browser) => (await browser.call(accounts.startPasskeyLogin)).body;
const finish = (browser: Browser, response: accounts.AuthenticationResponse) =>
  browser.call(accounts.finishPasskeyLogin, { body: { response } });

async function logIn(browser: Browser, key: SoftwareAuthenticator, told: AnswerOptions = {}) {
  return finish(browser, key.get(await options(browser), told));
}

test("a passkey alone lets in, as two factors, wherever it is used", async () => {
  await using house = await openHouse();
  const key = await addPasskey(await house.owner());
  const browser = house.browser();
  const asked = await options(browser);
  expect(asked).toMatchObject({ rpId: "gate.example", userVerification: "required" });
  expect(asked.allowCredentials).toBeUndefined();
  const reply = await finish(browser, key.get(asked));
  expect(reply.body).toMatchObject({ step: "done", me: { stepUpMs: house.clock.nowMs() } });
  expect((await browser.call(accounts.getMe)).body.person.email).toBe(OWNER.email);
  expect(house.events.at(-1)).toMatchObject({ kind: "login.done", data: { first: "passkey" } });
});

test("a passkey finishes a log-in that began with the password, also without finger or PIN", async () => {
  await using house = await openHouse();
  const key = await addPasskey(await house.owner());
  const browser = house.browser();
  await browser.call(accounts.login, { body: PASSWORD });
  const asked = await options(browser);
  expect(asked.allowCredentials).toEqual([{ id: key.id, type: "public-key", transports: ["internal"] }]);
  expect((await finish(browser, key.get(asked, { verified: false }))).body.step).toBe("done");
});

test.each([
  ["another origin", { origin: "https://gate.example.evil.org" }],
  ["plain HTTP", { origin: "http://gate.example" }],
  ["another relying party", { rpId: "evil.example" }],
  ["another challenge", { challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
  ["a registration's answer", { type: "webauthn.create" }],
  ["nobody who touched it with a finger or PIN", { verified: false }],
  ["another person's name on it", { userHandle: "c29tZWJvZHkgZWxzZQ" }],
] as const)("an answer with %s is refused, with one code for all", async (_, told) => {
  await using house = await openHouse();
  const key = await addPasskey(await house.owner());
  const browser = house.browser();
  const reply = await logIn(browser, key, told);
  expect([reply.status, reply.code]).toEqual([403, "auth.passkey_refused"]);
  expect((await browser.call(accounts.getMe)).status).toBe(401);
  expect((await logIn(browser, key)).body.step).toBe("done");
});

test("an answer is good once, in the browser that was asked, for five minutes", async () => {
  await using house = await openHouse();
  const key = await addPasskey(await house.owner());
  const browser = house.browser();
  const response = key.get(await options(browser));
  const cookie = browser.cookies.get(CHALLENGE) as string;
  const thief = house.browser();
  expect((await finish(thief, response)).code).toBe("auth.passkey_refused");
  await options(thief);
  expect((await finish(thief, response)).code).toBe("auth.passkey_refused");
  expect((await finish(browser, response)).status).toBe(200);
  thief.cookies.set(CHALLENGE, cookie);
  expect((await finish(thief, response)).code).toBe("auth.passkey_refused");
  const late = house.browser();
  const lateResponse = key.get(await options(late));
  house.clock.advance(5 * 60_000);
  expect((await finish(late, lateResponse)).code).toBe("auth.passkey_refused");
});

test("an answer whose counter stands still is taken only once, even with the counter always at zero", async () => {
  await using house = await openHouse();
  const key = await addPasskey(await house.owner());
  const browser = house.browser();
  const response = key.get(await options(browser), { counter: 0 });
  const cookie = browser.cookies.get(CHALLENGE) as string;
  expect((await finish(browser, response)).status).toBe(200);
  browser.cookies.set(CHALLENGE, cookie);
  expect((await finish(browser, response)).code).toBe("auth.passkey_refused");
  expect((await logIn(browser, key, { counter: 0 })).status).toBe(200);
});

test("another key that claims to be a known one is refused", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const key = await addPasskey(owner);
  const forger = new SoftwareAuthenticator(PUBLIC_URL);
  forger.userHandle = key.userHandle;
  const browser = house.browser();
  const response = { ...forger.get(await options(browser)), id: key.id, rawId: key.id };
  expect((await finish(browser, response)).code).toBe("auth.passkey_refused");
  expect((await logIn(browser, forger)).code).toBe("auth.passkey_refused");
});

test("somebody's own passkey does not finish another person's log-in, nor log in as them", async () => {
  await using house = await openHouse();
  await addPasskey(await house.owner());
  const bob = await addPerson(house, "bob@example.org", "operator");
  const bobs = house.browser();
  await bobs.call(accounts.login, { body: bob });
  const key = await addPasskey(bobs);
  const browser = house.browser();
  await browser.call(accounts.login, { body: PASSWORD });
  expect((await logIn(browser, key)).code).toBe("auth.passkey_refused");
  const alone = await logIn(house.browser(), key);
  expect(alone.body.me.person.email).toBe("bob@example.org");
});

test("a counter that goes back is refused and stays noted on the passkey", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const key = await addPasskey(owner);
  const browser = house.browser();
  expect((await logIn(browser, key, { counter: 40 })).status).toBe(200);
  expect((await logIn(browser, key, { counter: 12 })).code).toBe("auth.passkey_refused");
  expect((await owner.call(accounts.getFactors)).body.passkeys).toMatchObject([{ suspectedCopy: true }]);
  expect(house.events.map(({ kind }) => kind)).toContain("factor.changed");
  expect((await logIn(browser, key, { counter: 41 })).status).toBe(200);
});

test.each(["https://192.0.2.10", "https://[2001:db8::1]:8443"])(
  "at the address %s passkeys are refused with a code of their own, and the page says so beforehand",
  async (publicUrl) => {
    await using house = await openHouse({ publicUrl: () => publicUrl });
    const owner = await house.owner();
    expect((await owner.call(accounts.getFactors)).body.passkeysPossible).toBe(false);
    for (const endpoint of [accounts.startPasskey, accounts.startPasskeyLogin, accounts.startPasskeyStepUp])
      expect((await owner.call(endpoint)).code).toBe("auth.passkey_on_address");
  },
);

test("a locked account's passkey lets nobody in", async () => {
  await using house = await openHouse();
  const key = await addPasskey(await house.owner());
  await house.query("update people set state = 'disabled'");
  expect((await logIn(house.browser(), key)).code).toBe("auth.passkey_refused");
});

test("what is no WebAuthn answer at all is refused and harms nothing", async () => {
  await using house = await openHouse();
  const key = await addPasskey(await house.owner());
  const browser = house.browser();
  const good = key.get(await options(browser));
  const spoiled = [
    { ...good.response, clientDataJSON: "" },
    { ...good.response, clientDataJSON: "bm90IGpzb24" },
    { ...good.response, authenticatorData: "AAAA" },
    { ...good.response, signature: "" },
    { ...good.response, signature: good.response.signature.slice(0, -8) },
  ];
  for (const response of spoiled)
    expect((await finish(browser, { ...good, response })).code).toBe("auth.passkey_refused");
  const unknown = { ...good, id: "AAAA", rawId: "AAAA" };
  expect((await finish(browser, unknown)).code).toBe("auth.passkey_refused");
});

test("asking for options without end fills no table", async () => {
  await using house = await openHouse();
  await house.owner();
  for (let i = 0; i < 20; i++) await options(house.browser());
  expect(
    await house.query(
      "select (select count(*) from ceremonies) + (select count(*) from used_challenges) as n",
    ),
  ).toEqual([{ n: 0 }]);
});

test("the second step by passkey may be tried again after a refusal, with a new challenge", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const key = await addPasskey(owner);
  await addTotp(house, owner);
  const browser = house.browser();
  await browser.call(accounts.login, { body: PASSWORD });
  const asked = await options(browser);
  expect((await finish(browser, key.get(asked, { origin: "https://evil.example" }))).code).toBe(
    "auth.passkey_refused",
  );
  expect((await finish(browser, key.get(asked))).code).toBe("auth.passkey_refused");
  expect((await logIn(browser, key)).body.step).toBe("done");
});
