/** Acts with their entries until it is killed: prints the number of each act after its commit. */
import { silentLogger } from "@gatehouse/base";
import { sql } from "kysely";
import { createDatabase, createPool, type PostgresConnection } from "../../../platform/database/index.ts";
import type { LedgerTables } from "../index.ts";
import { ledgerOn } from "./ledger.ts";

const { connection, from } = JSON.parse(process.argv[2] ?? "") as {
  connection: PostgresConnection;
  from: number;
};
const pool = createPool({ connection, log: silentLogger });
const db = createDatabase<LedgerTables>(pool);
const ledger = ledgerOn(db);
await ledger.start?.();
let next = from;
const act = async (): Promise<never> => {
  for (;;) {
    const n = next++;
    await db.transaction().execute(async (tx) => {
      await sql`insert into acts values (${n})`.execute(tx);
      const kind = n % 10 === 0 ? "key.rotated" : "site.changed";
      await ledger.audit.record(tx, {
        kind,
        tenantId: undefined,
        data: { n },
        personal: { note: `act ${n}` },
      });
    });
    process.stdout.write(`${n}\n`);
  }
};
await Promise.all(Array.from({ length: 6 }, act));
