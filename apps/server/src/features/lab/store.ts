import type { UnixMs, Uuid } from "@gatehouse/base";
import type { lab } from "@gatehouse/contract";
import type { LabDatabase } from "./tables.ts";

const COLUMNS = ["id", "by_name", "started_at", "ended_at", "state", "entries"] as const;
const KEPT = 50;

type Row = {
  readonly id: Uuid;
  readonly by_name: string;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly state: lab.LabRun["state"];
  readonly entries: lab.LabEntry[];
};

/** Runs of the lab, the newest of each tenant. */
export class LabStore {
  readonly #db: LabDatabase;

  constructor(db: LabDatabase) {
    this.#db = db;
  }

  /** With what `alongside` writes, or not at all. */
  insert(tenantId: Uuid, run: lab.LabRun, alongside: (tx: LabDatabase) => Promise<void>): Promise<void> {
    return this.transaction(async (tx) => {
      await insert(tx, tenantId, run);
      await alongside(tx);
    });
  }

  transaction<T>(act: (tx: LabDatabase) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute(act);
  }

  async finish(run: lab.LabRun, lines: readonly lab.LabLine[]): Promise<void> {
    await this.#db
      .updateTable("lab_runs")
      .set({
        ended_at: new Date(run.endedMs ?? run.startedMs),
        state: run.state,
        entries: JSON.stringify(run.entries),
        lines: JSON.stringify(lines),
      })
      .where("id", "=", run.id)
      .execute();
  }

  /** Those that a server which is no more had under way. */
  async breakRunning(nowMs: UnixMs): Promise<void> {
    await this.#db
      .updateTable("lab_runs")
      .set({ state: "broken", ended_at: new Date(nowMs) })
      .where("state", "=", "running")
      .execute();
  }

  /** Whose a run is. */
  async tenantOf(id: Uuid): Promise<Uuid | undefined> {
    const row = await this.#db
      .selectFrom("lab_runs")
      .select("tenant_id")
      .where("id", "=", id)
      .executeTakeFirst();
    return row?.tenant_id;
  }

  async list(tenantId: Uuid): Promise<lab.LabRun[]> {
    const rows = await this.#db
      .selectFrom("lab_runs")
      .select(COLUMNS)
      .where("tenant_id", "=", tenantId)
      .orderBy("started_at", "desc")
      .limit(KEPT)
      .execute();
    return rows.map(toRun);
  }

  async find(
    tenantId: Uuid,
    id: Uuid,
  ): Promise<{ readonly run: lab.LabRun; readonly lines: lab.LabLine[] } | undefined> {
    const row = await this.#db
      .selectFrom("lab_runs")
      .select([...COLUMNS, "lines"])
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .executeTakeFirst();
    return row && { run: toRun(row), lines: row.lines };
  }
}

async function insert(db: LabDatabase, tenantId: Uuid, run: lab.LabRun): Promise<void> {
  await db
    .insertInto("lab_runs")
    .values({
      id: run.id,
      tenant_id: tenantId,
      by_name: run.byName,
      started_at: new Date(run.startedMs),
      ended_at: null,
      state: run.state,
      entries: JSON.stringify(run.entries),
      lines: "[]",
    })
    .execute();
  const kept = db
    .selectFrom("lab_runs")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .orderBy("started_at", "desc")
    .limit(KEPT);
  await db.deleteFrom("lab_runs").where("tenant_id", "=", tenantId).where("id", "not in", kept).execute();
}

const toRun = (row: Row): lab.LabRun => ({
  id: row.id,
  byName: row.by_name,
  startedMs: row.started_at.getTime(),
  ...(row.ended_at === null ? {} : { endedMs: row.ended_at.getTime() }),
  state: row.state,
  entries: row.entries,
});
