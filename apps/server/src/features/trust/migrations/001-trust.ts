import type { Migration } from "../../../platform/database/index.ts";

export const createTrust: Migration = {
  id: "001-trust",
  up: `
    -- What is known of a device's habits, and whether it is quarantined.
    create table device_trust (
      device_id uuid primary key references devices (id) on delete cascade,
      tenant_id uuid not null references tenants (id) on delete cascade,
      state text,
      quarantined_at timestamptz,
      -- Null when nobody but the program decided.
      quarantined_by text,
      reason text,
      findings jsonb not null default '[]',
      suggested_at timestamptz
    );
    create index device_trust_tenant on device_trust (tenant_id) where quarantined_at is not null or suggested_at is not null;

    -- Readings that were acknowledged and are not history.
    create table held_readings (
      id bigint generated always as identity primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      device_id uuid not null references devices (id) on delete cascade,
      type_id text not null,
      ts timestamptz not null,
      received_at timestamptz not null,
      numbers jsonb not null,
      states jsonb not null,
      -- Of numbers and states: the same message again is kept once.
      digest text not null,
      cause text not null check (cause in ('quarantine', 'implausible')),
      findings jsonb not null,
      state text not null default 'held' check (state in ('held', 'discarded')),
      decided_by text,
      decided_at timestamptz
    );
    create unique index held_readings_once on held_readings (device_id, ts, digest);
    create index held_readings_newest on held_readings (device_id, state, id desc);
    create index held_readings_tenant on held_readings (tenant_id, received_at);

    create table trust_scores (
      device_id uuid not null references devices (id) on delete cascade,
      at timestamptz not null,
      score smallint not null,
      codes text[] not null,
      primary key (device_id, at)
    );

    create table trust_verdicts (
      device_id uuid not null references devices (id) on delete cascade,
      day date not null,
      ok bigint not null,
      suspect bigint not null,
      implausible bigint not null,
      primary key (device_id, day)
    );
  `,
};
