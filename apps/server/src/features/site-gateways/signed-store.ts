import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";
import { METER_FLAGS, type MeterReading, readAtMs } from "@gatehouse/device-types/meter-reading";
import { sql } from "kysely";
import type { PoolClient } from "pg";
import type { Neighbour } from "./model.ts";
import type { SiteGatewayDatabase } from "./tables.ts";

export interface SignedRow {
  readonly id: number;
  readonly serial: string;
  readonly counter: number;
  readonly readMs: UnixMs;
  readonly receivedMs: UnixMs;
  readonly registers: Record<string, number>;
  readonly flags: number;
  readonly kind: string;
  readonly meterReadId: string | undefined;
  readonly keyId: string;
  readonly signed: Uint8Array;
}

/** Readings of one tenant's meters as they were signed. */
export class SignedStore {
  readonly #db: SiteGatewayDatabase;
  readonly #tenantId: Uuid;

  constructor(db: SiteGatewayDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  /** Of the same serial number: the nearest counted before, the nearest after, and the one with this very number. */
  async neighbours(
    deviceId: Uuid,
    serial: string,
    counter: number,
  ): Promise<{
    readonly before: Neighbour | undefined;
    readonly same: { readonly signed: Uint8Array } | undefined;
    readonly after: Neighbour | undefined;
  }> {
    const { rows } = await sql<{ counter: number; wh: number; flags: number; signed: Uint8Array }>`
      (select counter, wh, flags, signed from signed_readings
       where device_id = ${deviceId} and serial = ${serial} and counter <= ${counter}
       order by counter desc limit 2)
      union all
      (select counter, wh, flags, signed from signed_readings
       where device_id = ${deviceId} and serial = ${serial} and counter > ${counter}
       order by counter limit 1)`.execute(this.#db);
    const as = (row: (typeof rows)[number] | undefined): Neighbour | undefined =>
      row && { counter: row.counter, wh: row.wh, rollover: (row.flags & METER_FLAGS.rollover) !== 0 };
    return {
      before: as(rows.find((row) => row.counter < counter)),
      same: rows.find((row) => row.counter === counter),
      after: as(rows.find((row) => row.counter > counter)),
    };
  }

  async list(
    deviceId: Uuid,
    page: { readonly beforeId?: number | undefined; readonly limit: number },
  ): Promise<SignedRow[]> {
    const rows = await this.#db
      .selectFrom("signed_readings")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("device_id", "=", deviceId)
      .$if(page.beforeId !== undefined, (query) => query.where("id", "<", page.beforeId as number))
      .orderBy("id", "desc")
      .limit(page.limit)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      serial: row.serial,
      counter: row.counter,
      readMs: row.read_at.getTime(),
      receivedMs: row.received_at.getTime(),
      registers: row.registers,
      flags: row.flags,
      kind: row.kind,
      meterReadId: row.meter_read_id ?? undefined,
      keyId: row.key_id,
      signed: row.signed,
    }));
  }

  async deleteBefore(before: Date, limit: number): Promise<number> {
    const result = await sql`
      delete from signed_readings where id in (
        select id from signed_readings where tenant_id = ${this.#tenantId} and received_at < ${before} limit ${limit}
      )`.execute(this.#db);
    return Number(result.numAffectedRows ?? 0);
  }
}

const INSERT = `
  insert into signed_readings (tenant_id, device_id, serial, counter, read_at, received_at, kind, meter_read_id, wh,
    registers, flags, key_id, signed)
  select tenant_id, device_id, serial, counter, to_timestamp(read_ms / 1000), to_timestamp(received_ms / 1000), kind,
    meter_read_id, wh, registers::jsonb, flags, key_id, signed
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::float8[], $6::float8[], $7::text[], $8::uuid[],
    $9::bigint[], $10::text[], $11::smallint[], $12::text[], $13::bytea[])
    as u (tenant_id, device_id, serial, counter, read_ms, received_ms, kind, meter_read_id, wh, registers, flags,
      key_id, signed)
  on conflict (device_id, serial, counter) do nothing`;

/** The first verdict counts. Rows are locked in one order, so that two transactions never wait for each other. */
const VERDICTS = `
  with answered as (
    select distinct on (read_id, device_id) read_id, device_id, at
    from unnest($1::uuid[], $2::uuid[], $3::float8[]) as u (read_id, device_id, at)
  ), open as (
    select d.read_id, d.device_id, a.at from meter_read_devices d join answered a using (read_id, device_id)
    where d.verdict is null order by d.device_id for update of d
  )
  update meter_read_devices d set verdict = 'read', at = to_timestamp(o.at / 1000) from open o
  where d.read_id = o.read_id and d.device_id = o.device_id and d.verdict is null`;

/** Inside the transaction that makes history of them: the originals, and that their meters answered. */
export async function insertSigned(
  client: PoolClient,
  all: readonly { readonly reading: Reading; readonly said: MeterReading }[],
): Promise<void> {
  const column = <T>(pick: (one: (typeof all)[number]) => T): T[] => all.map(pick);
  await client.query(INSERT, [
    column(({ reading }) => reading.tenantId),
    column(({ reading }) => reading.deviceId),
    column(({ said }) => said.serial),
    column(({ said }) => said.n),
    column(({ said }) => readAtMs(said)),
    column(({ reading }) => reading.receivedMs),
    column(({ said }) => said.kind),
    column(({ said }) => said.request ?? null),
    column(({ said }) => said.registers["1.8.0"]),
    column(({ said }) => JSON.stringify(said.registers)),
    column(({ said }) => said.flags),
    column(({ reading }) => reading.original?.keyId),
    column(({ reading }) => Buffer.from(reading.original?.bytes ?? [])),
  ]);
  const asked = all.filter(({ said }) => said.request !== undefined);
  if (asked.length === 0) return;
  await client.query(VERDICTS, [
    asked.map(({ said }) => said.request),
    asked.map(({ reading }) => reading.deviceId),
    asked.map(({ reading }) => reading.receivedMs),
  ]);
}
