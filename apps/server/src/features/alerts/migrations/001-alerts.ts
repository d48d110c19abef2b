import type { Migration } from "../../../platform/database/index.ts";

export const createAlerts: Migration = {
  id: "001-alerts",
  up: `
    create table rules (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      name text not null,
      enabled boolean not null,
      severity text not null,
      scope jsonb not null,
      condition jsonb not null,
      hold_ms bigint not null,
      schedule jsonb,
      channel_ids uuid[] not null,
      repeat_ms bigint not null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index rules_tenant on rules (tenant_id, name);

    -- A hold time that runs; a raised watch is known by its open alert.
    create table rule_states (
      rule_id uuid not null references rules (id) on delete cascade,
      device_id uuid not null references devices (id) on delete cascade,
      since_at timestamptz not null,
      seen_at timestamptz,
      value jsonb,
      primary key (rule_id, device_id)
    );
    create index rule_states_device on rule_states (device_id);

    -- One row: until when the engine is known to have listened.
    create table alert_engine (
      only_row boolean primary key default true check (only_row),
      alive_at timestamptz not null
    );

    create table alerts (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      rule_id uuid references rules (id) on delete set null,
      rule_name text not null,
      severity text not null,
      state text not null check (state in ('active', 'acknowledged', 'snoozed', 'resolved')),
      device_id uuid references devices (id) on delete set null,
      device_name text not null,
      site_name text not null,
      metric text,
      condition jsonb not null,
      value jsonb,
      unit text,
      raised_at timestamptz not null,
      created_at timestamptz not null,
      acknowledged_at timestamptz,
      acknowledged_by text,
      note text,
      snoozed_until timestamptz,
      resolved_at timestamptz,
      -- Next repeat or end of the snooze.
      next_at timestamptz,
      channel_ids uuid[] not null,
      check ((state = 'resolved') = (resolved_at is not null))
    );
    create unique index alerts_one_open on alerts (rule_id, device_id) where resolved_at is null;
    create index alerts_newest on alerts (tenant_id, raised_at desc, id desc);
    create index alerts_open on alerts (tenant_id, raised_at desc, id desc) where resolved_at is null;
    create index alerts_created on alerts (tenant_id, created_at);
    create index alerts_device on alerts (device_id, raised_at desc);
    create index alerts_next on alerts (next_at) where next_at is not null;
    create index alerts_rule on alerts (rule_id);

    create table alert_events (
      id bigint generated always as identity primary key,
      alert_id uuid not null references alerts (id) on delete cascade,
      at timestamptz not null,
      kind text not null,
      by_name text,
      detail text
    );
    create index alert_events_alert on alert_events (alert_id, id);

    create table notices_seen (
      tenant_id uuid not null references tenants (id) on delete cascade,
      person_id uuid not null,
      seen_at timestamptz not null,
      primary key (tenant_id, person_id)
    );
  `,
};
