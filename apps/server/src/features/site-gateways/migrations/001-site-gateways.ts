import type { Migration } from "../../../platform/database/index.ts";

export const createSiteGateways: Migration = {
  id: "001-site-gateways",
  up: `
    create table gateway_states (
      gateway_id uuid primary key references devices (id) on delete cascade,
      tenant_id uuid not null,
      messages bigint not null,
      bytes bigint not null,
      dropped bigint not null,
      at timestamptz not null
    );

    create table meter_reads (
      id uuid primary key,
      seq bigint generated always as identity,
      tenant_id uuid not null references tenants (id) on delete cascade,
      by_name text not null,
      created_at timestamptz not null,
      deadline_at timestamptz not null,
      ended_at timestamptz,
      state text not null check (state in ('open', 'done', 'cancelled')),
      total integer not null
    );
    create index meter_reads_newest on meter_reads (tenant_id, seq desc);
    create index meter_reads_open on meter_reads (deadline_at) where state = 'open';

    -- One row a device and round, so one verdict. Without a key to devices: who is deleted was asked all the same.
    create table meter_read_devices (
      read_id uuid not null references meter_reads (id) on delete cascade,
      device_id uuid not null,
      device_name text not null,
      verdict text check (verdict in ('read', 'silent', 'unreachable', 'failed', 'no_answer', 'cancelled')),
      detail text,
      at timestamptz,
      primary key (read_id, device_id)
    );
    create index meter_read_devices_open on meter_read_devices (read_id, device_id) where verdict is null;

    create table signed_readings (
      id bigint generated always as identity primary key,
      tenant_id uuid not null,
      device_id uuid not null references devices (id) on delete cascade,
      serial text not null,
      counter bigint not null,
      read_at timestamptz not null,
      received_at timestamptz not null,
      kind text not null,
      meter_read_id uuid,
      -- Register 1.8.0.
      wh bigint not null,
      registers jsonb not null,
      flags smallint not null,
      key_id text not null,
      -- Header 48, signature 64, payload: whoever has the public key can check it.
      signed bytea not null,
      unique (device_id, serial, counter)
    );
    create index signed_readings_newest on signed_readings (device_id, id desc);
    create index signed_readings_age on signed_readings (tenant_id, received_at);
  `,
};
