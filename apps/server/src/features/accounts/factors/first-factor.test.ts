import { accounts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { addTotp, appCode, lastCode } from "../testing/factor-steps.ts";
import { OWNER, openHouse } from "../testing/house.ts";

const MINUTE_MS = 60_000;

test("a first factor is begun soon after a log-in or with the password, not in any session that is found open", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  house.clock.advance(5 * MINUTE_MS + 1);
  for (const [endpoint, input] of [
    [accounts.startTotp, {}],
    [accounts.startPasskey, {}],
    [accounts.startSentCodes, { params: { medium: "email" } }],
    [accounts.addSentCodes, { params: { medium: "email" }, body: { code: "000000" } }],
  ] as const)
    expect([endpoint.path, (await owner.call(endpoint, input)).code]).toEqual([
      endpoint.path,
      "auth.step_up_required",
    ]);
  expect(house.messages).toEqual([]);
  const body = { factor: "password", password: OWNER.password };
  expect((await owner.call(accounts.stepUp, { body })).status).toBe(200);
  await addTotp(house, owner);
});

test("what was begun in time may be finished later: scanning and typing take a while", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  house.clock.advance(4 * MINUTE_MS);
  const { body: totp } = await owner.call(accounts.startTotp);
  await owner.call(accounts.startSentCodes, { params: { medium: "email" } });
  const mailed = lastCode(house);
  house.clock.advance(5 * MINUTE_MS);
  const code = appCode(totp.secret, house.clock.nowMs());
  expect((await owner.call(accounts.addTotp, { body: { code } })).status).toBe(201);
  const add = { params: { medium: "email" }, body: { code: mailed } };
  expect((await owner.call(accounts.addSentCodes, add)).status).toBe(201);
});

test("while a factor is required, staff whose log-in is long ago confirm it by password and go on", async () => {
  await using house = await openHouse({ requireStaffFactor: () => true });
  const owner = await house.owner();
  house.clock.advance(9 * MINUTE_MS);
  expect((await owner.call(accounts.startTotp)).code).toBe("auth.step_up_required");
  expect((await owner.call(accounts.getStepUp)).body.factors).toEqual([{ factor: "password" }]);
  const body = { factor: "password", password: OWNER.password };
  expect((await owner.call(accounts.stepUp, { body })).status).toBe(200);
  await addTotp(house, owner);
  expect((await owner.call(accounts.getMe)).body.mustEnrolFactor).toBe(false);
});
