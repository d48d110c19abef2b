import type { UnixMs } from "@gatehouse/base";
import type { Reading, SealedMark } from "@gatehouse/contract";
import type { Pool, PoolClient } from "pg";
import type { MetricSet } from "../catalogue.ts";
import type { MetricValue } from "../model.ts";
import type { HeldReading, Originals, ReadingScreen, SealedMarks } from "../ports.ts";
import { createPartition, RAW } from "../upkeep/partition-store.ts";
import { copyIn } from "./copy-store.ts";
import { encodeRows } from "./encode.ts";
import type { BatchPlan, Conflict } from "./plan.ts";
import type { StateChange, StateTimeline } from "./state-plan.ts";

/** What is written in the same transaction as a batch. */
export interface Beside {
  readonly sealed: readonly SealedMark[];
  /** Readings whose original is kept. */
  readonly signed: readonly Reading[];
  readonly held: readonly HeldReading[];
  readonly alongside?: ((client: PoolClient) => Promise<void>) | undefined;
}

/** Other features that write in the transaction of a batch. */
export interface Neighbours {
  readonly sealedMarks?: SealedMarks | undefined;
  readonly originals?: Originals | undefined;
  readonly screen?: ReadingScreen | undefined;
}

export interface DirtyHour {
  readonly setId: number;
  readonly hourMs: UnixMs;
}

export interface StoredNumbers {
  readonly setId: number;
  readonly tsMs: UnixMs;
  readonly values: readonly number[];
}

export interface SetInstant {
  readonly set: MetricSet;
  readonly tsMs: UnixMs;
}

export interface StateInstant {
  readonly seriesId: number;
  readonly tsMs: UnixMs;
}

const COPY = "copy telemetry (set_id, ts, v) from stdin (format binary)";

/** `lateral … limit 1` keeps it at one index probe an instant, whatever the planner believes. */
const FIND_RAW = `
  select u.set_id, u.ms, t.v
  from unnest($1::int[], $2::float8[]) as u (set_id, ms)
  cross join lateral (
    select v from telemetry where set_id = u.set_id and ts = to_timestamp(u.ms / 1000) limit 1
  ) t`;

/** An hour is taken out of its compressed storage once, whatever is looked for in it. */
const FIND_PACKED = `
  select h.set_id, extract(epoch from h.hour)::float8 * 1000 + w.dt as ms,
    array(select x from unnest(h.v[i:i]) as x) as v
  from (
    select p.set_id, p.hour, p.dt[1:p.n] as dt, p.v[1:p.n] as v, w.dts
    from (
      select set_id, date_bin('1 hour', to_timestamp(ms / 1000), 'epoch') as hour,
        array_agg((ms::bigint % 3600000)::int) as dts
      from unnest($1::int[], $2::float8[]) as u (set_id, ms) group by 1, 2
    ) w
    cross join lateral (
      select * from telemetry_packed where set_id = w.set_id and hour = w.hour limit 1
    ) p
    offset 0
  ) h
  cross join lateral unnest(h.dts) as w (dt)
  cross join lateral array_position(h.dt, w.dt) as i
  where i is not null`;

/** The change at or before each instant, and the first behind it. */
const FIND_STATES = `
  select u.series_id, (extract(epoch from c.ts) * 1000)::float8 as ms, c.value
  from unnest($1::int[], $2::float8[]) as u (series_id, ms)
  cross join lateral (
    (select ts, value from state_changes
     where series_id = u.series_id and ts <= to_timestamp(u.ms / 1000) order by ts desc limit 1)
    union all
    (select ts, value from state_changes
     where series_id = u.series_id and ts > to_timestamp(u.ms / 1000) order by ts limit 1)
  ) c`;

const INSERT_STATES = `
  insert into state_changes (series_id, ts, value)
  select series_id, to_timestamp(ms / 1000), value
  from unnest($1::int[], $2::float8[], $3::text[]) as u (series_id, ms, value)
  on conflict do nothing`;

const INSERT_CONFLICTS = `
  insert into telemetry_conflicts (tenant_id, device_id, metric, ts, kept, refused, received_at)
  select u.tenant_id, u.device_id, u.metric, to_timestamp(u.ms / 1000), u.kept, u.refused,
    to_timestamp(u.received / 1000)
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::float8[], $5::text[], $6::text[], $7::float8[])
    as u (tenant_id, device_id, metric, ms, kept, refused, received)
  where exists (select from devices d where d.id = u.device_id)
  on conflict do nothing`;

const INSERT_DIRTY = `
  insert into telemetry_dirty (set_id, hour)
  select set_id, to_timestamp(ms / 1000) from unnest($1::int[], $2::float8[]) as u (set_id, ms)`;

/** Well below the keepalive of the clients that wait for their acknowledgement. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** The connection that readings are written through: its own, so that no query of a person stands before it. */
export class IngestStore {
  readonly #pool: Pool;
  readonly #neighbours: Neighbours;
  readonly #days = new Set<UnixMs>();
  #client: PoolClient | undefined;

  constructor(pool: Pool, neighbours: Neighbours = {}) {
    this.#pool = pool;
    this.#neighbours = neighbours;
  }

  /** Rows stored for these instants. `packedBeforeMs`: no later hour is packed. */
  async findNumbers(instants: readonly SetInstant[], packedBeforeMs: UnixMs): Promise<StoredNumbers[]> {
    const client = await this.#connected();
    const find = async (text: string, some: readonly SetInstant[]): Promise<StoredNumbers[]> => {
      if (some.length === 0) return [];
      const values = [some.map(({ set }) => set.id), some.map(({ tsMs }) => tsMs)];
      const { rows } = await client.query<{ set_id: number; ms: number; v: number[] }>(text, values);
      return rows.map((row) => ({ setId: row.set_id, tsMs: row.ms, values: row.v }));
    };
    const raw = await find(FIND_RAW, instants);
    const old = instants.filter(({ tsMs }) => tsMs < packedBeforeMs);
    return [...raw, ...(await find(FIND_PACKED, old))];
  }

  async findStates(instants: readonly StateInstant[]): Promise<Map<number, StateChange[]>> {
    const found = new Map<number, StateChange[]>();
    if (instants.length === 0) return found;
    const client = await this.#connected();
    const { rows } = await client.query<{ series_id: number; ms: number; value: string }>(FIND_STATES, [
      instants.map(({ seriesId }) => seriesId),
      instants.map(({ tsMs }) => tsMs),
    ]);
    for (const { series_id, ms, value } of rows) {
      const changes = found.get(series_id) ?? [];
      changes.push({ tsMs: ms, value: JSON.parse(value) as boolean | string });
      found.set(series_id, changes);
    }
    return found;
  }

  /** One transaction: all of it is on the disk when this resolves, or none of it is. */
  async commit(plan: BatchPlan, dirty: readonly DirtyHour[], beside: Beside): Promise<void> {
    const { sealed, signed, held, alongside } = beside;
    const { sealedMarks, originals, screen } = this.#neighbours;
    const client = await this.#connected();
    await this.#ensureDays(client, plan);
    const changes = plan.timelines.filter(({ planned }) => planned.length > 0);
    const lists = [changes, plan.conflicts, dirty, sealed, signed, held];
    const others = lists.reduce((sum, list) => sum + list.length, 0);
    if (plan.rows.length + others === 0 && alongside === undefined) return;
    const isCopyOnly = others === 0 && alongside === undefined;
    if (!isCopyOnly) await client.query("begin");
    if (plan.rows.length > 0) await copyIn(client, COPY, encodeRows(plan.rows));
    if (isCopyOnly) return;
    if (changes.length > 0) await insertStates(client, changes);
    if (plan.conflicts.length > 0) await insertConflicts(client, plan.conflicts);
    if (dirty.length > 0)
      await client.query(INSERT_DIRTY, [dirty.map((hour) => hour.setId), dirty.map((hour) => hour.hourMs)]);
    if (sealed.length > 0) await sealedMarks?.write(client, sealed);
    if (signed.length > 0) await originals?.write(client, signed);
    if (held.length > 0) await screen?.keep(client, held);
    await alongside?.(client);
    await client.query("commit");
  }

  /** Partitions are not where they were believed to be. */
  forgetDays(): void {
    this.#days.clear();
  }

  /** Ends the connection, and with it whatever is not committed; the next call opens another. */
  disconnect(): void {
    this.#client?.release(true);
    this.#client = undefined;
  }

  async #connected(): Promise<PoolClient> {
    if (this.#client === undefined) {
      const client = await this.#pool.connect();
      this.#client = client;
      await client.query(`set statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
    }
    return this.#client;
  }

  async #ensureDays(client: PoolClient, plan: BatchPlan): Promise<void> {
    let lastMs: UnixMs | undefined;
    for (const { tsMs } of plan.rows) {
      const dayMs = RAW.startOf(tsMs);
      if (dayMs === lastMs) continue;
      lastMs = dayMs;
      if (this.#days.has(dayMs)) continue;
      await createPartition(client, RAW, dayMs);
      this.#days.add(dayMs);
    }
  }
}

async function insertStates(client: PoolClient, timelines: readonly StateTimeline[]): Promise<void> {
  const changes = timelines.flatMap(({ series, planned }) =>
    planned.map((change) => ({ id: series.id, change })),
  );
  await client.query(INSERT_STATES, [
    changes.map(({ id }) => id),
    changes.map(({ change }) => change.tsMs),
    changes.map(({ change }) => JSON.stringify(change.value)),
  ]);
}

/** Enough to see what differs; an index entry holds no long text. */
const CONFLICT_TEXT_LENGTH = 200;
const shown = (value: MetricValue): string => JSON.stringify(value).slice(0, CONFLICT_TEXT_LENGTH);

async function insertConflicts(client: PoolClient, conflicts: readonly Conflict[]): Promise<void> {
  await client.query(INSERT_CONFLICTS, [
    conflicts.map(({ tenantId }) => tenantId),
    conflicts.map(({ deviceId }) => deviceId),
    conflicts.map(({ metric }) => metric),
    conflicts.map(({ tsMs }) => tsMs),
    conflicts.map(({ kept }) => shown(kept)),
    conflicts.map(({ refused }) => shown(refused)),
    conflicts.map(({ receivedMs }) => receivedMs),
  ]);
}
