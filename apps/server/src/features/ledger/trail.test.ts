import { encodeEvent, type LedgerEvent, matchesPersonal } from "@gatehouse/ledger";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Asker, askedBy } from "../../platform/audit/index.ts";
import { openEvents } from "./testing/events.ts";
import { type LedgerHouse, ledgerHouse, PERSON, TENANT } from "./testing/house.ts";

let house: LedgerHouse;
beforeEach(async () => {
  house = await ledgerHouse();
});
afterEach(() => house[Symbol.asyncDispose]());

const ada: Asker = {
  actor: { kind: "person", id: PERSON, tenantId: TENANT },
  address: "192.0.2.7",
  client: "Firefox",
  recorded: new Set(),
};

test("an event says who asked; address, program and texts about people stand in it only as commitments", async () => {
  const note = "she called, Ünï 😀";
  await askedBy(ada, () =>
    house.record({ kind: "alert.handled", personal: { note }, data: { a: 1, b: undefined } }),
  );
  await house.ledger.flush();
  const event = (await openEvents(house.db)).at(-1);
  expect(event).toMatchObject({
    v: 1,
    kind: "alert.handled",
    tenant: TENANT,
    actor: { kind: "person", id: PERSON },
    subject: null,
    outcome: "done",
    data: { a: 1 },
  });
  expect(ada.recorded.has("alert.handled")).toBe(true);
  expect(JSON.stringify(event)).not.toMatch(/192\.0\.2|Firefox|called/);
  const { rows } = { rows: await house.db.selectFrom("ledger_personal").selectAll().execute() };
  expect(rows.map(({ name }) => name).sort()).toEqual(["address", "client", "note"]);
  expect(rows.every(({ person_id }) => person_id === PERSON)).toBe(true);
  const kept = rows.find(({ name }) => name === "note");
  expect(Buffer.from(kept?.value ?? []).includes("called")).toBe(false);
  expect(matchesPersonal(event?.personal.note ?? "", kept?.salt ?? new Uint8Array(), "note", note)).toBe(
    true,
  );
});

test("an event is stored as the bytes that everybody else makes of it, and refused when it is none", async () => {
  await house.record({ data: { b: "é😀", a: [1.5, null, true] }, subject: { kind: "site", id: "x/1" } });
  await house.ledger.flush();
  const stored = await house.db.selectFrom("ledger_entries").select("event").where("index", "=", 1).execute();
  const event = (await openEvents(house.db)).at(-1);
  expect(Buffer.from(stored[0]?.event ?? [])).toEqual(Buffer.from(encodeEvent(event as LedgerEvent)));
  for (const bad of [
    { subject: { kind: "No Kind", id: "x" } },
    { subject: { kind: "site", id: "with space" } },
    { data: { long: "x".repeat(20_000) } },
  ])
    await expect(house.record(bad)).rejects.toMatchObject({ code: "ledger.malformed" });
});

test("what nobody asked for is the system's act, and an act for somebody else carries no address of the asker", async () => {
  await house.record({});
  const device = { kind: "device", id: "00000000-0000-4000-8000-0000000000d1" } as const;
  await askedBy(ada, () => house.record({ actor: device }));
  await house.ledger.flush();
  const [system, byDevice] = (await openEvents(house.db)).slice(-2);
  expect(system?.actor).toEqual({ kind: "system", id: "system" });
  expect(byDevice).toMatchObject({ actor: device, personal: {} });
});

test("texts about a person who is the subject belong to that person, however long they are", async () => {
  const subject = { kind: "person", id: "00000000-0000-4000-8000-0000000000c2" };
  await askedBy(ada, () =>
    house.record({ kind: "person.rejected", subject, personal: { reason: `${"x".repeat(511)}😀` } }),
  );
  const rows = await house.db.selectFrom("ledger_personal").selectAll().orderBy("name").execute();
  expect(rows.map(({ name, person_id }) => [name, person_id])).toEqual([
    ["address", PERSON],
    ["client", PERSON],
    ["reason", subject.id],
  ]);
});
