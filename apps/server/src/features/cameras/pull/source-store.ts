import type { UnixMs, Uuid } from "@gatehouse/base";
import type { CameraDatabase } from "../tables.ts";

export interface StoredSource {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly sealed: Uint8Array;
  readonly allowPrivate: boolean;
  readonly changedMs: UnixMs;
}

/** Of every organisation, oldest first: for the memory. */
export async function loadSources(db: CameraDatabase): Promise<StoredSource[]> {
  const rows = await db
    .selectFrom("camera_sources")
    .selectAll()
    .orderBy("changed_at")
    .orderBy("device_id")
    .execute();
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    cameraId: row.device_id,
    sealed: row.sealed,
    allowPrivate: row.allow_private,
    changedMs: row.changed_at.getTime(),
  }));
}

export async function writeSource(db: CameraDatabase, source: StoredSource): Promise<void> {
  const values = {
    sealed: Buffer.from(source.sealed),
    allow_private: source.allowPrivate,
    changed_at: new Date(source.changedMs),
  };
  await db
    .insertInto("camera_sources")
    .values({ device_id: source.cameraId, tenant_id: source.tenantId, ...values })
    .onConflict((conflict) =>
      conflict
        .column("device_id")
        .doUpdateSet(values)
        .where("camera_sources.tenant_id", "=", source.tenantId),
    )
    .execute();
}

/** False: there was none. */
export async function removeSource(
  db: CameraDatabase,
  { tenantId, cameraId }: { readonly tenantId: Uuid; readonly cameraId: Uuid },
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("camera_sources")
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", cameraId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
