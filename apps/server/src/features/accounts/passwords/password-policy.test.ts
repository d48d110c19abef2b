import { existsSync, readFileSync } from "node:fs";
import { accounts } from "@gatehouse/contract";
import { virtualClock } from "@gatehouse/testkit";
import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PasswordEstimator } from "./password-estimator.ts";
import { contextWords, NO_RULES, PasswordPolicy } from "./password-policy.ts";

const NAUGHTY = new URL("../../../../../../../shared/data/naughty-strings.json", import.meta.url);
const ADA = ["Ada Lovelace", "countess@analytical.example", "Régie Nord"];

let estimator: PasswordEstimator;
let policy: PasswordPolicy;
beforeAll(() => {
  estimator = new PasswordEstimator(virtualClock());
  policy = new PasswordPolicy(estimator);
});
afterAll(() => estimator.stop());

describe("a new password", () => {
  it.each([
    ["plum tractor velvet 93 orbit"],
    ["j8#Kz!qv2Lw0"],
    ["le hibou range douze casseroles"],
    ["пароль из семи длинных слов"],
    ["🦊🦉🐢🐙🦔🐝🦋🐌🐞🦀🦑🐡"],
  ])("may be %s", async (password) => {
    expect(await policy.judge(password, ADA)).toMatchObject({ ok: true, tooShort: false });
  });

  it.each([
    ["password1234"],
    ["Password123!"],
    ["aaaaaaaaaaaaaaaaaaaaaaaa"],
    ["123456789012"],
    ["qwertyuiop123"],
    ["motdepasse2024"],
    ["bonjourbonjour"],
    ["lovelacelovelace"],
    ["gatehousegatehouse"],
    ["Gatehouse-2026"],
    ["AdaLovelace1815"],
    ["countess.analytical"],
    ["régie nord 2026"],
  ])("may not be %s", async (password) => {
    expect(await policy.judge(password, ADA)).toMatchObject({ ok: false, tooShort: false });
  });

  it("may be as long as the contract takes it, also far beyond 64 characters", async () => {
    for (const length of [64, 72, 128, 512]) {
      const password = "plum tractor velvet 93 orbit, ".repeat(18).slice(0, length);
      expect(Value.Check(accounts.Password, password)).toBe(true);
      expect(await policy.judge(password, ADA)).toMatchObject({ ok: true });
    }
  });

  it("has twelve characters, however many bytes they are", async () => {
    expect(await policy.judge("j8#Kz!qv2Lw", [])).toMatchObject({ ok: false, tooShort: true });
    expect(await policy.judge("🦊🦉🐢🐙🦔🐝", [])).toMatchObject({ ok: false, tooShort: true });
  });

  it("is refused with the reason, in keys that the console translates", async () => {
    const refusal = policy.assertStrong("password1234", [], NO_RULES);
    await expect(refusal).rejects.toMatchObject({
      code: "auth.password_weak",
      fields: { tooShort: false, score: expect.any(Number), warning: expect.any(String) },
    });
    await expect(refusal).rejects.not.toHaveProperty("fields.password");
  });

  it("is judged without holding up anything else, also one made to be slow", async () => {
    let beats = 0;
    const heart = setInterval(() => beats++, 5);
    const slow = policy.judge("@4a3e1!i0o5$s7tqwerty12p4$$w0rd".repeat(16), ["qwerty", "asdf"]);
    const answered = slow.then(() => beats);
    await answered;
    clearInterval(heart);
    expect(await slow).toHaveProperty("score");
    expect(await answered).toBeGreaterThan(0);
  });

  it.skipIf(!existsSync(NAUGHTY))("may be any naughty string without harm", async () => {
    const strings: string[] = JSON.parse(readFileSync(NAUGHTY, "utf8"));
    const sample = strings.filter((text, i) => text.length < 8 || i % 8 === 0);
    for (const text of sample) expect([0, 1, 2, 3, 4]).toContain((await policy.judge(text, [text])).score);
  });
});

describe("the estimator", () => {
  it("refuses more work than it can do soon", async () => {
    const own = new PasswordEstimator(virtualClock());
    const asked = Array.from({ length: 20 }, () => own.estimate({ password: "abc", words: [] }));
    const settled = await Promise.allSettled(asked);
    const refused = settled.filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(4);
    for (const one of refused) expect(one).toMatchObject({ reason: { code: "server.busy" } });
    await own.stop();
  });

  it("gives its memory back after a minute and comes again when it is needed", async () => {
    const clock = virtualClock();
    const own = new PasswordEstimator(clock);
    const request = { password: "plum tractor velvet", words: [] };
    const first = await own.estimate(request);
    expect(own.isRunning).toBe(true);
    clock.advance(60_000);
    expect(own.isRunning).toBe(false);
    expect(await own.estimate(request)).toEqual(first);
    await own.stop();
  });

  it("answers busy when its thread does not come to an end, and works again afterwards", async () => {
    const clock = virtualClock();
    const own = new PasswordEstimator(clock);
    const stuck = own.estimate({ password: "plum tractor velvet", words: [] });
    await Promise.resolve();
    clock.advance(15_000);
    await expect(stuck).rejects.toMatchObject({ code: "server.busy" });
    expect(await own.estimate({ password: "abc", words: [] })).toHaveProperty("score");
    await own.stop();
  });
});

it("context words are the parts of what is known of the person, without short ones", () => {
  expect(contextWords(["Ada Lovelace-King", "ada.l@example.org", "Régie 12"])).toEqual([
    "gatehouse",
    "ada",
    "lovelace",
    "king",
    "example",
    "org",
    "régie",
  ]);
});
