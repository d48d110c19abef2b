import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { type Selectable, sql } from "kysely";
import type { OffsiteDatabase, OffsiteTargetsTable } from "../tables.ts";
import type { SealedSettings } from "./target-secrets.ts";

export interface TargetRecord {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly name: string;
  readonly enabled: boolean;
  readonly sealed: SealedSettings;
  readonly allowPrivate: boolean;
  readonly rateBytes: number;
  readonly keepDays: number;
  readonly wholeCameras: readonly Uuid[];
  readonly sinceMs: UnixMs;
  readonly health: cameras.OffsiteTarget["health"];
  readonly failure?: cameras.OffsiteFailure;
  readonly failingSinceMs?: UnixMs;
  readonly failures: number;
  readonly nextMs: UnixMs;
  readonly checkedMs: UnixMs;
  readonly createdMs: UnixMs;
  readonly updatedMs: UnixMs;
}

export class TargetStore {
  readonly #db: OffsiteDatabase;

  constructor(db: OffsiteDatabase) {
    this.#db = db;
  }

  async list(tenantId: Uuid): Promise<TargetRecord[]> {
    const rows = await this.#db
      .selectFrom("offsite_targets")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .orderBy("created_ms")
      .orderBy("id")
      .execute();
    return rows.map(recordOf);
  }

  /** Of all organisations: those to which something is copied. */
  async listEnabled(): Promise<TargetRecord[]> {
    const rows = await this.#db
      .selectFrom("offsite_targets")
      .selectAll()
      .where("enabled", "=", true)
      .orderBy("id")
      .execute();
    return rows.map(recordOf);
  }

  async find(targetId: Uuid, tenantId?: Uuid): Promise<TargetRecord | undefined> {
    const row = await this.#db
      .selectFrom("offsite_targets")
      .selectAll()
      .where("id", "=", targetId)
      .$if(tenantId !== undefined, (query) => query.where("tenant_id", "=", tenantId as Uuid))
      .executeTakeFirst();
    return row && recordOf(row);
  }

  async insert(target: TargetRecord): Promise<void> {
    const { id, tenantId, sinceMs, createdMs } = target;
    await this.#db
      .insertInto("offsite_targets")
      .values({
        ...{ id, tenant_id: tenantId, since_ms: sinceMs, created_ms: createdMs },
        ...columnsOf(target),
        ...{ health: "untested", failures: 0, next_ms: 0, checked_ms: createdMs },
      })
      .execute();
  }

  /** What people choose; it is tried anew at once. */
  async update(target: TargetRecord): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("offsite_targets")
      .set({ ...columnsOf(target), failures: 0, next_ms: 0 })
      .where("id", "=", target.id)
      .where("tenant_id", "=", target.tenantId)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async remove(tenantId: Uuid, targetId: Uuid): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("offsite_targets")
      .where("id", "=", targetId)
      .where("tenant_id", "=", tenantId)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async setWell(targetId: Uuid): Promise<void> {
    await this.#db
      .updateTable("offsite_targets")
      .set({
        ...{ health: "ok", failures: 0, next_ms: 0 },
        ...{ failure: null, failure_detail: null, failing_since_ms: null },
      })
      .where("id", "=", targetId)
      .where(({ eb, or }) => or([eb("health", "<>", "ok"), eb("failures", ">", 0)]))
      .execute();
  }

  /** Nothing is tried there before `nextMs`. */
  async setFailing(
    targetId: Uuid,
    { code, detail }: cameras.OffsiteFailure,
    nowMs: UnixMs,
    nextMs: UnixMs,
  ): Promise<void> {
    await this.#db
      .updateTable("offsite_targets")
      .set({
        ...{ health: "failing", failure: code, failure_detail: detail ?? null, next_ms: nextMs },
        failures: sql`failures + 1`,
        failing_since_ms: sql`coalesce(failing_since_ms, ${nowMs}::bigint)`,
      })
      .where("id", "=", targetId)
      .execute();
  }

  /** Tried again now. */
  async hurry(targetId: Uuid): Promise<void> {
    await this.#db.updateTable("offsite_targets").set({ next_ms: 0 }).where("id", "=", targetId).execute();
  }

  async setChecked(targetId: Uuid, atMs: UnixMs): Promise<void> {
    await this.#db
      .updateTable("offsite_targets")
      .set({ checked_ms: atMs })
      .where("id", "=", targetId)
      .execute();
  }
}

const columnsOf = (target: TargetRecord) => ({
  name: target.name,
  enabled: target.enabled,
  settings: JSON.stringify(target.sealed.plain),
  secrets: Buffer.from(target.sealed.secret),
  allow_private: target.allowPrivate,
  rate_bytes: target.rateBytes,
  keep_days: target.keepDays,
  whole_cameras: [...target.wholeCameras],
  updated_ms: target.updatedMs,
});

function recordOf(row: Selectable<OffsiteTargetsTable>): TargetRecord {
  const detail = row.failure_detail === null ? {} : { detail: row.failure_detail };
  return {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    enabled: row.enabled,
    sealed: { plain: row.settings, secret: row.secrets },
    allowPrivate: row.allow_private,
    rateBytes: row.rate_bytes,
    keepDays: row.keep_days,
    wholeCameras: row.whole_cameras,
    sinceMs: row.since_ms,
    health: row.health,
    failures: row.failures,
    nextMs: row.next_ms,
    checkedMs: row.checked_ms,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    ...(row.failure === null ? {} : { failure: { code: row.failure, ...detail } }),
    ...(row.failing_since_ms === null ? {} : { failingSinceMs: row.failing_since_ms }),
  };
}
