import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import { sha256 } from "../../../platform/secrets/index.ts";
import type { LedgerDatabase } from "../tables.ts";

/** Two statements of one log that cannot both be true. */
export interface Contradiction {
  readonly id: Uuid;
  readonly witnessId?: Uuid;
  readonly witnessedId?: Uuid;
  readonly reason: string;
  readonly atMs: UnixMs;
  readonly keptLog: string;
  /** Empty where only size and root are known. */
  readonly kept: string;
  readonly keptSize: number;
  /** Base64. */
  readonly keptRoot: string;
  /** Body of add-checkpoint. */
  readonly offered: string;
}

/** Of one witness or witnessed log and reason: strangers can send old checkpoints, and push nothing else out with them. */
const MAX_OF_ONE = 100;
const MAX_LISTED = 500;

/** Keeps it unless it is known or there are enough of this witness; inside the transaction of `db`. */
export async function addContradiction(db: LedgerDatabase, found: Contradiction): Promise<void> {
  const { id, witnessId = null, witnessedId = null, reason, atMs, keptLog, kept, keptSize, keptRoot } = found;
  const checkpoint = found.offered.slice(found.offered.indexOf("\n\n"));
  const said = [witnessId, witnessedId, reason, keptLog, keptSize, keptRoot, checkpoint];
  const digest = Buffer.from(sha256(Buffer.from(JSON.stringify(said))));
  await sql`
    insert into ledger_contradictions
      (id, witness_id, witnessed_id, reason, at, kept_log, kept, kept_size, kept_root, offered, digest)
    select ${id}, ${witnessId}::uuid, ${witnessedId}::uuid, ${reason}, ${new Date(atMs)}::timestamptz, ${keptLog}, ${kept},
      ${keptSize}, ${keptRoot}, ${found.offered}, ${digest}
    where (select count(*) from ledger_contradictions
      where witness_id is not distinct from ${witnessId}::uuid
        and witnessed_id is not distinct from ${witnessedId}::uuid and reason = ${reason}) < ${MAX_OF_ONE}
    on conflict (digest) do nothing`.execute(db);
}

/** Newest first. */
export async function listContradictions(db: LedgerDatabase): Promise<Contradiction[]> {
  const rows = await db
    .selectFrom("ledger_contradictions")
    .selectAll()
    .orderBy("at", "desc")
    .orderBy("id")
    .limit(MAX_LISTED)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    ...(row.witness_id === null ? {} : { witnessId: row.witness_id }),
    ...(row.witnessed_id === null ? {} : { witnessedId: row.witnessed_id }),
    reason: row.reason,
    atMs: row.at.getTime(),
    keptLog: row.kept_log,
    kept: row.kept,
    keptSize: row.kept_size,
    keptRoot: row.kept_root,
    offered: row.offered,
  }));
}
