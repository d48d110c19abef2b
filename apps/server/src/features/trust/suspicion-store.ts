import type { Uuid } from "@gatehouse/base";
import type { trust } from "@gatehouse/contract";
import { sql } from "kysely";
import type { TrustDatabase } from "./tables.ts";

/** A device whose readings count as suspect from now on, or do not any more. */
export interface SuspicionChange {
  readonly deviceId: Uuid;
  readonly suspect: boolean;
  readonly codes: readonly string[];
}

/** Begins and ends intervals; one that is open stays as it began. */
export async function changeSuspicions(
  db: TrustDatabase,
  changes: readonly SuspicionChange[],
  at: Date,
): Promise<void> {
  const begun = changes.filter(({ suspect }) => suspect);
  const ended = changes.filter(({ suspect }) => !suspect).map(({ deviceId }) => deviceId);
  await db.transaction().execute(async (tx) => {
    await sql`
      update trust_suspicions set until_at = ${at}
      where until_at is null and device_id = any(${ended}::uuid[])`.execute(tx);
    await sql`
      insert into trust_suspicions (device_id, from_at, codes)
      select u.device_id, ${at}, string_to_array(u.codes, ',')
      from unnest(${begun.map(({ deviceId }) => deviceId)}::uuid[],
        ${begun.map(({ codes }) => codes.join(","))}::text[]) as u (device_id, codes)
      where exists (select from devices d where d.id = u.device_id)
      on conflict do nothing`.execute(tx);
  });
}

/** The newest, oldest first. */
export async function suspicionsOf(
  db: TrustDatabase,
  deviceId: Uuid,
  limit: number,
): Promise<trust.DeviceTrust["suspicions"]> {
  const rows = await db
    .selectFrom("trust_suspicions")
    .selectAll()
    .where("device_id", "=", deviceId)
    .orderBy("from_at", "desc")
    .limit(limit)
    .execute();
  return rows.reverse().map(({ from_at, until_at, codes }) => ({
    fromMs: from_at.getTime(),
    ...(until_at === null ? {} : { untilMs: until_at.getTime() }),
    codes,
  }));
}

/** Devices that were suspect when we stopped. */
export async function openSuspicions(db: TrustDatabase): Promise<Uuid[]> {
  const rows = await db
    .selectFrom("trust_suspicions")
    .select("device_id")
    .where("until_at", "is", null)
    .execute();
  return rows.map(({ device_id }) => device_id);
}

/** Of a tenant's devices, those that ended before. */
export async function deleteSuspicionsBefore(db: TrustDatabase, tenantId: Uuid, before: Date): Promise<void> {
  await sql`
    delete from trust_suspicions where until_at < ${before}
    and device_id in (select device_id from device_trust where tenant_id = ${tenantId})`.execute(db);
}
