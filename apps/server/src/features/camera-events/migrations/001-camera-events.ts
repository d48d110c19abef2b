import type { Migration } from "../../../platform/database/index.ts";

export const createCameraEvents: Migration = {
  id: "001-camera-events",
  up: `
    create table camera_events (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      camera_id uuid not null references devices (id) on delete cascade,
      kind text not null check (kind in ('motion', 'device')),
      start_at timestamptz not null,
      -- Of the last sign of it that is written: where it ends when the program does not live to see its end.
      seen_at timestamptz not null,
      -- Null while it goes on.
      end_at timestamptz,
      -- Largest share of the watched cells that moved at once.
      strength real not null,
      zones text[] not null,
      best_at timestamptz not null
    );
    create index camera_events_newest on camera_events (tenant_id, start_at desc, id desc);
    create index camera_events_camera on camera_events (camera_id, start_at desc, id desc);
    create index camera_events_open on camera_events (id) where end_at is null;

    -- A byte for each ten seconds of the hour: 0 nobody looked, else 1 + strength 0…9.
    create table camera_motion (
      camera_id uuid not null references devices (id) on delete cascade,
      tenant_id uuid not null references tenants (id) on delete cascade,
      hour timestamptz not null,
      strengths bytea not null check (length(strengths) = 360),
      -- The largest of them.
      peak smallint not null,
      primary key (camera_id, hour)
    );
  `,
};
