import type { UnixMs, Uuid } from "@gatehouse/base";
import type { telemetry } from "@gatehouse/contract";
import type { Selectable } from "kysely";
import type { BoardsTable, TelemetryDatabase } from "../tables.ts";

export type BoardBody = Pick<telemetry.Board, "name" | "charts" | "rangeMs">;

export class BoardStore {
  readonly #db: TelemetryDatabase;
  readonly #tenantId: Uuid;

  constructor(db: TelemetryDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  async list(): Promise<telemetry.Board[]> {
    const rows = await this.#boards().orderBy("name").orderBy("id").execute();
    return rows.map(toBoard);
  }

  async find(id: Uuid): Promise<telemetry.Board | undefined> {
    const row = await this.#boards().where("id", "=", id).executeTakeFirst();
    return row && toBoard(row);
  }

  async count(): Promise<number> {
    const { count } = await this.#db
      .selectFrom("boards")
      .select((eb) => eb.fn.countAll<number>().as("count"))
      .where("tenant_id", "=", this.#tenantId)
      .executeTakeFirstOrThrow();
    return count;
  }

  async insert({ id, name, charts, rangeMs, updatedMs }: telemetry.Board): Promise<void> {
    await this.#db
      .insertInto("boards")
      .values({
        id,
        tenant_id: this.#tenantId,
        name,
        charts: JSON.stringify(charts),
        range_ms: rangeMs,
        updated_at: new Date(updatedMs),
      })
      .execute();
  }

  /** False when there is none, or it is not the version that was read. */
  async update(id: Uuid, body: BoardBody, readMs: UnixMs, nowMs: UnixMs): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("boards")
      .set({
        name: body.name,
        charts: JSON.stringify(body.charts),
        range_ms: body.rangeMs,
        updated_at: new Date(nowMs),
      })
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .where("updated_at", "=", new Date(readMs))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async delete(id: Uuid): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("boards")
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }

  #boards() {
    return this.#db.selectFrom("boards").selectAll().where("tenant_id", "=", this.#tenantId);
  }
}

/** A board with whose it is. */
export async function findBoardOwner(
  db: TelemetryDatabase,
  id: Uuid,
): Promise<{ readonly tenantId: Uuid; readonly board: telemetry.Board } | undefined> {
  const row = await db.selectFrom("boards").selectAll().where("id", "=", id).executeTakeFirst();
  return row && { tenantId: row.tenant_id, board: toBoard(row) };
}

function toBoard(row: Selectable<BoardsTable>): telemetry.Board {
  return {
    id: row.id,
    name: row.name,
    charts: row.charts as telemetry.Board["charts"],
    rangeMs: row.range_ms,
    updatedMs: row.updated_at.getTime(),
  };
}
