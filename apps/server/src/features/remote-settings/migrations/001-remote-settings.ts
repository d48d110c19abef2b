import type { Migration } from "../../../platform/database/index.ts";

export const createRemoteSettings: Migration = {
  id: "001-remote-settings",
  up: `
    create table device_settings_versions (
      device_id uuid not null references devices (id) on delete cascade,
      tenant_id uuid not null references tenants (id) on delete cascade,
      version integer not null check (version > 0),
      settings jsonb not null,
      by_name text not null,
      created_at timestamptz not null,
      -- The version whose content it took over again.
      restores integer,
      primary key (device_id, version)
    );

    -- As the device said last; a row without reported_at holds the lock of a device that has said nothing.
    create table device_settings_reports (
      device_id uuid primary key references devices (id) on delete cascade,
      tenant_id uuid not null references tenants (id) on delete cascade,
      reported_at timestamptz,
      version integer not null default 0,
      takes boolean not null default true,
      settings jsonb,
      refused_version integer,
      refused_reason text,
      commands text[] not null default '{}',
      leds text[] not null default '{}'
    );
  `,
};
