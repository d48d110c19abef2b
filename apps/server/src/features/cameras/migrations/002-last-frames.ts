import type { Migration } from "../../../platform/database/index.ts";

export const createLastFrames: Migration = {
  id: "002-last-frames",
  up: `
    -- Of each camera that ever sent one, a minute late at most.
    create table camera_last_frames (
      device_id uuid primary key references devices (id) on delete cascade,
      tenant_id uuid not null references tenants (id) on delete cascade,
      taken_at timestamptz not null,
      width integer not null,
      height integer not null
    );
  `,
};
