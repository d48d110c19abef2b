import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Pool } from "pg";
import type { MetricSet, StateSeries } from "./catalogue.ts";

export interface SetRow {
  readonly id: number;
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly metrics: string[];
  readonly lastMs?: UnixMs;
  readonly lastValues?: number[];
}

export interface StateRow {
  readonly id: number;
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly metric: string;
  readonly lastMs?: UnixMs;
  readonly lastValue?: boolean | string;
}

interface RawSet {
  id: number;
  tenant_id: string;
  device_id: string;
  metrics: string[];
  last_ts: Date | null;
  last_values: number[] | null;
}

interface RawState {
  id: number;
  tenant_id: string;
  device_id: string;
  metric: string;
  last_ts: Date | null;
  last_value: string | null;
}

/** The saved newest value may be a minute behind, or more after a crash: what is stored decides. */
const LOAD_SETS = `
  select s.id, s.tenant_id, s.device_id, s.metrics,
    coalesce(t.ts, s.last_ts) as last_ts, coalesce(t.v, s.last_values) as last_values
  from metric_sets s
  left join lateral (
    select ts, v from telemetry
    where set_id = s.id and ts > coalesce(s.last_ts, '-infinity') order by ts desc limit 1
  ) t on true
  where s.device_id is not null`;

const LOAD_STATES = `
  select s.id, s.tenant_id, s.device_id, s.metric,
    coalesce(c.ts, s.last_ts) as last_ts, coalesce(c.value, s.last_value) as last_value
  from state_series s
  left join lateral (
    select ts, value from state_changes
    where series_id = s.id and ts > coalesce(s.last_ts, '-infinity') order by ts desc limit 1
  ) c on true
  where s.device_id is not null`;

/** A device that is gone, or another tenant's, gets no row. */
const CREATE_SETS = `
  insert into metric_sets (tenant_id, device_id, metrics, digest)
  select u.tenant_id, u.device_id, string_to_array(u.metrics, ','), md5(u.metrics)
  from unnest($1::uuid[], $2::uuid[], $3::text[]) as u (tenant_id, device_id, metrics)
  where exists (select from devices d where d.id = u.device_id and d.tenant_id = u.tenant_id)
  on conflict (device_id, digest) do update set digest = excluded.digest
  returning id, tenant_id, device_id, metrics, last_ts, last_values`;

const CREATE_STATES = `
  insert into state_series (tenant_id, device_id, metric)
  select u.tenant_id, u.device_id, u.metric
  from unnest($1::uuid[], $2::uuid[], $3::text[]) as u (tenant_id, device_id, metric)
  where exists (select from devices d where d.id = u.device_id and d.tenant_id = u.tenant_id)
  on conflict (device_id, metric) do update set metric = excluded.metric
  returning id, tenant_id, device_id, metric, last_ts, last_value`;

const SAVE_SETS = `
  update metric_sets s set last_ts = to_timestamp(u.ms / 1000), last_values = u.v::float8[]
  from unnest($1::int[], $2::float8[], $3::text[]) as u (id, ms, v) where s.id = u.id`;

const SAVE_STATES = `
  update state_series s set last_ts = to_timestamp(u.ms / 1000), last_value = u.value
  from unnest($1::int[], $2::float8[], $3::text[]) as u (id, ms, value) where s.id = u.id`;

const SAVED_AT_ONCE = 5_000;

export class CatalogueStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async load(): Promise<{ sets: SetRow[]; states: StateRow[] }> {
    const sets = await this.#pool.query<RawSet>(LOAD_SETS);
    const states = await this.#pool.query<RawState>(LOAD_STATES);
    return { sets: sets.rows.map(toSet), states: states.rows.map(toState) };
  }

  async createSets(
    wanted: readonly { tenantId: Uuid; deviceId: Uuid; metrics: string }[],
  ): Promise<SetRow[]> {
    const { rows } = await this.#pool.query<RawSet>(CREATE_SETS, [
      wanted.map((set) => set.tenantId),
      wanted.map((set) => set.deviceId),
      wanted.map((set) => set.metrics),
    ]);
    return rows.map(toSet);
  }

  async createStates(
    wanted: readonly { tenantId: Uuid; deviceId: Uuid; metric: string }[],
  ): Promise<StateRow[]> {
    const { rows } = await this.#pool.query<RawState>(CREATE_STATES, [
      wanted.map((state) => state.tenantId),
      wanted.map((state) => state.deviceId),
      wanted.map((state) => state.metric),
    ]);
    return rows.map(toState);
  }

  async saveLast(sets: readonly MetricSet[], states: readonly StateSeries[]): Promise<void> {
    for (let i = 0; i < sets.length; i += SAVED_AT_ONCE) {
      const some = sets.slice(i, i + SAVED_AT_ONCE);
      await this.#pool.query(SAVE_SETS, [
        some.map((set) => set.id),
        some.map((set) => set.lastMs),
        some.map((set) => `{${set.lastValues.join(",")}}`),
      ]);
    }
    for (let i = 0; i < states.length; i += SAVED_AT_ONCE) {
      const some = states.slice(i, i + SAVED_AT_ONCE);
      await this.#pool.query(SAVE_STATES, [
        some.map((state) => state.id),
        some.map((state) => state.lastMs),
        some.map((state) => JSON.stringify(state.lastValue)),
      ]);
    }
  }
}

function toSet(row: RawSet): SetRow {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    deviceId: row.device_id,
    metrics: row.metrics,
    ...(row.last_ts === null ? {} : { lastMs: row.last_ts.getTime() }),
    ...(row.last_values === null ? {} : { lastValues: row.last_values }),
  };
}

function toState(row: RawState): StateRow {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    deviceId: row.device_id,
    metric: row.metric,
    ...(row.last_ts === null ? {} : { lastMs: row.last_ts.getTime() }),
    ...(row.last_value === null ? {} : { lastValue: JSON.parse(row.last_value) as boolean | string }),
  };
}
