import { accounts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import type { DirectMessage } from "../ports.ts";
import { recordingMessenger } from "../testing/doubles.ts";
import {
  addEmail,
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
import { type House, OWNER, openHouse } from "../testing/house.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const PENDING = "__Host-gh-login";

test("a code of the app is good once, also against an older one that was never used", async () => {
  await using house = await houseWithTotp();
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
  await using house = await houseWithEmail();
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
  await using house = await houseWithEmail();
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
  await using house = await houseWithEmail();
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
  await using house = await houseWithEmail();
  const tab = house.browser();
  await begin(tab);
  await send(tab);
  const code = lastCode(house);
  const replies = await Promise.all([1, 2, 3].map(() => answer(tab, "email", code)));
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
});

test("a code that has run out, and one of an older mail, say so and cost no try", async () => {
  await using house = await houseWithEmail();
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
  await using house = await houseWithEmail();
  const browser = house.browser();
  await begin(browser);
  house.clock.advance(9 * MINUTE_MS);
  await send(browser);
  house.clock.advance(9 * MINUTE_MS);
  expect((await answer(browser, "email", lastCode(house))).status).toBe(200);
});

test("a clock set back by an hour makes no code live longer", async () => {
  await using house = await houseWithEmail();
  const browser = house.browser();
  await begin(browser);
  await send(browser);
  await house.query("update ceremonies set code_sent_at = code_sent_at + interval '1 hour'");
  expect((await answer(browser, "email", lastCode(house))).code).toBe("auth.code_expired");
});

test("codes are sent every half minute at most, five in one log-in, and the wait is told", async () => {
  await using house = await houseWithEmail();
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

test("whose messages of the day are used up is told so, once the password was right, and goes on another way", async () => {
  let isUsedUp = false;
  const asked: string[] = [];
  const messages: DirectMessage[] = [];
  await using house = await openHouse({
    messenger: {
      ...recordingMessenger(messages),
      async isUsedUp(message) {
        asked.push(`${message.class} to ${message.to}`);
        return isUsedUp;
      },
    },
  });
  await addEmail({ ...house, messages }, await house.owner());
  asked.splice(0);
  isUsedUp = true;
  const browser = house.browser();
  await begin(browser);
  const before = messages.length;
  const reply = await send(browser);
  expect([reply.status, reply.code]).toEqual([429, "auth.message_day_limit"]);
  expect(reply.body.retryAfterSeconds).toBeLessThanOrEqual(DAY_MS / 1_000);
  expect(messages).toHaveLength(before);
  expect(asked).toEqual([`code to ${OWNER.email}`]);
  const guess = { email: PASSWORD.email, password: "not this one" };
  expect((await house.browser().call(accounts.login, { body: guess })).code).toBe("auth.invalid_credentials");
  expect(asked).toHaveLength(1);
  isUsedUp = false;
  expect((await send(browser)).status).toBe(200);
});

test("after five wrong codes the log-in is over", async () => {
  await using house = await houseWithTotp();
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
  await using house = await houseWithTotp();
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
  await using house = await houseWithTotp();
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

test("of recovery codes a slow hash with a salt is stored, and new ones have another salt", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  await addTotp(house, owner);
  const salts = async (): Promise<string[]> => {
    const rows = (await house.query("select mac from recovery_codes")) as { mac: string }[];
    for (const { mac } of rows) expect(mac).toMatch(/^[\w-]{22}\.[\w-]{43}$/);
    expect(new Set(rows.map(({ mac }) => mac)).size).toBe(10);
    return [...new Set(rows.map(({ mac }) => mac.split(".")[0] ?? ""))];
  };
  const before = await salts();
  expect(before).toHaveLength(1);
  expect((await owner.call(accounts.renewRecoveryCodes)).status).toBe(201);
  const after = await salts();
  expect(after).toHaveLength(1);
  expect(after).not.toEqual(before);
});

test("a browser that logged in before has codes of its own to get wrong: strangers use up theirs only", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const secret = await addTotp(house, owner);
  await exhaust(house, () => otherThan(appCode(secret, house.clock.nowMs())));
  await begin(owner);
  expect((await answer(owner, "totp", appCode(secret, house.clock.nowMs()))).status).toBe(200);
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
