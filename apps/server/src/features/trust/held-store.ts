import type { Uuid } from "@gatehouse/base";
import type { Reading, trust } from "@gatehouse/contract";
import { sql } from "kysely";
import type { PoolClient } from "pg";
import type { Hold } from "./model.ts";
import type { TrustDatabase } from "./tables.ts";

export interface HeldRow {
  readonly id: number;
  readonly reading: Reading;
}

const INSERT = `
  insert into held_readings (tenant_id, device_id, type_id, ts, received_at, numbers, states, digest, cause, findings)
  select u.tenant_id, u.device_id, u.type_id, to_timestamp(u.ms / 1000), to_timestamp(u.received / 1000),
    u.numbers::jsonb, u.states::jsonb, md5(u.numbers || u.states), u.cause, u.findings::jsonb
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::float8[], $5::float8[], $6::text[], $7::text[], $8::text[],
    $9::text[]) as u (tenant_id, device_id, type_id, ms, received, numbers, states, cause, findings)
  where exists (select from devices d where d.id = u.device_id and d.tenant_id = u.tenant_id)
  on conflict do nothing`;

/** Inside the transaction that stores the rest of the batch. */
export async function insertHeld(
  client: PoolClient,
  held: readonly { readonly reading: Reading; readonly why: Hold }[],
): Promise<void> {
  await client.query(INSERT, [
    held.map(({ reading }) => reading.tenantId),
    held.map(({ reading }) => reading.deviceId),
    held.map(({ reading }) => reading.typeId),
    held.map(({ reading }) => reading.tsMs),
    held.map(({ reading }) => reading.receivedMs),
    held.map(({ reading }) => JSON.stringify(reading.numbers)),
    held.map(({ reading }) => JSON.stringify(reading.states)),
    held.map(({ why }) => why.cause),
    held.map(({ why }) => JSON.stringify(why.findings)),
  ]);
}

/** Inside the transaction that makes them history; fewer than asked for when somebody else moved them before. */
export async function deleteHeld(client: PoolClient, ids: readonly number[]): Promise<number> {
  const { rowCount } = await client.query("delete from held_readings where id = any($1::bigint[])", [ids]);
  return rowCount ?? 0;
}

/** Which readings a decision is about: those named, in whatever state, or everything held up to an id. */
export interface HeldSelection {
  readonly ids?: readonly number[] | undefined;
  readonly afterId: number;
  readonly limit: number;
}

/** Readings kept apart of one tenant. */
export class HeldStore {
  readonly #db: TrustDatabase;
  readonly #tenantId: Uuid;

  constructor(db: TrustDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  async list(
    deviceId: Uuid,
    page: {
      readonly state: "held" | "discarded";
      readonly beforeId?: number | undefined;
      readonly limit: number;
    },
  ): Promise<trust.HeldReading[]> {
    const rows = await this.#db
      .selectFrom("held_readings")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("device_id", "=", deviceId)
      .where("state", "=", page.state)
      .$if(page.beforeId !== undefined, (query) => query.where("id", "<", page.beforeId as number))
      .orderBy("id", "desc")
      .limit(page.limit)
      .execute();
    return rows.map((row) => ({
      id: String(row.id),
      tsMs: row.ts.getTime(),
      receivedMs: row.received_at.getTime(),
      state: row.state,
      cause: row.cause,
      values: [...row.numbers, ...row.states],
      findings: row.findings,
      ...(row.decided_by === null ? {} : { decidedBy: row.decided_by }),
    }));
  }

  /** Oldest first. */
  async take(deviceId: Uuid, { ids, afterId, limit }: HeldSelection): Promise<HeldRow[]> {
    const rows = await this.#db
      .selectFrom("held_readings")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("device_id", "=", deviceId)
      .where("id", ">", afterId)
      .$if(ids === undefined, (query) => query.where("state", "=", "held"))
      .$if(ids !== undefined, (query) => query.where(sql<boolean>`id = any(${ids}::bigint[])`))
      .orderBy("id")
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      reading: {
        tenantId: row.tenant_id,
        deviceId: row.device_id,
        typeId: row.type_id,
        tsMs: row.ts.getTime(),
        receivedMs: row.received_at.getTime(),
        numbers: row.numbers,
        states: row.states,
      },
    }));
  }

  async newestId(deviceId: Uuid): Promise<number> {
    const row = await this.#db
      .selectFrom("held_readings")
      .select(({ fn }) => fn.max("id").as("id"))
      .where("tenant_id", "=", this.#tenantId)
      .where("device_id", "=", deviceId)
      .executeTakeFirst();
    return row?.id ?? 0;
  }

  /** Answers how many. */
  async discard(deviceId: Uuid, ids: readonly number[] | undefined, by: string, at: Date): Promise<number> {
    const { numUpdatedRows } = await this.#db
      .updateTable("held_readings")
      .set({ state: "discarded", decided_by: by, decided_at: at })
      .where("tenant_id", "=", this.#tenantId)
      .where("device_id", "=", deviceId)
      .where("state", "=", "held")
      .$if(ids !== undefined, (query) => query.where(sql<boolean>`id = any(${ids}::bigint[])`))
      .executeTakeFirst();
    return Number(numUpdatedRows);
  }

  async count(deviceId: Uuid): Promise<{ readonly held: number; readonly discarded: number }> {
    const rows = await this.#db
      .selectFrom("held_readings")
      .select(["state", ({ fn }) => fn.countAll<number>().as("count")])
      .where("tenant_id", "=", this.#tenantId)
      .where("device_id", "=", deviceId)
      .groupBy("state")
      .execute();
    const of = (state: string): number => rows.find((row) => row.state === state)?.count ?? 0;
    return { held: of("held"), discarded: of("discarded") };
  }

  /** True while there is more. */
  async deleteBefore(before: Date, limit: number): Promise<boolean> {
    const { rows } = await sql`
      delete from held_readings where id in (
        select id from held_readings where tenant_id = ${this.#tenantId} and received_at < ${before} limit ${limit}
      ) returning id`.execute(this.#db);
    return rows.length === limit;
  }
}
