import { Secret } from "@gatehouse/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askedBy } from "../../../platform/audit/index.ts";
import { type LedgerHouse, ledgerHouse, PERSON, TENANT } from "../testing/house.ts";
import { checkLedger } from "./check.ts";

let house: LedgerHouse;
beforeEach(async () => {
  house = await ledgerHouse();
  const asker = {
    actor: { kind: "person", id: PERSON, tenantId: TENANT } as const,
    address: "192.0.2.7",
    client: "Firefox",
    recorded: new Set<never>(),
  };
  for (let n = 0; n < 20; n++) {
    await askedBy(asker, () => house.record({ data: { n } }));
    if (n % 4 === 0) await house.ledger.flush();
  }
  await house.ledger.flush();
}, 60_000);
afterEach(() => house[Symbol.asyncDispose]());

const problems = async () => {
  const reports = await checkLedger(house.db, new Secret(new Uint8Array(32).fill(7)));
  return reports.flatMap((report) => report.problems.map(({ index, kind }) => `${index} ${kind}`));
};

describe("somebody with the database's password", () => {
  it("has changed nothing yet", async () => {
    const [report] = await checkLedger(house.db, new Secret(new Uint8Array(32).fill(7)));
    expect(report).toMatchObject({ entries: 21, problems: [] });
    expect(report?.checkpoints).toBeGreaterThan(4);
  });

  it("changes an event, also with the hash beside it, and is told at its index", async () => {
    await house.run("update ledger_entries set event = overlay(event placing 'X' from 40) where index = 7");
    expect(await problems()).toEqual(["7 changed"]);
    await house.run("update ledger_entries set leaf_hash = sha256('\\x00' || event) where index = 7");
    expect(await problems()).toEqual(["7 changed"]);
  });

  it("changes an event with every copy of its hash: the next signed head does not fit", async () => {
    await house.run(`
      update ledger_entries set event = overlay(event placing '9' from position('"n":' in convert_from(event, 'UTF8')) + 4)
      where index = 7`);
    await house.run("update ledger_entries set leaf_hash = sha256('\\x00' || event) where index = 7");
    await house.run(`
      update ledger_tiles set bytes = overlay(bytes placing (select leaf_hash from ledger_entries where index = 7) from 7 * 32 + 1)
      where level = 0`);
    const found = await problems();
    expect(found).toHaveLength(1);
    const [index, kind] = (found[0] ?? "").split(" ");
    expect(kind).toBe("root_differs");
    expect(Number(index)).toBeGreaterThan(1);
    expect(Number(index)).toBeLessThanOrEqual(7);
  });

  it("changes what the list shows of an event, but not the event", async () => {
    await house.run(`update ledger_entries set actor_id = gen_random_uuid()::text where index = 3`);
    await house.run(`update ledger_entries set at = at - interval '1 day' where index = 5`);
    expect(await problems()).toEqual(["3 changed", "5 changed"]);
  });

  it("deletes an entry", async () => {
    await house.run("delete from ledger_entries where index = 9");
    expect(await problems()).toEqual(["9 missing"]);
  });

  it("swaps two entries", async () => {
    await house.run(
      "update ledger_entries set index = case index when 4 then -1 else 4 end where index in (4, 11)",
    );
    await house.run("update ledger_entries set index = 11 where index = -1");
    expect(await problems()).toEqual(["4 moved", "11 moved"]);
  });

  it("cuts the log short, with its own account of its size", async () => {
    await house.run("delete from ledger_entries where index >= 15");
    const found = await problems();
    expect(found).toEqual([15, 16, 17, 18, 19, 20].map((index) => `${index} missing`));
  });

  it("adds an entry that was never sequenced", async () => {
    await house.run(`
      insert into ledger_entries select log_id, 21, gen_random_uuid(), tenant_id, kind, outcome, actor_kind, actor_id,
        subject_kind, subject_id, at, event, leaf_hash from ledger_entries where index = 20`);
    expect(await problems()).toEqual(["21 surplus"]);
  });

  it("forges a checkpoint", async () => {
    await house.run(
      "update ledger_checkpoints set note = replace(note, E'\\n21\\n', E'\\n20\\n') where size = 21",
    );
    expect(await problems()).toEqual(["20 checkpoint_forged"]);
  });

  it("changes a text about a person", async () => {
    await house.run(`
      update ledger_personal p set value = q.value from ledger_personal q, ledger_entries e, ledger_entries f
      where e.index = 5 and p.event_id = e.event_id and p.name = 'address'
        and f.index = 6 and q.event_id = f.event_id and q.name = 'address'`);
    expect(await problems()).toEqual(["5 personal_changed"]);
  });

  it("empties an entry as if it had been sealed", async () => {
    await house.run("update ledger_entries set event = null, kind = null where index = 8");
    expect(await problems()).toEqual(["8 emptied"]);
  });
});
