import { accounts } from "@gatehouse/contract";
import { expect, test, vi } from "vitest";
import { addPerson, PASSWORD } from "../testing/factor-steps.ts";
import { type House, openHouse } from "../testing/house.ts";
import { movableWallClock } from "../testing/wall-clock.ts";

// The hash is what makes guessing dear; here it only makes the test slow.
vi.mock("@node-rs/argon2", async (importOriginal) => {
  const real = await importOriginal<typeof import("@node-rs/argon2")>();
  const verify: typeof real.verify = async (phc, password, ...rest) =>
    String(password).startsWith("guess") ? false : real.verify(phc, password, ...rest);
  return { ...real, verify };
});

const MINUTE_MS = 60_000;
const address = (i: number): string => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;

const guess = (house: House, i: number, email: string = PASSWORD.email) =>
  house.browser({ address: address(i) }).call(accounts.login, { body: { email, password: `guess ${i}` } });
const refusals = (house: House) => house.events.filter(({ kind }) => kind === "login.refused");

test("ten thousand addresses with a password each get nowhere: the person is told once, the owner's browser is let in, and the ledger does not fill", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const codes = new Set<string>();
  for (let i = 0; i < 10_000; i += 25)
    for (const reply of await Promise.all(Array.from({ length: 25 }, (_, j) => guess(house, i + j))))
      codes.add(reply.code);
  expect([...codes]).toEqual(["auth.invalid_credentials"]);
  expect(refusals(house)).toHaveLength(10);
  house.clock.advance(MINUTE_MS);
  await vi.waitFor(() => expect(refusals(house)).toHaveLength(11), { timeout: 30_000 });
  expect(refusals(house).at(-1)?.data).toMatchObject({ act: "login", count: 9_990, networks: 1_000 });
  const told = house.messages.filter(({ purpose }) => purpose === "under_attack");
  expect(told).toHaveLength(1);
  expect(told[0]?.text).toContain("20 wrong tries");
  expect(house.events.filter(({ kind }) => kind === "login.attacked")).toHaveLength(2);
  const [onOne, onMany, ...more] = house.attacks;
  expect([onOne, onMany]).toMatchObject([
    { name: "Ada Lovelace", tries: 20 },
    { name: undefined, tries: 10_000 },
  ]);
  expect(more).toEqual([]);
  expect((await owner.call(accounts.login, { body: PASSWORD })).status).toBe(200);
  const elsewhere = house.browser({ address: "192.0.2.200" });
  expect((await elsewhere.call(accounts.login, { body: PASSWORD })).status).toBe(200);
}, 120_000);

test("one network with a list of accounts is slowed after a hundred, and makes twenty entries a minute", async () => {
  await using house = await openHouse();
  await house.owner();
  const codes: string[] = [];
  using wall = movableWallClock();
  for (let i = 0; i < 300; i++) {
    // Sixty a minute are let through to the log-in itself.
    if (i % 60 === 0) wall.advance(MINUTE_MS + 1);
    const browser = house.browser({ address: `2001:db8:1:2::${i % 10}` });
    const body = { email: `person${i}@example.org`, password: "guess" };
    codes.push((await browser.call(accounts.login, { body })).code);
  }
  expect(codes.filter((code) => code === "auth.invalid_credentials")).toHaveLength(101);
  expect(codes.filter((code) => code === "auth.throttled")).toHaveLength(199);
  expect(refusals(house)).toHaveLength(20);
});

test("what was summed up is written when the server stops", async () => {
  const house = await openHouse();
  await house.owner();
  for (let i = 0; i < 30; i++) await guess(house, i);
  await house.accounts.stop?.();
  expect(refusals(house).at(-1)?.data).toMatchObject({ count: 20 });
  await house[Symbol.asyncDispose]();
});

test("twenty wrong tries spread over a day alarm nobody; after an alarm the next comes a day later", async () => {
  await using house = await openHouse();
  await house.owner();
  const bob = await addPerson(house, "bob@example.org", "operator");
  const alarms = () => house.messages.filter(({ purpose }) => purpose === "under_attack").length;
  for (let i = 0; i < 20; i++) {
    await guess(house, i, bob.email);
    house.clock.advance(61 * MINUTE_MS);
  }
  expect(alarms()).toBe(0);
  for (let i = 0; i < 60; i++) await guess(house, i, bob.email);
  expect(alarms()).toBe(1);
  house.clock.advance(25 * 60 * MINUTE_MS);
  for (let i = 0; i < 25; i++) await guess(house, i, bob.email);
  expect(alarms()).toBe(2);
});
