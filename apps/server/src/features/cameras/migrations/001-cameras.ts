import type { Migration } from "../../../platform/database/index.ts";

export const createCameraTables: Migration = {
  id: "001-cameras",
  up: `
    create table cameras (
      device_id uuid primary key references devices (id) on delete cascade,
      tenant_id uuid not null references tenants (id) on delete cascade,
      settings jsonb not null,
      settings_at timestamptz not null
    );
  `,
};
