import type { Uuid } from "@gatehouse/base";
import type { Selectable } from "kysely";
import type { DetectorRecord, RemoteRecord } from "./model.ts";
import type { DetectorDatabase, DetectorsTable } from "./tables.ts";

export class DetectorStore {
  readonly #db: DetectorDatabase;

  constructor(db: DetectorDatabase) {
    this.#db = db;
  }

  async list(tenantId: Uuid): Promise<DetectorRecord[]> {
    const rows = await this.#db
      .selectFrom("detectors")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .orderBy("created_ms")
      .orderBy("id")
      .execute();
    return rows.map(recordOf);
  }

  /** Of this organisation alone, where one is named. */
  async find(id: Uuid, tenantId?: Uuid): Promise<DetectorRecord | undefined> {
    let query = this.#db.selectFrom("detectors").selectAll().where("id", "=", id);
    if (tenantId !== undefined) query = query.where("tenant_id", "=", tenantId);
    const row = await query.executeTakeFirst();
    return row && recordOf(row);
  }

  /** The files of a model are those that were uploaded under its id. */
  async insert(record: DetectorRecord): Promise<void> {
    const isModel = record.kind !== "remote";
    await this.#db
      .insertInto("detectors")
      .values({
        id: record.id,
        tenant_id: record.tenantId,
        kind: record.kind,
        name: record.name,
        licence: record.licence,
        created_ms: record.createdMs,
        created_by: record.createdBy,
        model_id: isModel ? record.id : null,
        family: isModel ? record.family : null,
        labels: isModel ? [...record.labels] : [],
        width: isModel ? record.inputSize.width : null,
        height: isModel ? record.inputSize.height : null,
        files: JSON.stringify(isModel ? record.files : []),
        digest: isModel ? record.digest : null,
        url: isModel ? null : record.url,
        allow_private: !isModel && record.allowPrivate,
        secret: isModel ? null : (record.secret ?? null),
      })
      .execute();
  }

  /** False: it is gone. */
  async update(record: DetectorRecord): Promise<boolean> {
    const remote: Partial<RemoteRecord> = record.kind === "remote" ? record : {};
    const changed = await this.#db
      .updateTable("detectors")
      .set({
        name: record.name,
        licence: record.licence,
        url: remote.url ?? null,
        allow_private: remote.allowPrivate ?? false,
        secret: remote.secret ?? null,
      })
      .where("id", "=", record.id)
      .where("tenant_id", "=", record.tenantId)
      .executeTakeFirst();
    return changed.numUpdatedRows === 1n;
  }

  /** With its files. False: it is gone. */
  async remove({ id, tenantId }: DetectorRecord): Promise<boolean> {
    const removed = await this.#db
      .deleteFrom("detectors")
      .where("id", "=", id)
      .where("tenant_id", "=", tenantId)
      .executeTakeFirst();
    await this.#db
      .deleteFrom("detector_models")
      .where("id", "=", id)
      .where("tenant_id", "=", tenantId)
      .execute();
    return removed.numDeletedRows === 1n;
  }
}

function recordOf(row: Selectable<DetectorsTable>): DetectorRecord {
  const added = {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    licence: row.licence,
    createdMs: row.created_ms,
    createdBy: row.created_by,
  };
  if (row.kind === "remote")
    return {
      ...added,
      kind: "remote",
      url: row.url ?? "",
      allowPrivate: row.allow_private,
      secret: row.secret ?? undefined,
    };
  return {
    ...added,
    kind: row.kind,
    family: row.family ?? "",
    labels: row.labels,
    inputSize: { width: row.width ?? 0, height: row.height ?? 0 },
    files: row.files,
    digest: row.digest ?? "",
  };
}
