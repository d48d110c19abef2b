import { type Clock, systemClock } from "@gatehouse/base";
import { sql } from "kysely";
import type { AuditEvent } from "../../../platform/audit/index.ts";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import { type LedgerFeature, type LedgerTables, ledgerMigrations } from "../index.ts";
import type { WitnessLinks } from "../ports.ts";
import type { LedgerDatabase } from "../tables.ts";
import { ledgerOn, TENANT } from "./ledger.ts";

export { MASTER_KEY, OTHER_TENANT, PERSON, TENANT } from "./ledger.ts";

export interface LedgerHouse extends AsyncDisposable {
  readonly db: LedgerDatabase;
  readonly ledger: LedgerFeature;
  /** Another feature on the same database, as after a restart. */
  again(clock?: Clock): LedgerFeature;
  /** Another log begins, as after a restore. */
  restore(id?: string): Promise<void>;
  record(event: Partial<AuditEvent>): Promise<void>;
  /** As somebody with the database's password does. */
  run(statement: string): Promise<void>;
}

/** The ledger on a database of its own. It sequences when `flush` is called; `start` makes it do so by itself. */
export async function ledgerHouse(clock: Clock = systemClock, links?: WitnessLinks): Promise<LedgerHouse> {
  const database = await createTestDatabase<LedgerTables>([ledgerMigrations]);
  const { db } = database;
  const make = (ownClock: Clock): LedgerFeature => ledgerOn(db, ownClock, undefined, links);
  const ledger = make(clock);
  await ledger.open();
  return {
    db,
    ledger,
    async restore(id = "restore-1") {
      await ledgerOn(
        db,
        clock,
        () => ({ id, backup: { madeMs: 1_000, sha256: "00".repeat(32) } }),
        links,
      ).open();
    },
    again: (ownClock = clock) => make(ownClock),
    record: (event) =>
      db
        .transaction()
        .execute((tx) => ledger.audit.record(tx, { kind: "site.changed", tenantId: TENANT, ...event })),
    async run(statement) {
      await sql.raw(statement).execute(db);
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
