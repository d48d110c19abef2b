import { type Clock, Secret, silentLogger, systemClock, systemRandom, type Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { AuditEvent } from "../../../platform/audit/index.ts";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import { createLedger, type LedgerFeature, type LedgerTables, ledgerMigrations } from "../index.ts";
import type { LedgerDatabase } from "../tables.ts";

export const TENANT: Uuid = "00000000-0000-4000-8000-00000000000a";
export const OTHER_TENANT: Uuid = "00000000-0000-4000-8000-00000000000b";
export const PERSON: Uuid = "00000000-0000-4000-8000-0000000000c1";

export interface LedgerHouse extends AsyncDisposable {
  readonly db: LedgerDatabase;
  readonly ledger: LedgerFeature;
  /** Another feature on the same database, as after a restart. */
  again(clock?: Clock): LedgerFeature;
  record(event: Partial<AuditEvent>): Promise<void>;
  /** As somebody with the database's password does. */
  run(statement: string): Promise<void>;
}

/** The ledger on a database of its own. It sequences when `flush` is called; `start` makes it do so by itself. */
export async function ledgerHouse(clock: Clock = systemClock): Promise<LedgerHouse> {
  const database = await createTestDatabase<LedgerTables>([ledgerMigrations]);
  const { db } = database;
  const make = (ownClock: Clock): LedgerFeature =>
    createLedger({
      db,
      clock: ownClock,
      random: systemRandom,
      log: silentLogger,
      masterKey: new Secret(new Uint8Array(32).fill(7)),
      installationName: "gatehouse",
      people: {
        isHost: async (tenantId) => tenantId === TENANT,
        namesOf: async (_tenantId, ids) => new Map(ids.map((id) => [id, "Ada"])),
      },
      settings: { tenants: async () => [TENANT, OTHER_TENANT], retentionDays: () => 365 },
    });
  const ledger = make(clock);
  await ledger.open();
  return {
    db,
    ledger,
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
