import type { Migration } from "../../../platform/database/migrate.ts";

/**
 * docs/decisions/0003-one-row-per-message.md gives the reasons for this layout. `telemetry` and `telemetry_1m`
 * are partitioned by range of `ts`; upkeep makes and drops the partitions. A device that is deleted leaves its
 * sets without `device_id`, and a job removes what hangs on them in slices: a cascade would lock for minutes.
 */
export const createTelemetryTables: Migration = {
  id: "001-telemetry",
  up: `
    create table metric_sets (
      id integer generated always as identity primary key,
      tenant_id uuid not null,
      device_id uuid references devices (id) on delete set null,
      metrics text[] not null,
      digest text not null,
      last_ts timestamptz,
      last_values float8[],
      constraint metric_sets_unique unique (device_id, digest)
    ) with (fillfactor = 70);
    create index metric_sets_removed on metric_sets (id) where device_id is null;

    create table telemetry (
      set_id integer not null,
      ts timestamptz not null,
      v float8[] not null,
      primary key (set_id, ts)
    ) partition by range (ts);

    create index telemetry_ts on telemetry using brin (ts) with (pages_per_range = 32, autosummarize = on);

    create table telemetry_packed (
      set_id integer not null,
      hour timestamptz not null,
      n integer not null,
      dt integer[] not null,
      v float8[] not null,
      primary key (set_id, hour)
    );
    create index telemetry_packed_hour on telemetry_packed using brin (hour);

    create table telemetry_1m (
      set_id integer not null,
      ts timestamptz not null,
      n integer not null,
      min float8[] not null,
      max float8[] not null,
      sum float8[] not null,
      primary key (set_id, ts)
    ) partition by range (ts);

    create index telemetry_1m_ts on telemetry_1m using brin (ts) with (pages_per_range = 32, autosummarize = on);

    create table telemetry_1h (
      set_id integer not null,
      ts timestamptz not null,
      n integer not null,
      min float8[] not null,
      max float8[] not null,
      sum float8[] not null,
      primary key (set_id, ts)
    );
    create index telemetry_1h_ts on telemetry_1h using brin (ts);

    create table telemetry_dirty (
      id bigint generated always as identity primary key,
      set_id integer not null,
      hour timestamptz not null
    );

    create table telemetry_progress (
      name text primary key,
      value bigint not null
    );

    create table telemetry_conflicts (
      device_id uuid not null references devices (id) on delete cascade,
      metric text not null,
      ts timestamptz not null,
      refused text not null,
      kept text not null,
      tenant_id uuid not null,
      received_at timestamptz not null,
      primary key (device_id, metric, ts, refused)
    );
    create index telemetry_conflicts_ts on telemetry_conflicts using brin (ts);

    create table state_series (
      id integer generated always as identity primary key,
      tenant_id uuid not null,
      device_id uuid references devices (id) on delete set null,
      metric text not null,
      last_ts timestamptz,
      last_value text,
      constraint state_series_unique unique (device_id, metric)
    ) with (fillfactor = 70);
    create index state_series_removed on state_series (id) where device_id is null;

    create table state_changes (
      series_id integer not null,
      ts timestamptz not null,
      value text not null,
      primary key (series_id, ts)
    );

    create table boards (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      name text not null,
      charts json not null,
      range_ms bigint not null,
      updated_at timestamptz not null
    );
    create index boards_tenant on boards (tenant_id, name);
  `,
};
