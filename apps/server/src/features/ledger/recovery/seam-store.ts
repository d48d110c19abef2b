import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Selectable } from "kysely";
import type { LedgerDatabase, LedgerSeamsTable } from "../tables.ts";

export interface Acknowledgement {
  readonly atMs: UnixMs;
  readonly personId: Uuid;
  readonly reason: string;
}

/** One log ended and another began. */
export interface StoredSeam {
  readonly logId: number;
  readonly previousId: number;
  readonly restoreId: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** Canonical bytes of the first entry of the log that follows. */
  readonly entry: Uint8Array;
  /** The previous log's last checkpoint; undefined when it had none. */
  readonly note: string | undefined;
  readonly backupMs: UnixMs | undefined;
  readonly atMs: UnixMs;
  readonly acknowledgement: Acknowledgement | undefined;
}

export class SeamStore {
  readonly #db: LedgerDatabase;

  constructor(db: LedgerDatabase) {
    this.#db = db;
  }

  async isKnown(restoreId: string): Promise<boolean> {
    const found = await this.#db
      .selectFrom("ledger_seams")
      .select("log_id")
      .where("restore_id", "=", restoreId)
      .executeTakeFirst();
    return found !== undefined;
  }

  async add(seam: Omit<StoredSeam, "acknowledgement">): Promise<void> {
    await this.#db
      .insertInto("ledger_seams")
      .values({
        log_id: seam.logId,
        previous_id: seam.previousId,
        restore_id: seam.restoreId,
        size: seam.size,
        root: Buffer.from(seam.root),
        entry: Buffer.from(seam.entry),
        note: seam.note ?? null,
        backup_at: seam.backupMs === undefined ? null : new Date(seam.backupMs),
        at: new Date(seam.atMs),
      })
      .execute();
  }

  /** Newest first. */
  async list(): Promise<StoredSeam[]> {
    const rows = await this.#db.selectFrom("ledger_seams").selectAll().orderBy("log_id", "desc").execute();
    return rows.map(seamOf);
  }

  /** The seam; undefined when there is none or it is acknowledged already. */
  async acknowledge(
    logId: number,
    { atMs, personId, reason }: Acknowledgement,
  ): Promise<StoredSeam | undefined> {
    const row = await this.#db
      .updateTable("ledger_seams")
      .set({ acknowledged_at: new Date(atMs), acknowledged_by: personId, reason })
      .where("log_id", "=", logId)
      .where("acknowledged_at", "is", null)
      .returningAll()
      .executeTakeFirst();
    return row && seamOf(row);
  }
}

function seamOf(row: Selectable<LedgerSeamsTable>): StoredSeam {
  const { acknowledged_at: atTime, acknowledged_by: personId, reason } = row;
  const isAcknowledged = atTime !== null && personId !== null && reason !== null;
  return {
    logId: row.log_id,
    previousId: row.previous_id,
    restoreId: row.restore_id,
    size: row.size,
    root: row.root,
    entry: row.entry,
    note: row.note ?? undefined,
    backupMs: row.backup_at?.getTime(),
    atMs: row.at.getTime(),
    acknowledgement: isAcknowledged ? { atMs: atTime.getTime(), personId, reason } : undefined,
  };
}
