import type { UnixMs, Uuid } from "@gatehouse/base";
import type { gateways } from "@gatehouse/contract";
import { sql } from "kysely";
import { inNaturalOrder } from "../../platform/database/index.ts";
import type { Actor } from "./context.ts";
import type { OpenRead, VerdictFilter } from "./model.ts";
import type { SiteGatewayDatabase } from "./tables.ts";

type Verdict = gateways.ReadVerdict;

export interface ReadRow extends OpenRead {
  readonly seq: number;
  readonly byName: string;
  readonly createdMs: UnixMs;
  readonly endedMs: UnixMs | undefined;
  readonly state: gateways.MeterRead["state"];
  readonly total: number;
}

export interface ReadDeviceRow {
  readonly deviceId: Uuid;
  readonly name: string;
  readonly verdict: Verdict | undefined;
  readonly detail: string | undefined;
  readonly atMs: UnixMs | undefined;
}

export async function loadOpenReads(db: SiteGatewayDatabase): Promise<OpenRead[]> {
  const rows = await db.selectFrom("meter_reads").selectAll().where("state", "=", "open").execute();
  return rows.map((row) => ({ id: row.id, tenantId: row.tenant_id, deadlineMs: row.deadline_at.getTime() }));
}

/** Whose a round is. */
export async function findReadTenant(db: SiteGatewayDatabase, readId: Uuid): Promise<Uuid | undefined> {
  const row = await db
    .selectFrom("meter_reads")
    .select("tenant_id")
    .where("id", "=", readId)
    .executeTakeFirst();
  return row?.tenant_id;
}

/** Rounds of one tenant. Their verdicts are written once: whoever comes second changes nothing. */
export class ReadStore {
  readonly #db: SiteGatewayDatabase;
  readonly #tenantId: Uuid;

  constructor(db: SiteGatewayDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  async insert(
    read: OpenRead & { readonly createdMs: UnixMs },
    { name }: Actor,
    devices: readonly { readonly deviceId: Uuid; readonly name: string }[],
    alongside: (tx: SiteGatewayDatabase) => Promise<void>,
  ): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      await tx
        .insertInto("meter_reads")
        .values({
          id: read.id,
          tenant_id: this.#tenantId,
          by_name: name,
          created_at: new Date(read.createdMs),
          deadline_at: new Date(read.deadlineMs),
          ended_at: null,
          state: "open",
          total: devices.length,
        })
        .execute();
      await sql`
        insert into meter_read_devices (read_id, device_id, device_name)
        select ${read.id}::uuid, u.id, u.name
        from unnest(${devices.map(({ deviceId }) => deviceId)}::uuid[], ${devices.map((one) => one.name)}::text[])
          as u (id, name)`.execute(tx);
      await alongside(tx);
    });
  }

  /** Newest first, or the one named, each with its counts by verdict. */
  async list(page: {
    readonly id?: Uuid;
    /** Rounds all of whose devices are among these. */
    readonly within: "all" | readonly Uuid[];
    readonly beforeSeq?: number | undefined;
    readonly limit: number;
  }): Promise<(ReadRow & { readonly counts: ReadonlyMap<Verdict | "waiting", number> })[]> {
    const rows = await this.#db
      .selectFrom("meter_reads")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .$if(page.id !== undefined, (query) => query.where("id", "=", page.id as Uuid))
      .$if(page.within !== "all", (query) =>
        query.where(
          sql<boolean>`not exists (select from meter_read_devices as d
            where d.read_id = meter_reads.id and d.device_id <> all(${page.within}::uuid[]))`,
        ),
      )
      .$if(page.beforeSeq !== undefined, (query) => query.where("seq", "<", page.beforeSeq as number))
      .orderBy("seq", "desc")
      .limit(page.limit)
      .execute();
    const counts = await this.#counts(rows.map(({ id }) => id));
    return rows.map((row) => ({
      id: row.id,
      seq: row.seq,
      tenantId: row.tenant_id,
      byName: row.by_name,
      createdMs: row.created_at.getTime(),
      deadlineMs: row.deadline_at.getTime(),
      endedMs: row.ended_at?.getTime(),
      state: row.state,
      total: row.total,
      counts: counts.get(row.id) ?? new Map(),
    }));
  }

  async #counts(ids: readonly Uuid[]): Promise<Map<Uuid, Map<Verdict | "waiting", number>>> {
    const { rows } = await sql<{ read_id: string; verdict: Verdict | null; count: number }>`
      select read_id, verdict, count(*) as count from meter_read_devices
      where read_id = any(${ids}::uuid[]) group by read_id, verdict`.execute(this.#db);
    const found = new Map<Uuid, Map<Verdict | "waiting", number>>();
    for (const { read_id, verdict, count } of rows) {
      const ofRead = found.get(read_id) ?? new Map<Verdict | "waiting", number>();
      found.set(read_id, ofRead.set(verdict ?? "waiting", count));
    }
    return found;
  }

  async listDevices(
    readId: Uuid,
    filter: VerdictFilter | undefined,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<{ items: ReadDeviceRow[]; total: number }> {
    const rows = this.#db
      .selectFrom("meter_read_devices as d")
      .innerJoin("meter_reads as r", "r.id", "d.read_id")
      .where("r.tenant_id", "=", this.#tenantId)
      .where("d.read_id", "=", readId)
      .$if(filter === "waiting", (query) => query.where("d.verdict", "is", null))
      .$if(filter === "missing", (query) => query.where(sql<boolean>`d.verdict is distinct from 'read'`))
      .$if(filter !== undefined && filter !== "waiting" && filter !== "missing", (query) =>
        query.where("d.verdict", "=", filter as Verdict),
      );
    const { total } = await rows
      .select(({ fn }) => fn.countAll<number>().as("total"))
      .executeTakeFirstOrThrow();
    const items = await rows
      .select(["d.device_id", "d.device_name", "d.verdict", "d.detail", "d.at"])
      .orderBy(inNaturalOrder(sql.ref("d.device_name")))
      .orderBy("d.device_id")
      .offset(page.offset)
      .limit(page.limit)
      .execute();
    return {
      total,
      items: items.map((row) => ({
        deviceId: row.device_id,
        name: row.device_name,
        verdict: row.verdict ?? undefined,
        detail: row.detail ?? undefined,
        atMs: row.at?.getTime(),
      })),
    };
  }

  /** Of these devices, those without a verdict. */
  async waiting(readId: Uuid, deviceIds: readonly Uuid[]): Promise<Uuid[]> {
    const rows = await this.#db
      .selectFrom("meter_read_devices")
      .select("device_id")
      .where("read_id", "=", readId)
      .where("verdict", "is", null)
      .where(sql<boolean>`device_id = any(${deviceIds}::uuid[])`)
      .orderBy("device_id")
      .execute();
    return rows.map((row) => row.device_id);
  }

  async deviceIds(readId: Uuid): Promise<Uuid[]> {
    const rows = await this.#db
      .selectFrom("meter_read_devices as d")
      .innerJoin("meter_reads as r", "r.id", "d.read_id")
      .select("d.device_id")
      .where("r.tenant_id", "=", this.#tenantId)
      .where("d.read_id", "=", readId)
      .execute();
    return rows.map((row) => row.device_id);
  }

  /** Of every device of the round without a verdict. */
  async allWaiting(readId: Uuid): Promise<Uuid[]> {
    const rows = await this.#db
      .selectFrom("meter_read_devices")
      .select("device_id")
      .where("read_id", "=", readId)
      .where("verdict", "is", null)
      .execute();
    return rows.map((row) => row.device_id);
  }

  /** What a gateway says of devices that did not answer; rows are locked in one order. */
  async giveVerdicts(
    readId: Uuid,
    items: readonly { readonly deviceId: Uuid; readonly verdict: Verdict; readonly detail?: string }[],
    at: Date,
  ): Promise<void> {
    await sql`
      with given as (
        select * from unnest(${items.map((one) => one.deviceId)}::uuid[], ${items.map((one) => one.verdict)}::text[],
          ${items.map((one) => one.detail ?? null)}::text[]) as u (device_id, verdict, detail)
      ), open as (
        select d.device_id from meter_read_devices d join meter_reads r on r.id = d.read_id
        where d.read_id = ${readId} and r.tenant_id = ${this.#tenantId} and r.state = 'open' and d.verdict is null
          and d.device_id in (select device_id from given)
        order by d.device_id for update of d
      )
      update meter_read_devices d set verdict = g.verdict, detail = g.detail, at = ${at}
      from given g join open o using (device_id)
      where d.read_id = ${readId} and d.device_id = g.device_id and d.verdict is null`.execute(this.#db);
  }

  /** Ends the round when every device has its verdict; true when it ended now. */
  async endWhenComplete(readId: Uuid, at: Date): Promise<boolean> {
    const result = await sql`
      update meter_reads r set state = 'done', ended_at = ${at}
      where r.id = ${readId} and r.tenant_id = ${this.#tenantId} and r.state = 'open'
        and not exists (select from meter_read_devices d where d.read_id = r.id and d.verdict is null)`.execute(
      this.#db,
    );
    return Number(result.numAffectedRows ?? 0) > 0;
  }

  /** Ends the round now: who has no verdict gets this one. False when it had ended already. */
  async end(
    readId: Uuid,
    verdict: "no_answer" | "cancelled",
    at: Date,
    alongside?: (tx: SiteGatewayDatabase) => Promise<void>,
  ): Promise<boolean> {
    return this.#db.transaction().execute(async (tx) => {
      await alongside?.(tx);
      const ended = await tx
        .updateTable("meter_reads")
        .set({ state: verdict === "cancelled" ? "cancelled" : "done", ended_at: at })
        .where("id", "=", readId)
        .where("tenant_id", "=", this.#tenantId)
        .where("state", "=", "open")
        .executeTakeFirst();
      if (Number(ended.numUpdatedRows) === 0) return false;
      await sql`
        with open as (
          select device_id from meter_read_devices where read_id = ${readId} and verdict is null
          order by device_id for update
        )
        update meter_read_devices d set verdict = ${verdict}, at = ${at} from open o
        where d.read_id = ${readId} and d.device_id = o.device_id and d.verdict is null`.execute(tx);
      return true;
    });
  }

  async deleteEndedBefore(before: Date): Promise<void> {
    await this.#db
      .deleteFrom("meter_reads")
      .where("tenant_id", "=", this.#tenantId)
      .where("state", "<>", "open")
      .where("created_at", "<", before)
      .execute();
  }
}
