import type { UnixMs, Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import { type Selectable, sql } from "kysely";
import type { DeviceCommandsTable, DevicesDatabase } from "../tables.ts";
import { type CommandEvent, isEnded, stateAfter, statesBefore } from "./command-state.ts";

const OPEN = statesBefore("expire");

export interface StoredCommand {
  readonly tenantId: Uuid;
  /** Rises with every command: where a listing goes on. */
  readonly seq: number;
  readonly command: devices.Command;
}

export async function insertCommand(
  db: DevicesDatabase,
  tenantId: Uuid,
  command: devices.Command,
): Promise<void> {
  await db
    .insertInto("device_commands")
    .values({
      id: command.id,
      tenant_id: tenantId,
      device_id: command.deviceId,
      key: command.key,
      params: JSON.stringify(command.params),
      state: command.state,
      created_at: new Date(command.createdMs),
      expires_at: new Date(command.expiresMs),
      delivered_at: null,
      ended_at: null,
      reason: null,
      by_name: command.byName,
    })
    .execute();
}

export async function countQueued(db: DevicesDatabase, tenantId: Uuid, deviceId: Uuid): Promise<number> {
  const row = await db
    .selectFrom("device_commands")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", deviceId)
    .where("state", "=", "queued")
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function listCommandRows(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  page: { readonly beforeSeq: number | undefined; readonly limit: number },
): Promise<StoredCommand[]> {
  const rows = await db
    .selectFrom("device_commands")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", deviceId)
    .$if(page.beforeSeq !== undefined, (query) => query.where("seq", "<", page.beforeSeq as number))
    .orderBy("seq", "desc")
    .limit(page.limit)
    .execute();
  return rows.map(toStored);
}

/** What waits for the device and is not over, oldest first. */
export async function listQueued(
  db: DevicesDatabase,
  deviceId: Uuid,
  nowMs: UnixMs,
  limit: number,
): Promise<devices.Command[]> {
  const rows = await db
    .selectFrom("device_commands")
    .selectAll()
    .where("device_id", "=", deviceId)
    .where("state", "=", "queued")
    .where("expires_at", ">", new Date(nowMs))
    .orderBy("seq")
    .limit(limit)
    .execute();
  return rows.map((row) => toStored(row).command);
}

export async function findCommandState(
  db: DevicesDatabase,
  deviceId: Uuid,
  commandId: Uuid,
): Promise<devices.CommandState | undefined> {
  const row = await db
    .selectFrom("device_commands")
    .select("state")
    .where("id", "=", commandId)
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  return row?.state;
}

export interface CommandSelection {
  readonly commandId?: Uuid;
  readonly deviceId?: Uuid;
  readonly expiredAtMs?: UnixMs;
}

/** Moves the selected commands that the event concerns, at most `limit` at once; answers what changed. */
export async function applyCommandEvent(
  db: DevicesDatabase,
  selection: CommandSelection,
  event: CommandEvent,
  { nowMs, reason, limit = 1_000 }: { nowMs: UnixMs; reason?: string | undefined; limit?: number },
): Promise<StoredCommand[]> {
  const { commandId, deviceId, expiredAtMs } = selection;
  const state = stateAfter(event);
  const concerned = db
    .selectFrom("device_commands")
    .select("seq")
    .where("state", "in", statesBefore(event))
    .$if(commandId !== undefined, (query) => query.where("id", "=", commandId as Uuid))
    .$if(deviceId !== undefined, (query) => query.where("device_id", "=", deviceId as Uuid))
    .$if(expiredAtMs !== undefined, (query) =>
      query.where("expires_at", "<=", new Date(expiredAtMs as UnixMs)),
    )
    .orderBy("seq")
    .limit(limit)
    .forUpdate();
  const now = new Date(nowMs);
  const rows = await db
    .updateTable("device_commands")
    .set({
      state,
      ...(event === "deliver" ? { delivered_at: now } : {}),
      ...(isEnded(state) ? { ended_at: now, reason: reason ?? null } : {}),
    })
    .where("seq", "in", concerned)
    .returningAll()
    .execute();
  return rows.map(toStored);
}

/** When the next open command is over; undefined when none is open. */
export async function findNextExpiry(db: DevicesDatabase): Promise<UnixMs | undefined> {
  const row = await db
    .selectFrom("device_commands")
    .select(({ fn }) => fn.min("expires_at").as("next"))
    .where("state", "in", OPEN)
    .executeTakeFirst();
  return row?.next?.getTime();
}

/** Ended commands are kept as long as the log; true while there are more. */
export async function deleteOldCommands(
  db: DevicesDatabase,
  tenantId: Uuid,
  beforeMs: UnixMs,
  limit: number,
): Promise<boolean> {
  const { rows } = await sql<{ seq: number }>`
    delete from device_commands where seq in (
      select seq from device_commands
      where tenant_id = ${tenantId} and ended_at < ${new Date(beforeMs)} limit ${limit}
    ) returning seq`.execute(db);
  return rows.length === limit;
}

function toStored(row: Selectable<DeviceCommandsTable>): StoredCommand {
  const command: devices.Command = {
    id: row.id,
    deviceId: row.device_id,
    key: row.key,
    params: row.params as devices.Command["params"],
    state: row.state,
    createdMs: row.created_at.getTime(),
    expiresMs: row.expires_at.getTime(),
    ...(row.delivered_at === null ? {} : { deliveredMs: row.delivered_at.getTime() }),
    ...(row.ended_at === null ? {} : { endedMs: row.ended_at.getTime() }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    byName: row.by_name,
  };
  return { tenantId: row.tenant_id, seq: row.seq, command };
}
