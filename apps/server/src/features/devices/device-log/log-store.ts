import type { UnixMs, Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import { sql } from "kysely";
import type { DevicesDatabase } from "../tables.ts";
import type { LogLine } from "./log-line.ts";

export interface ReceivedLine extends LogLine {
  readonly receivedMs: UnixMs;
}

/** Ids rise in the order of the lines; ordering a listing by them is ordering it by arrival. */
export async function insertLogLines(db: DevicesDatabase, lines: readonly ReceivedLine[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    insert into device_log (tenant_id, device_id, ts, received_at, kind, level, message, code, data)
    select tenant_id, device_id, ts, received_at, kind, level, message, code, data::json
    from unnest(
      ${lines.map((line) => line.tenantId)}::uuid[],
      ${lines.map((line) => line.deviceId)}::uuid[],
      ${lines.map((line) => new Date(line.tsMs ?? line.receivedMs))}::timestamptz[],
      ${lines.map((line) => new Date(line.receivedMs))}::timestamptz[],
      ${lines.map((line) => line.kind)}::text[],
      ${lines.map((line) => line.level)}::text[],
      ${lines.map((line) => line.message)}::text[],
      ${lines.map((line) => line.code ?? null)}::text[],
      ${lines.map((line) => (line.data === undefined ? null : JSON.stringify(line.data)))}::text[]
    ) with ordinality as n (tenant_id, device_id, ts, received_at, kind, level, message, code, data, place)
    order by place
    returning id`.execute(db);
  return rows.map(({ id }) => id);
}

export interface LogPage {
  readonly beforeId: number | undefined;
  readonly limit: number;
  readonly kind: string | undefined;
  /** LIKE pattern for the message. */
  readonly pattern: string | undefined;
}

/** A search looks at this many lines at a time, so that its cost is bounded however long the log is. */
const LINES_PER_SEARCH = 20_000;

/** Newest first. `nextId` is where to go on, also when nothing was found among the lines looked at. */
export async function listLogLines(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  { beforeId, limit, kind, pattern }: LogPage,
): Promise<{ readonly items: devices.DeviceLogEntry[]; readonly nextId: number | undefined }> {
  const looked = db
    .selectFrom("device_log")
    .select(["id", "ts", "kind", "level", "message", "code", "data"])
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", deviceId)
    .$if(beforeId !== undefined, (query) => query.where("id", "<", beforeId as number))
    .orderBy("id", "desc")
    .limit(LINES_PER_SEARCH);
  const rows = await db
    .selectFrom(looked.as("looked"))
    .selectAll()
    .$if(kind !== undefined, (query) => query.where("kind", "=", kind as string))
    .$if(pattern !== undefined, (query) => query.where("message", "ilike", pattern as string))
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  const items = rows.map((row) => ({
    id: String(row.id),
    tsMs: row.ts.getTime(),
    kind: row.kind,
    level: row.level,
    message: row.message,
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.data === null ? {} : { data: row.data }),
  }));
  if (rows.length === limit) return { items, nextId: rows.at(-1)?.id };
  const end = await db
    .selectFrom(looked.as("looked"))
    .select(({ fn }) => [fn.countAll<number>().as("count"), fn.min("id").as("last")])
    .executeTakeFirstOrThrow();
  return { items, nextId: end.count < LINES_PER_SEARCH ? undefined : (end.last ?? undefined) };
}

export interface DeviceLine {
  readonly deviceId: Uuid;
  readonly level: string;
  readonly message: string;
  readonly atMs: UnixMs;
}

/** Warnings and errors of these devices that came between the two times, newest first. */
export async function listWarnings(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceIds: readonly Uuid[],
  { fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
  limit: number,
): Promise<DeviceLine[]> {
  const rows = await db
    .selectFrom("device_log")
    .select(["device_id", "level", "message", "received_at"])
    .where("tenant_id", "=", tenantId)
    .where(sql<boolean>`device_id = any(${[...deviceIds]}::uuid[])`)
    .where("received_at", ">=", new Date(fromMs))
    .where("received_at", "<=", new Date(toMs))
    .where("level", "in", ["warn", "error"])
    .orderBy("received_at", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    deviceId: row.device_id,
    level: row.level,
    message: row.message,
    atMs: row.received_at.getTime(),
  }));
}

/** Deletes at most `limit` lines; true while there are more. */
export async function deleteOldLogLines(
  db: DevicesDatabase,
  tenantId: Uuid,
  beforeMs: UnixMs,
  limit: number,
): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    delete from device_log where id in (
      select id from device_log where received_at < ${new Date(beforeMs)} and tenant_id = ${tenantId} limit ${limit}
    ) returning id`.execute(db);
  return rows.length === limit;
}

export async function deleteDeviceLogLines(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  limit: number,
): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    delete from device_log where id in (
      select id from device_log where device_id = ${deviceId} and tenant_id = ${tenantId} limit ${limit}
    ) returning id`.execute(db);
  return rows.length === limit;
}
