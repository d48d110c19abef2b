import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { CameraEventDatabase } from "./tables.ts";

/** Strengths of one camera in one hour: a byte for each bucket, 0 nobody looked, else 1 + strength. */
export interface MotionHour {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly hourMs: UnixMs;
  readonly strengths: Uint8Array;
}

/** Hours whose cameras are gone are left out. */
export async function saveHours(db: CameraEventDatabase, hours: readonly MotionHour[]): Promise<void> {
  await sql`
    insert into camera_motion (camera_id, tenant_id, hour, strengths, peak)
    select n.camera_id, n.tenant_id, n.hour, decode(n.strengths, 'hex'), n.peak
    from unnest(
      ${hours.map(({ cameraId }) => cameraId)}::uuid[],
      ${hours.map(({ tenantId }) => tenantId)}::uuid[],
      ${hours.map(({ hourMs }) => new Date(hourMs))}::timestamptz[],
      ${hours.map(({ strengths }) => Buffer.from(strengths).toString("hex"))}::text[],
      ${hours.map(({ strengths }) => Math.max(...strengths))}::smallint[]
    ) as n (camera_id, tenant_id, hour, strengths, peak)
    where exists (select from devices d where d.id = n.camera_id)
    on conflict (camera_id, hour) do update set strengths = excluded.strengths, peak = excluded.peak`.execute(
    db,
  );
}

export async function findHour(
  db: CameraEventDatabase,
  cameraId: Uuid,
  hourMs: UnixMs,
): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom("camera_motion")
    .select("strengths")
    .where("camera_id", "=", cameraId)
    .where("hour", "=", new Date(hourMs))
    .executeTakeFirst();
  return row?.strengths;
}

/** Hours that overlap the span. */
export async function hoursIn(
  db: CameraEventDatabase,
  tenantId: Uuid,
  cameraIds: readonly Uuid[],
  { fromHourMs, toMs }: { readonly fromHourMs: UnixMs; readonly toMs: UnixMs },
): Promise<MotionHour[]> {
  const rows = await inSpan(db, tenantId, cameraIds, fromHourMs, toMs)
    .select(["camera_id", "hour", "strengths"])
    .execute();
  return rows.map((row) => ({
    tenantId,
    cameraId: row.camera_id,
    hourMs: row.hour.getTime(),
    strengths: row.strengths,
  }));
}

/** Of each camera the first hour that is still known. */
export async function firstHours(
  db: CameraEventDatabase,
  tenantId: Uuid,
  cameraIds: readonly Uuid[],
): Promise<MotionHour[]> {
  const { rows } = await sql<{ camera_id: Uuid; hour: Date; strengths: Buffer }>`
    select m.* from unnest(${[...cameraIds]}::uuid[]) as camera (id)
    cross join lateral (
      select camera_id, hour, strengths from camera_motion
      where camera_id = camera.id and tenant_id = ${tenantId} order by hour limit 1
    ) m`.execute(db);
  return rows.map(({ camera_id, hour, strengths }) => ({
    ...{ tenantId, cameraId: camera_id, hourMs: hour.getTime(), strengths },
  }));
}

/** Only the largest strength of each hour, as 1 + strength: for spans of months. */
export async function peaksIn(
  db: CameraEventDatabase,
  tenantId: Uuid,
  cameraIds: readonly Uuid[],
  { fromHourMs, toMs }: { readonly fromHourMs: UnixMs; readonly toMs: UnixMs },
): Promise<{ readonly cameraId: Uuid; readonly hourMs: UnixMs; readonly peak: number }[]> {
  const rows = await inSpan(db, tenantId, cameraIds, fromHourMs, toMs)
    .select(["camera_id", "hour", "peak"])
    .execute();
  return rows.map((row) => ({ cameraId: row.camera_id, hourMs: row.hour.getTime(), peak: row.peak }));
}

export async function deleteHoursBefore(
  db: CameraEventDatabase,
  cameraId: Uuid,
  beforeMs: UnixMs,
): Promise<void> {
  await db
    .deleteFrom("camera_motion")
    .where("camera_id", "=", cameraId)
    .where("hour", "<", new Date(beforeMs))
    .execute();
}

const inSpan = (
  db: CameraEventDatabase,
  tenantId: Uuid,
  cameraIds: readonly Uuid[],
  fromHourMs: UnixMs,
  toMs: UnixMs,
) =>
  db
    .selectFrom("camera_motion")
    .where("tenant_id", "=", tenantId)
    .where(sql<boolean>`camera_id = any(${[...cameraIds]}::uuid[])`)
    .where("hour", ">=", new Date(fromHourMs))
    .where("hour", "<", new Date(toMs));
