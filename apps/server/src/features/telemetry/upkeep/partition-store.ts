import type { UnixMs } from "@gatehouse/base";
import type { Pool, PoolClient } from "pg";
import { DAY_MS, startOf } from "../model.ts";

/** A table partitioned by time: raw readings by day, minutes by month. */
export interface PartitionedTable {
  readonly name: "telemetry" | "telemetry_1m";
  startOf(tsMs: UnixMs): UnixMs;
  next(startMs: UnixMs): UnixMs;
}

export const RAW: PartitionedTable = {
  name: "telemetry",
  startOf: (tsMs) => startOf(tsMs, DAY_MS),
  next: (startMs) => startMs + DAY_MS,
};

export const MINUTES: PartitionedTable = {
  name: "telemetry_1m",
  startOf: (tsMs) => monthOf(tsMs, 0),
  next: (startMs) => monthOf(startMs, 1),
};

function monthOf(tsMs: UnixMs, ahead: number): UnixMs {
  const date = new Date(tsMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead);
}

export interface Partition {
  readonly table: string;
  readonly startMs: UnixMs;
}

const iso = (tsMs: UnixMs): string => new Date(tsMs).toISOString();

/** `telemetry_20261121`: the first day (UTC) of what it holds. */
export const partitionName = (table: PartitionedTable, startMs: UnixMs): string =>
  `${table.name}_${iso(startMs).slice(0, 10).replaceAll("-", "")}`;

/** Readers and writers of the other partitions go on: attaching locks the parent only against further changes. */
export async function createPartition(
  client: Pool | PoolClient,
  table: PartitionedTable,
  startMs: UnixMs,
): Promise<void> {
  const name = partitionName(table, startMs);
  const { rows } = await client.query<{ known: boolean }>("select to_regclass($1) is not null as known", [
    name,
  ]);
  if (rows[0]?.known) return;
  // One message of several statements is one transaction.
  await client.query(`
    create table ${name} (like ${table.name} including all);
    alter table ${table.name} attach partition ${name}
      for values from ('${iso(startMs)}') to ('${iso(table.next(startMs))}')`);
}

const LIST = `
  select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = $1::regclass order by c.relname`;

/** Oldest first. */
export async function listPartitions(pool: Pool, table: PartitionedTable): Promise<Partition[]> {
  const { rows } = await pool.query<{ name: string }>(LIST, [table.name]);
  return rows.map(({ name }) => {
    const digits = name.slice(table.name.length + 1);
    const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
    return { table: name, startMs: Date.parse(`${day}T00:00:00Z`) };
  });
}

const DROP_ATTEMPTS = 10;

/** Needs the parent for itself for a moment; gives way to whoever holds it longer, and throws when that goes on. */
export async function dropPartition(pool: Pool, partition: Partition): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("set lock_timeout = '1s'");
    for (let attempt = 1; ; attempt++) {
      try {
        await client.query(`drop table if exists ${partition.table}`);
        return;
      } catch (error) {
        if ((error as { code?: string }).code !== "55P03" || attempt === DROP_ATTEMPTS) throw error;
      }
    }
  } finally {
    client.release(true);
  }
}
