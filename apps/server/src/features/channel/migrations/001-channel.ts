import type { Migration } from "../../../platform/database/migrate.ts";

/** A device's rows go with it; a key id is one bundle of the installation. */
export const createChannelTables: Migration = {
  id: "001-channel",
  up: `
    create table channel_server_keys (
      key_id text primary key,
      suite smallint not null,
      state text not null,
      agreement_key bytea not null,
      signing_key bytea not null,
      sealed bytea not null,
      not_before timestamptz not null,
      not_after timestamptz not null,
      signature bytea not null
    );
    create unique index channel_server_keys_one_each on channel_server_keys (suite, state) where state <> 'retired';

    create table channel_anchor (
      id smallint primary key check (id = 1),
      token uuid not null
    );

    create table channel_recoveries (
      id uuid primary key,
      at timestamptz not null,
      revoked integer not null
    );

    create table channel_revocations (
      kind text not null,
      id text not null,
      from_at timestamptz not null,
      version bigint not null,
      primary key (kind, id)
    );

    create table channel_bundles (
      key_id text primary key,
      tenant_id uuid not null,
      device_id uuid not null references devices (id) on delete cascade,
      suite smallint not null,
      agreement_key bytea not null,
      signing_key bytea not null,
      origin text not null,
      software text,
      created_at timestamptz not null,
      first_used_at timestamptz,
      last_used_at timestamptz,
      valid_until timestamptz,
      revoked_at timestamptz
    );
    create index channel_bundles_device on channel_bundles (device_id);

    create table channel_devices (
      device_id uuid primary key references devices (id) on delete cascade,
      tenant_id uuid not null,
      pinned_suite smallint,
      pinned_at timestamptz,
      enrolled_at timestamptz,
      words text[],
      address text,
      last_handshake_at timestamptz,
      exempt_until timestamptz,
      exempt_reason text
    );

    create table channel_policies (
      tenant_id uuid primary key references tenants (id) on delete cascade,
      suites smallint[] not null,
      required_types text[] not null
    );

    create table channel_groups (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      name text not null,
      sealed_key bytea not null,
      type_id text not null,
      site_id uuid not null references sites (id) on delete cascade,
      tags text[] not null,
      max_devices integer not null,
      replace_keys boolean not null,
      by_name text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      closed_at timestamptz
    );
    create index channel_groups_tenant on channel_groups (tenant_id, created_at);

    create table channel_group_members (
      group_id uuid not null references channel_groups (id) on delete cascade,
      registration_id text not null,
      device_id uuid references devices (id) on delete set null,
      primary key (group_id, registration_id)
    );
    create index channel_group_members_device on channel_group_members (device_id);
  `,
};
