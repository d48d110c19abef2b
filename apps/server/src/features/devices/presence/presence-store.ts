import type { UnixMs, Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import { sql } from "kysely";
import type { DevicesDatabase } from "../tables.ts";

export interface PresenceRow {
  readonly deviceId: Uuid;
  readonly status: devices.DeviceStatus;
  readonly lastSeenMs: UnixMs | undefined;
  readonly address: string | undefined;
  readonly via: string | undefined;
}

const ROWS_PER_STATEMENT = 5_000;

export async function insertPresence(db: DevicesDatabase, tenantId: Uuid, deviceId: Uuid): Promise<void> {
  const row = { device_id: deviceId, tenant_id: tenantId, status: "never" } as const;
  await db.insertInto("device_presence").values(row).execute();
}

export async function loadPresence(db: DevicesDatabase): Promise<Map<Uuid, PresenceRow>> {
  const rows = await db
    .selectFrom("device_presence")
    .select(["device_id", "status", "last_seen", "address", "via"])
    .execute();
  return new Map(
    rows.map((row) => [
      row.device_id,
      {
        deviceId: row.device_id,
        status: row.status,
        lastSeenMs: row.last_seen?.getTime(),
        address: row.address ?? undefined,
        via: row.via ?? undefined,
      },
    ]),
  );
}

export async function writePresence(db: DevicesDatabase, rows: readonly PresenceRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const part = rows.slice(start, start + ROWS_PER_STATEMENT);
    const seen = part.map((row) => (row.lastSeenMs === undefined ? null : new Date(row.lastSeenMs)));
    await sql`
      update device_presence as p
      set status = n.status, last_seen = n.last_seen, address = n.address, via = n.via
      from unnest(
        ${part.map((row) => row.deviceId)}::uuid[],
        ${part.map((row) => row.status)}::text[],
        ${seen}::timestamptz[],
        ${part.map((row) => row.address ?? null)}::text[],
        ${part.map((row) => row.via ?? null)}::text[]
      ) as n (device_id, status, last_seen, address, via)
      where p.device_id = n.device_id`.execute(db);
  }
}
