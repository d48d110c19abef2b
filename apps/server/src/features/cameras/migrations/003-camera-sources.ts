import type { Migration } from "../../../platform/database/index.ts";

export const createCameraSources: Migration = {
  id: "003-camera-sources",
  up: `
    -- Where the server fetches a camera's pictures; the address is sealed with name and password, for it can tell a secret.
    create table camera_sources (
      device_id uuid primary key references devices (id) on delete cascade,
      tenant_id uuid not null references tenants (id) on delete cascade,
      sealed bytea not null,
      allow_private boolean not null,
      changed_at timestamptz not null
    );
  `,
};
