import { accounts } from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import { type Browser, type House, OWNER, openHouse } from "../testing/house.ts";
import { runJob } from "../testing/jobs.ts";
import { codeTo, lastTo, purposes, tokenTo } from "../testing/messages.ts";
import { movableWallClock } from "../testing/wall-clock.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MAIL = "Grace@Example.org";
const PHONE = "+33612345678";
const WHO = {
  name: "Grace Hopper",
  email: MAIL,
  phone: "+33 6 12 34 56 78",
  address: "1 rue du Port\n33000 Bordeaux",
  identityNumber: "ab 12-34",
  password: "lantern ochre bicycle 41 moss",
  language: "fr",
};

const openSignUpHouse = (part = {}) => openHouse({ signUpIsOpen: () => true, ...part });

async function begin(house: House, part: object = {}, browser = house.browser()): Promise<Browser> {
  const reply = await browser.call(accounts.signUp, { body: { ...WHO, ...part } });
  expect([reply.status, reply.body.step]).toEqual([202, "email"]);
  return browser;
}

const byCode = (browser: Browser, code: string) =>
  browser.call(accounts.confirmSignUpEmail, { body: { code } });
const step = async (browser: Browser) => (await browser.call(accounts.getSignUpProgress)).body;

/** Up to where an operator decides; answers the browser. */
async function waiting(house: House, part: { email?: string; phone?: string } = {}): Promise<Browser> {
  const browser = await begin(house, part);
  expect((await byCode(browser, codeTo(house.messages, part.email ?? MAIL))).body.step).toBe("phone");
  const phone = await browser.call(accounts.confirmSignUpPhone, {
    body: { code: codeTo(house.messages, part.phone ?? PHONE) },
  });
  expect([phone.status, phone.body]).toEqual([200, { step: "waiting" }]);
  return browser;
}

const person = async (house: House) =>
  (await house.query("select * from people where email_key = 'grace@example.org'"))[0];

const approve = async (house: House, owner: Browser) =>
  owner.call(accounts.approvePerson, { params: { id: (await person(house))?.id as string }, body: {} });

const login = (browser: Browser, password = WHO.password) =>
  browser.call(accounts.login, { body: { email: MAIL, password } });

describe("signing up", () => {
  it("goes by mail code, SMS code and an operator's approval to the first log-in", async () => {
    await using house = await openSignUpHouse();
    const owner = await house.owner();
    const browser = await waiting(house);
    expect((await login(browser)).code).toBe("auth.invalid_credentials");
    const [found] = (await owner.call(accounts.listPeople, { query: { state: "waiting" } })).body.items;
    expect(found).toMatchObject({ name: WHO.name, role: "customer", state: "waiting", language: "fr" });
    const seen = await owner.call(accounts.getPerson, { params: { id: found.id } });
    expect(seen.body.details).toEqual({
      phone: PHONE,
      address: WHO.address,
      identityNumber: WHO.identityNumber,
      masked: false,
    });
    expect((await approve(house, owner)).body.person.state).toBe("active");
    expect(await step(browser)).toEqual({ step: "approved" });
    expect((await login(house.browser())).status).toBe(200);
    expect(purposes(house.messages)).toEqual(["email confirm_email", "sms code", "email approved"]);
    expect(house.messages.map(({ class: ofClass }) => ofClass)).toEqual(["asked", "asked", "notice"]);
    expect(lastTo(house.messages, MAIL).subject).toMatch(/a accepté votre compte/);
    const kinds = house.events.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind.startsWith("person."))).toEqual([
      "person.signed_up",
      "person.approved",
    ]);
  });

  it("goes by the mail's link in the same browser, and another one needs the password and takes it over", async () => {
    await using house = await openSignUpHouse();
    await house.owner();
    const first = await begin(house);
    const token = tokenTo(house.messages, MAIL);
    const other = house.browser();
    const ask = (browser: Browser, body: object) => browser.call(accounts.confirmSignUpEmail, { body });
    expect((await ask(other, { token })).code).toBe("sign_up.other_browser");
    expect((await ask(other, { token, password: "wrong" })).code).toBe("auth.invalid_credentials");
    expect((await ask(other, { token, password: WHO.password })).body.step).toBe("phone");
    expect((await step(first)).step).toBe("none");
    const again = await begin(house, { email: "b@example.org" });
    expect((await ask(again, { token: tokenTo(house.messages, "b@example.org") })).body.step).toBe("phone");
  });

  it("ends with a reason when it is rejected, and whoever was rejected may try again", async () => {
    let erased: readonly string[] = [];
    const write = async (ids: readonly string[]) => {
      erased = ids;
    };
    await using house = await openSignUpHouse({ erasedIds: { read: async () => [], write } });
    const owner = await house.owner();
    const browser = await waiting(house);
    const id = (await person(house))?.id as string;
    const reason = "The identity number is not readable.";
    await owner.call(accounts.rejectPerson, { params: { id }, body: { reason } });
    expect(await step(browser)).toEqual({ step: "rejected", reason });
    expect(lastTo(house.messages, MAIL).text).toContain(reason);
    expect((await login(browser)).code).toBe("auth.invalid_credentials");
    expect((await owner.call(accounts.approvePerson, { params: { id }, body: {} })).code).toBe(
      "account.state",
    );
    house.clock.advance(2 * HOUR);
    await waiting(house);
    expect(await house.query("select state from people where id = $1", [id])).toEqual([{ state: "erased" }]);
    expect(erased).toEqual([id]);
  });

  it("is tied to its browser by a cookie that no script, other site or other host gets", async () => {
    await using house = await openSignUpHouse();
    await house.owner();
    const { setCookies } = await house.browser().call(accounts.signUp, { body: WHO });
    expect(setCookies).toHaveLength(1);
    expect(setCookies[0]).toMatch(/^__Host-gh-sign-up=/);
    for (const attribute of ["Path=/", "HttpOnly", "Secure", "SameSite=Strict"])
      expect(setCookies[0]?.split("; ")).toContain(attribute);
    expect(setCookies[0]).not.toMatch(/Domain/i);
  });

  it("is off unless the organisation wants it, and tells no more than that", async () => {
    await using house = await openHouse();
    await house.owner();
    expect((await house.browser().call(accounts.getSignUp)).body).toEqual({ open: false });
    expect((await house.browser().call(accounts.signUp, { body: WHO })).code).toBe("sign_up.closed");
  });

  it("finds its organisation by the link's id where there are several", async () => {
    await using house = await openSignUpHouse();
    const owner = await house.owner();
    const { url } = (await owner.call(accounts.getSignUpLink)).body;
    const id = new URL(url).searchParams.get("id") as string;
    await house.query("insert into tenants (id, name, created_at) values (gen_random_uuid(), 'B', now())");
    const ask = async (query: Record<string, string>) =>
      (await house.browser().call(accounts.getSignUp, { query })).body;
    expect(await ask({ id })).toEqual({ open: true, organisation: OWNER.organisation });
    expect(await ask({})).toEqual({ open: false });
    expect(await ask({ id: "0".repeat(32) })).toEqual({ open: false });
  });
});

describe("a stranger who signs up", () => {
  it("is answered the same for an address that has an account, and its owner learns of it", async () => {
    await using house = await openSignUpHouse();
    await house.owner();
    const known = await begin(house, { email: OWNER.email.toUpperCase() });
    const unknown = await begin(house);
    const shape = (body: object) => Object.keys(body).sort();
    expect(shape(await step(known))).toEqual(shape(await step(unknown)));
    const mail = lastTo(house.messages, OWNER.email);
    expect([mail.purpose, /\d{3} \d{3}/.test(mail.text), mail.text.includes("#")]).toEqual([
      "sign_up_exists",
      false,
      false,
    ]);
    for (const browser of [known, unknown]) {
      expect((await byCode(browser, "000 001")).code).toBe("auth.code_wrong");
    }
  });

  it("has five tries at a code, then none until another one is sent", async () => {
    await using house = await openSignUpHouse();
    await house.owner();
    const browser = await begin(house);
    const right = codeTo(house.messages, MAIL);
    const wrong = right === "111 111" ? "111 112" : "111 111";
    for (let i = 0; i < 5; i++) expect((await byCode(browser, wrong)).code).toBe("auth.code_wrong");
    expect((await byCode(browser, right)).code).toBe("auth.code_expired");
    expect((await browser.call(accounts.resendSignUpCode, { body: {} })).code).toBe("auth.throttled");
    house.clock.advance(MINUTE);
    expect((await browser.call(accounts.resendSignUpCode, { body: {} })).status).toBe(202);
    expect((await byCode(browser, right)).code).toBe("auth.code_wrong");
    expect((await byCode(browser, codeTo(house.messages, MAIL))).body.step).toBe("phone");
  });

  it("gets no more than five messages, and a code is good for ten minutes", async () => {
    await using house = await openSignUpHouse();
    await house.owner();
    const browser = await begin(house);
    const first = codeTo(house.messages, MAIL);
    house.clock.advance(10 * MINUTE);
    expect((await byCode(browser, first)).code).toBe("auth.code_expired");
    for (let i = 0; i < 4; i++) {
      expect((await browser.call(accounts.resendSignUpCode, { body: {} })).status).toBe(202);
      house.clock.advance(MINUTE);
    }
    expect((await browser.call(accounts.resendSignUpCode, { body: {} })).code).toBe("auth.message_limit");
    expect(house.messages).toHaveLength(5);
  });

  it("is slowed from one network and does not slow another", async () => {
    await using house = await openSignUpHouse();
    await house.owner();
    const at = (address: string, i: number) =>
      house.browser({ address }).call(accounts.signUp, { body: { ...WHO, email: `a${i}@example.org` } });
    using wall = movableWallClock();
    for (let i = 0; i < 10; i++) expect((await at("2001:db8::1", i)).status).toBe(202);
    wall.advance(MINUTE + 1);
    const slowed = await at("2001:db8::2", 10);
    expect([slowed.code, slowed.body.retryAfterSeconds > 0]).toEqual(["auth.throttled", true]);
    expect((await at("2001:db8:1::1", 11)).status).toBe(202);
  }, 60_000);

  it("pushes out only what nobody has confirmed: three of an address are kept", async () => {
    await using house = await openSignUpHouse();
    await house.owner();
    const browsers: Browser[] = [];
    for (let i = 0; i < 4; i++) {
      browsers.push(await begin(house, {}, house.browser({ address: `203.0.113.${i}` })));
      house.clock.advance(1_000);
    }
    const steps = await Promise.all(browsers.map(async (browser) => (await step(browser)).step));
    expect(steps).toEqual(["none", "email", "email", "email"]);
  });

  it("finds nothing of it after a day, nor does the database", async () => {
    await using house = await openSignUpHouse();
    await house.owner();
    const browser = await begin(house);
    house.clock.advance(24 * HOUR);
    expect((await step(browser)).step).toBe("none");
    await runJob(house, "accounts.people");
    expect(await house.query("select id from sign_ups")).toEqual([]);
  });

  it("cannot have an address confirmed by its owner's click", async () => {
    await using house = await openSignUpHouse();
    await house.owner();
    const thief = await begin(house);
    const owner = house.browser();
    const clicked = await owner.call(accounts.confirmSignUpEmail, {
      body: { token: tokenTo(house.messages, MAIL) },
    });
    expect(clicked.code).toBe("sign_up.other_browser");
    expect((await step(thief)).step).toBe("email");
  });
});

describe("what a sign-up leaves", () => {
  it("is sealed in the database, and empty once there is a person", async () => {
    await using house = await openSignUpHouse();
    await house.owner();
    await waiting(house);
    const rows = JSON.stringify([
      await house.query("select * from sign_ups"),
      await house.query("select id, phone, phone_index, address, identity_number from people"),
    ]);
    const text = rows.replace(/"data":\[([\d,]*)\]/g, (_, bytes: string) =>
      Buffer.from(bytes.split(",").map(Number)).toString("latin1"),
    );
    expect(text).not.toMatch(/612345678|Bordeaux|ab 12|Hopper/i);
  });

  it("is begun anew after a cancel, and a weak password is refused whatever the address", async () => {
    await using house = await openSignUpHouse();
    await house.owner();
    const browser = await begin(house);
    expect((await browser.call(accounts.cancelSignUp)).body).toEqual({ step: "none" });
    expect(await house.query("select id from sign_ups")).toEqual([]);
    for (const email of [OWNER.email, MAIL]) {
      const body = { ...WHO, email, password: "Grace Hopper" };
      expect((await browser.call(accounts.signUp, { body })).code).toBe("auth.password_weak");
    }
  });
});
