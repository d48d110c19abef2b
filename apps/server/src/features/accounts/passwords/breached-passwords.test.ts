import { virtualClock } from "@gatehouse/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BreachedPasswords } from "./breached-passwords.ts";
import { PasswordEstimator } from "./password-estimator.ts";
import { PasswordPolicy } from "./password-policy.ts";

let estimator: PasswordEstimator;
beforeAll(() => {
  estimator = new PasswordEstimator(virtualClock());
});
afterAll(() => estimator.stop());

const STOLEN = ["1q2w3e4r5t6y", "q1w2e3r4t5y6", "passwordpassword", "unbelievable", "Unbelievable"];

it("knows passwords that were stolen elsewhere, in any case, and takes no other for one", () => {
  const list = BreachedPasswords.load();
  expect(STOLEN.filter((password) => !list.has(password))).toEqual([]);
  for (const other of [
    "",
    "plum tractor velvet 93 orbit",
    "1q2w3e4r5t6y ",
    "le hibou range douze casseroles",
  ])
    expect([other, list.has(other)]).toEqual([other, false]);
});

it("makes a stolen password no password, however well it is judged", async () => {
  const policy = new PasswordPolicy(estimator);
  for (const password of STOLEN)
    expect(await policy.judge(password, [])).toMatchObject({ ok: false, tooShort: false, breached: true });
});
