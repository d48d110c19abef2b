import { accounts } from "@gatehouse/contract";
import { expect, test, vi } from "vitest";
import { addPerson } from "../testing/factor-steps.ts";
import { OWNER, openHouse } from "../testing/house.ts";

const verified = vi.hoisted(() => [] as string[]);
const afterVerify = vi.hoisted(() => ({ run: undefined as (() => Promise<void>) | undefined }));
vi.mock("@node-rs/argon2", async (importOriginal) => {
  const real = await importOriginal<typeof import("@node-rs/argon2")>();
  const verify: typeof real.verify = async (phc, password, ...rest) => {
    verified.push(String(phc).split("$").slice(0, 4).join("$"));
    const isRight = await real.verify(phc, password, ...rest);
    const run = afterVerify.run;
    afterVerify.run = undefined;
    await run?.();
    return isRight;
  };
  return { ...real, verify };
});

/** Of the owner's password. */
const BCRYPT = "$2b$06$6T/96Q7pCBMDH1dAfEk.U.Q.o3xDONdzTKhSL2v0WIIFRXPQOMQ66";

const right = { email: OWNER.email, password: OWNER.password };

test("the right password lets in, whatever the case of the address and the blanks around it", async () => {
  await using house = await openHouse();
  await house.owner();
  for (const email of [OWNER.email, "ada@example.ORG", " ada@example.org "]) {
    const browser = house.browser({
      userAgent: "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0",
    });
    const reply = await browser.call(accounts.login, { body: { ...right, email } });
    expect([reply.status, reply.body.me.person.email]).toEqual([200, OWNER.email]);
    expect((await browser.call(accounts.getMe)).status).toBe(200);
  }
});

test("an address without an account costs the same hash and gets the same answer as a wrong password", async () => {
  await using house = await openHouse();
  await house.owner();
  const ask = async (email: string) => {
    verified.length = 0;
    const browser = house.browser({ address: "198.51.100.9" });
    const { status, body, setCookies } = await browser.call(accounts.login, {
      body: { email, password: "not this one at all" },
    });
    return { status, setCookies, body: { ...body, instance: "" }, hashes: [...verified] };
  };
  const wrong = await ask(OWNER.email);
  const unknown = await ask("nobody@example.org");
  expect(wrong.status).toBe(401);
  expect(wrong.body.code).toBe("auth.invalid_credentials");
  expect(wrong.hashes).toEqual(["$argon2id$v=19$m=19456,t=2,p=1"]);
  expect(unknown).toEqual(wrong);
});

test.each([
  ["PBKDF2", "pbkdf2:sha256:26000$x8Fq2Lm0$25886023ee410cd21cdf20402dbaaac5cf3fd934f8f95007b7221d55a61a1691"],
  ["bcrypt", BCRYPT],
])("a password imported as %s lets in and is hashed our way from then on", async (_, imported) => {
  await using house = await openHouse();
  await house.owner();
  await house.query("update people set password_hash = $1", [imported]);
  const logIn = (password: string) => house.browser().call(accounts.login, { body: { ...right, password } });
  expect((await logIn("not this one")).code).toBe("auth.invalid_credentials");
  expect((await logIn(OWNER.password)).status).toBe(200);
  expect(await house.query("select left(password_hash, 10) as hash from people")).toEqual([
    { hash: "$argon2id$" },
  ]);
  expect((await logIn(OWNER.password)).status).toBe(200);
});

test("a password longer than bcrypt reads counts as a whole from its first good log-in on", async () => {
  await using house = await openHouse();
  await house.owner();
  const stored = "$2b$04$qlIeoGxEOEJFdWB7trCoje4bSf1k6RZj0D7u33LRHpxuu7gRkZE7O";
  await house.query("update people set password_hash = $1", [stored]);
  const logIn = (password: string) => house.browser().call(accounts.login, { body: { ...right, password } });
  const whole = `${"a".repeat(72)} and more`;
  expect((await logIn(whole)).status).toBe(200);
  expect((await logIn("a".repeat(72))).code).toBe("auth.invalid_credentials");
  expect((await logIn(whole)).status).toBe(200);
});

test("where half of the accounts are imported, half of the unknown addresses cost what those do, each always the same", async () => {
  await using house = await openHouse();
  await house.owner();
  await addPerson(house, "bob@example.org", "operator");
  await house.query("update people set password_hash = $1 where role = 'operator'", [BCRYPT]);
  let asked = 0;
  const cost = async (email: string): Promise<string> => {
    verified.length = 0;
    const browser = house.browser({ address: `198.51.100.${asked++}` });
    const reply = await browser.call(accounts.login, { body: { email, password: "not this one" } });
    expect(reply.code).toBe("auth.invalid_credentials");
    return verified.length === 0 ? "imported" : "ours";
  };
  const costs: string[] = [];
  for (let i = 0; i < 40; i++) costs.push(await cost(`nobody${i}@example.org`));
  const imported = costs.filter((each) => each === "imported").length;
  expect(imported).toBeGreaterThan(8);
  expect(imported).toBeLessThan(32);
  for (let i = 0; i < 8; i++) expect(await cost(`nobody${i}@example.org`)).toBe(costs[i]);
  expect(await cost("bob@example.org")).toBe("imported");
});

test("guessing gets slower with each try, for known and unknown addresses alike, and the wait ends by itself", async () => {
  await using house = await openHouse();
  await house.owner();
  for (const email of [OWNER.email, "nobody@example.org"]) {
    const stranger = house.browser({ address: "198.51.100.9" });
    const guess = () => stranger.call(accounts.login, { body: { email, password: "wrong" } });
    const codes: string[] = [];
    for (let i = 0; i < 6; i++) codes.push((await guess()).code);
    expect(codes).toEqual([...Array(5).fill("auth.invalid_credentials"), "auth.throttled"]);
    house.clock.advance(1_000);
    expect((await guess()).code).toBe("auth.invalid_credentials");
    const refused = await guess();
    expect([refused.status, refused.body.retryAfterSeconds]).toEqual([429, 2]);
  }
  const stranger = house.browser({ address: "198.51.100.9" });
  house.clock.advance(2_000);
  expect((await stranger.call(accounts.login, { body: right })).status).toBe(200);
});

test("many guesses at once are counted as many", async () => {
  await using house = await openHouse();
  await house.owner();
  const stranger = house.browser({ address: "198.51.100.9" });
  const replies = await Promise.all(
    Array.from({ length: 20 }, () =>
      stranger.call(accounts.login, { body: { ...right, password: "wrong" } }),
    ),
  );
  expect(replies.filter(({ code }) => code === "auth.invalid_credentials")).toHaveLength(5);
  expect(replies.filter(({ code }) => code === "auth.throttled")).toHaveLength(15);
});

test("a stranger cannot slow the browser that the owner uses, not even from the same address", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const stranger = house.browser();
  for (let i = 0; i < 10; i++)
    await stranger.call(accounts.login, { body: { ...right, password: `wrong ${i}` } });
  expect((await stranger.call(accounts.login, { body: right })).code).toBe("auth.throttled");
  expect((await owner.call(accounts.login, { body: right })).status).toBe(200);
});

test("a made-up browser cookie and another account's give no budget of their own", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const known = owner.cookies.get("__Host-gh-known") as string;
  for (const cookie of ["x.y", `${known}x`, `y${known}`, "."]) {
    const stranger = house.browser({ address: "198.51.100.9" });
    stranger.cookies.set("__Host-gh-known", cookie);
    await stranger.call(accounts.login, { body: { ...right, password: "wrong" } });
    await stranger.call(accounts.login, { body: { ...right, password: "wrong" } });
  }
  const next = house.browser({ address: "198.51.100.9" });
  expect((await next.call(accounts.login, { body: right })).code).toBe("auth.throttled");
  const other = house.browser({ address: "198.51.100.10" });
  other.cookies.set("__Host-gh-known", known);
  const guess = () => other.call(accounts.login, { body: { email: "bob@example.org", password: "wrong" } });
  for (let i = 0; i < 5; i++) await guess();
  other.cookies.delete("__Host-gh-known");
  expect((await guess()).code).toBe("auth.throttled");
});

test("changing the password asks for the old one, ends every other session, and the old one is worth nothing", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const elsewhere = await house.owner({ address: "198.51.100.2" });
  const ended: string[] = [];
  house.bus.subscribe("session.ended", ({ sessionId }) => ended.push(sessionId));
  const other = (await elsewhere.call(accounts.getMe)).body.sessionId;
  const next = "walnut kettle orchestra 58 fjord";
  const change = (current: string, to: string) =>
    owner.call(accounts.changePassword, { body: { current, next: to } });
  expect((await change("wrong", next)).code).toBe("auth.invalid_credentials");
  expect((await change(OWNER.password, "ada lovelace régie")).code).toBe("auth.password_weak");
  expect((await elsewhere.call(accounts.getMe)).status).toBe(200);
  expect((await change(OWNER.password, next)).status).toBe(200);
  expect(ended).toEqual([other]);
  expect((await owner.call(accounts.getMe)).status).toBe(200);
  expect((await elsewhere.call(accounts.getMe)).code).toBe("auth.session_ended");
  expect((await elsewhere.call(accounts.refresh)).code).toBe("auth.session_ended");
  expect((await house.browser().call(accounts.login, { body: right })).code).toBe("auth.invalid_credentials");
  const again = await house.browser().call(accounts.login, { body: { ...right, password: next } });
  expect(again.status).toBe(200);
});

test("a log-in that is under way while the password changes leaves no session behind", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const next = "walnut kettle orchestra 58 fjord";
  afterVerify.run = async () => {
    const changed = await owner.call(accounts.changePassword, { body: { current: OWNER.password, next } });
    expect(changed.status).toBe(200);
  };
  const late = await house.browser().call(accounts.login, { body: right });
  expect([late.code, late.setCookies]).toEqual(["auth.invalid_credentials", []]);
  expect((await owner.call(accounts.listSessions)).body.items).toHaveLength(1);
});

test("a password stays good for years: nobody is made to change one", async () => {
  await using house = await openHouse();
  await house.owner();
  house.clock.advance(10 * 365 * 86_400_000);
  const { email, password } = OWNER;
  const reply = await house.browser().call(accounts.login, { body: { email, password } });
  expect([reply.status, reply.body.step]).toEqual([200, "done"]);
});

test("guessing the current password in a stolen session is slowed too, and seen", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const codes: string[] = [];
  for (let i = 0; i < 6; i++) {
    const body = { current: `wrong ${i}`, next: "walnut kettle orchestra 58 fjord" };
    codes.push((await owner.call(accounts.changePassword, { body })).code);
  }
  expect(codes).toEqual([...Array(5).fill("auth.invalid_credentials"), "auth.throttled"]);
  const refused = house.events.filter(({ kind }) => kind === "login.refused");
  expect(refused.map(({ data }) => [data?.act, data?.reason])).toEqual([
    ...Array(5).fill(["password_change", "credentials"]),
    ["password_change", "throttled"],
  ]);
});
