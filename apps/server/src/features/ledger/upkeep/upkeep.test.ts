import { Secret, systemClock } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import { askedBy } from "../../../platform/audit/index.ts";
import { checkLedger } from "../check/check.ts";
import { openEvents } from "../testing/events.ts";
import { type LedgerHouse, ledgerHouse, OTHER_TENANT, PERSON, TENANT } from "../testing/house.ts";

const asker = {
  actor: { kind: "person", id: PERSON, tenantId: TENANT } as const,
  address: "192.0.2.7",
  client: undefined,
  recorded: new Set<never>(),
};
const problems = async (house: LedgerHouse) =>
  (await checkLedger(house.db, new Secret(new Uint8Array(32).fill(7)))).flatMap((report) => report.problems);
const values = (house: LedgerHouse) =>
  house.db.selectFrom("ledger_personal").select(["name", "person_id"]).orderBy("name").execute();

test("an erased person's texts are gone with their salts, and every entry is still the one that was hashed", async () => {
  await using house = await ledgerHouse(systemClock);
  await askedBy(asker, () => house.record({ kind: "alert.handled", personal: { note: "I did" } }));
  await house.record({ kind: "login.refused", tenantId: undefined, personal: { email: "Ada@example.org" } });
  await house.record({ kind: "login.refused", tenantId: undefined, personal: { email: "bob@example.org" } });
  await house.ledger.flush();
  const before = await openEvents(house.db);
  const erased = await house.db
    .transaction()
    .execute((tx) => house.ledger.erasePerson(tx, TENANT, PERSON, ["ada@example.org"]));
  expect(erased).toBe(3);
  expect(await values(house)).toEqual([{ name: "email", person_id: null }]);
  expect(await openEvents(house.db)).toEqual(before);
  expect(await problems(house)).toEqual([]);
});

test("another organisation's texts stay when a person with the same words is erased", async () => {
  await using house = await ledgerHouse(systemClock);
  await house.record({ tenantId: OTHER_TENANT, personal: { email: "ada@example.org" } });
  await house.db
    .transaction()
    .execute((tx) => house.ledger.erasePerson(tx, TENANT, PERSON, ["ada@example.org"]));
  expect(await values(house)).toHaveLength(1);
});

test("an export of a person holds what they did and what was done to them", async () => {
  await using house = await ledgerHouse(systemClock);
  await askedBy(asker, () => house.record({ kind: "board.changed" }));
  await house.record({ kind: "person.approved", subject: { kind: "person", id: PERSON } });
  await house.record({ kind: "board.changed" });
  await house.ledger.flush();
  const read: (string | undefined)[] = [];
  const who = house.ledger.personalData.read({ tenantId: TENANT, personId: PERSON });
  for await (const { act } of who) read.push(act?.kind);
  expect(read).toEqual(["person.approved", "board.changed"]);
});

test("what is older than is kept loses its content, the log says so, and all of it stays provable", async () => {
  const clock = virtualClock();
  await using house = await ledgerHouse(clock);
  for (let n = 0; n < 5; n++) await askedBy(asker, () => house.record({ data: { n } }));
  await house.record({ tenantId: OTHER_TENANT });
  await house.ledger.flush();
  clock.advance(366 * 86_400_000);
  await house.record({ data: { n: 5 } });
  await house.ledger.flush();
  const [job] = house.ledger.jobs ?? [];
  await job?.run({}, new AbortController().signal);
  await house.ledger.flush();
  const kinds = (await openEvents(house.db)).map(({ kind, data }) => [kind, data.count]);
  expect(kinds).toEqual([
    ["ledger.begun", undefined],
    ["site.changed", undefined],
    ["ledger.sealed", 5],
    ["ledger.sealed", 1],
  ]);
  expect(await values(house)).toEqual([]);
  expect(await problems(house)).toEqual([]);
  await house.run("update ledger_entries set event = null, kind = null where index = 7");
  expect((await problems(house)).map(({ index, kind }) => [index, kind])).toEqual([[7, "emptied"]]);
});
