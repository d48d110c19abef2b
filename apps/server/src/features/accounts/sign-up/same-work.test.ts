import { accounts } from "@gatehouse/contract";
import pg from "pg";
import { expect, test, vi } from "vitest";
import { type House, OWNER, openHouse } from "../testing/house.ts";

/** Passwords that were hashed. */
const hashed: string[] = [];
vi.mock("@node-rs/argon2", async (importOriginal) => {
  const real = await importOriginal<typeof import("@node-rs/argon2")>();
  const hash: typeof real.hash = (password, ...rest) => {
    hashed.push(String(password));
    return real.hash(password, ...rest);
  };
  return { ...real, hash };
});

const BODY = {
  name: "Grace Hopper",
  phone: "+33 6 12 34 56 78",
  address: "1 rue du Port",
  password: "lantern ochre bicycle 41 moss",
  language: "en",
};

// Before any connection is made: each keeps the function that it finds.
const query = vi.spyOn(pg.Client.prototype, "query");

/** Every statement that the act sends to the database, hashes and messages: what its time is made of. */
async function workOf(house: House, act: () => Promise<{ readonly status: number; readonly body: unknown }>) {
  const before = { queries: query.mock.calls.length, hashes: hashed.length, messages: house.messages.length };
  const { status, body } = await act();
  return {
    statements: query.mock.calls.slice(before.queries).map(([asked]) => textOf(asked)),
    hashes: hashed.length - before.hashes,
    messages: house.messages.length - before.messages,
    status,
    fields: Object.keys(body as object).sort(),
  };
}

const textOf = (asked: unknown): string =>
  typeof asked === "string" ? asked : (asked as { readonly text: string }).text;

test("signing up with an address that has an account takes the same statements, hashes and messages as with a new one", async () => {
  await using house = await openHouse({ signUpIsOpen: () => true });
  await house.owner();
  const signUp = (email: string) => () => house.browser().call(accounts.signUp, { body: { ...BODY, email } });
  // The first of all makes what later ones find: the organisation's data key.
  await signUp("first@example.org")();
  const unknown = await workOf(house, signUp("nobody@example.org"));
  const known = await workOf(house, signUp(OWNER.email));
  expect(unknown).toMatchObject({ status: 202, hashes: 1, messages: 1 });
  expect(unknown.statements.length).toBeGreaterThan(5);
  expect(known).toEqual(unknown);
});

test("asking for a code again takes the same for both", async () => {
  await using house = await openHouse({ signUpIsOpen: () => true });
  await house.owner();
  const again = async (email: string) => {
    const browser = house.browser();
    await browser.call(accounts.signUp, { body: { ...BODY, email } });
    house.clock.advance(61_000);
    return workOf(house, () => browser.call(accounts.resendSignUpCode, { body: {} }));
  };
  await again("first@example.org");
  const unknown = await again("nobody@example.org");
  expect(unknown).toMatchObject({ status: 202, messages: 1 });
  expect(await again(OWNER.email)).toEqual(unknown);
});
