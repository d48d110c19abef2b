import type { UnixMs, Uuid } from "@gatehouse/base";
import type { RecordingDatabase } from "./tables.ts";

export const listKeys = (
  db: RecordingDatabase,
  tenantId: Uuid,
): Promise<{ generation: number; sealed: Uint8Array }[]> =>
  db
    .selectFrom("recording_keys")
    .select(["generation", "sealed"])
    .where("tenant_id", "=", tenantId)
    .orderBy("generation")
    .execute();

/** The one that new recordings are under; undefined before the first. */
export async function newestKey(
  db: RecordingDatabase,
  tenantId: Uuid,
): Promise<{ generation: number; madeMs: UnixMs } | undefined> {
  const row = await db
    .selectFrom("recording_keys")
    .select(["generation", "made_ms"])
    .where("tenant_id", "=", tenantId)
    .orderBy("generation", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && { generation: row.generation, madeMs: row.made_ms };
}

/** The first one of a generation stays. */
export async function addKey(
  db: RecordingDatabase,
  key: {
    readonly tenantId: Uuid;
    readonly generation: number;
    readonly sealed: Uint8Array;
    readonly madeMs: UnixMs;
  },
): Promise<void> {
  await db
    .insertInto("recording_keys")
    .values({
      tenant_id: key.tenantId,
      generation: key.generation,
      sealed: key.sealed,
      made_ms: key.madeMs,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function deleteKeysBefore(
  db: RecordingDatabase,
  tenantId: Uuid,
  generation: number,
): Promise<void> {
  await db
    .deleteFrom("recording_keys")
    .where("tenant_id", "=", tenantId)
    .where("generation", "<", generation)
    .execute();
}

/** Organisations whose keys of segments are not all under the newest key yet. */
export async function tenantsInRotation(db: RecordingDatabase): Promise<Uuid[]> {
  const rows = await db
    .selectFrom("recording_keys")
    .select("tenant_id")
    .groupBy("tenant_id")
    .having(({ fn }) => fn.countAll(), ">", 1)
    .execute();
  return rows.map((row) => row.tenant_id);
}
