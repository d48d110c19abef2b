import type { Migration } from "../../../platform/database/migrate.ts";

/**
 * What changes with every message (presence) is a narrow table without secondary indexes, so that its updates
 * stay on their page. `json` and not `jsonb` where devices and people write: it keeps U+0000 and every number.
 */
export const createDevicesTables: Migration = {
  id: "001-devices",
  up: `
    create table sites (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      name text not null,
      name_key text not null,
      search text not null,
      time_zone text not null,
      demo boolean not null,
      created_at timestamptz not null,
      constraint sites_name_unique unique (tenant_id, name_key)
    );

    create table devices (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      site_id uuid not null constraint devices_site_known references sites (id),
      name text not null,
      label text not null,
      type_id text not null,
      tags text[] not null,
      interval_ms integer not null,
      search text not null,
      discovery_id text,
      demo boolean not null,
      created_at timestamptz not null,
      revoked_at timestamptz
    );
    create unique index devices_name_unique on devices (tenant_id, lower(name));
    create unique index devices_discovery_unique on devices (tenant_id, discovery_id) where discovery_id is not null;
    create index devices_site on devices (site_id);
    create index devices_created on devices (tenant_id, created_at, id);
    create index devices_tags on devices using gin (tags);

    create table device_presence (
      device_id uuid primary key references devices (id) on delete cascade,
      tenant_id uuid not null,
      status text not null,
      last_seen timestamptz,
      address text,
      via text
    ) with (fillfactor = 70);

    create table device_metrics (
      device_id uuid not null references devices (id) on delete cascade,
      tenant_id uuid not null,
      key text not null,
      unit text not null,
      label_en text not null,
      label_fr text not null,
      kind text not null,
      decimals integer,
      primary key (device_id, key)
    );

    create table device_credentials (
      id uuid primary key,
      tenant_id uuid not null,
      device_id uuid not null references devices (id) on delete cascade,
      kind text not null,
      public_id text not null unique,
      sha256 text not null unique,
      sealed bytea,
      created_at timestamptz not null,
      last_used_at timestamptz,
      expires_at timestamptz,
      revoked_at timestamptz
    );
    create index device_credentials_device on device_credentials (device_id, created_at);

    create table device_claims (
      device_id uuid primary key references devices (id) on delete cascade,
      tenant_id uuid not null,
      code_sha256 text not null unique,
      created_at timestamptz not null,
      expires_at timestamptz not null
    );

    create table device_commands (
      seq bigint generated always as identity primary key,
      id uuid not null unique,
      tenant_id uuid not null,
      device_id uuid not null references devices (id) on delete cascade,
      key text not null,
      params json not null,
      state text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      delivered_at timestamptz,
      ended_at timestamptz,
      reason text,
      by_name text not null
    );
    create index device_commands_device on device_commands (device_id, seq);
    create index device_commands_open on device_commands (expires_at) where state in ('queued', 'delivered');
    create index device_commands_ended on device_commands (ended_at) where ended_at is not null;

    create table device_log (
      id bigint generated always as identity primary key,
      tenant_id uuid not null,
      device_id uuid not null constraint device_log_device_known references devices (id) on delete cascade,
      ts timestamptz not null,
      received_at timestamptz not null,
      kind text not null,
      level text not null,
      message text not null,
      data json
    );
    create index device_log_device on device_log (device_id, id);
    create index device_log_received on device_log using brin (received_at);

    create table device_refusals (
      device_id uuid not null references devices (id) on delete cascade,
      slot timestamptz not null,
      code text not null,
      via text not null,
      tenant_id uuid not null,
      count integer not null,
      first_at timestamptz not null,
      last_at timestamptz not null,
      detail text,
      primary key (device_id, slot, code, via)
    );
    create index device_refusals_slot on device_refusals (tenant_id, slot);

    create table anonymous_refusals (
      slot timestamptz not null,
      code text not null,
      via text not null,
      count integer not null,
      primary key (slot, code, via)
    );

    create table device_accepted (
      device_id uuid not null references devices (id) on delete cascade,
      hour timestamptz not null,
      tenant_id uuid not null,
      count integer not null,
      primary key (device_id, hour)
    ) with (fillfactor = 70);
    create index device_accepted_hour on device_accepted using brin (hour);

    create table fleet_slots (
      tenant_id uuid not null references tenants (id) on delete cascade,
      slot timestamptz not null,
      online integer not null,
      primary key (tenant_id, slot)
    );
  `,
};
