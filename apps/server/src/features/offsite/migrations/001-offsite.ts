import type { Migration } from "../../../platform/database/index.ts";

export const createOffsite: Migration = {
  id: "001-offsite",
  up: `
    -- Where copies of recordings go.
    create table offsite_targets (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      name text not null,
      enabled boolean not null,
      settings jsonb not null,
      -- Sealed; without them settings is what people read.
      secrets bytea not null,
      allow_private boolean not null,
      -- Bytes a second; 0 without a limit.
      rate_bytes bigint not null,
      -- 0: for ever.
      keep_days integer not null,
      -- Cameras of which everything is copied.
      whole_cameras uuid[] not null,
      -- What ended before is not copied.
      since_ms bigint not null,
      health text not null check (health in ('untested', 'ok', 'failing')),
      failure text,
      failure_detail text,
      failing_since_ms bigint,
      -- Failures in a row, and until when nothing is tried because of them.
      failures integer not null,
      next_ms bigint not null,
      -- When a sample of the copies was last looked at.
      checked_ms bigint not null,
      created_ms bigint not null,
      updated_ms bigint not null
    );
    create index offsite_targets_tenant on offsite_targets (tenant_id);

    -- One row a segment and target. Without a key to recording_segments: a copy outlives what it is a copy of.
    create table offsite_copies (
      target_id uuid not null references offsite_targets (id) on delete cascade,
      segment_id uuid not null,
      tenant_id uuid not null references tenants (id) on delete cascade,
      camera_id uuid not null,
      first_ms bigint not null,
      last_ms bigint not null,
      bytes bigint not null,
      -- Because of an event.
      pinned boolean not null,
      state text not null check (state in ('waiting', 'copying', 'done', 'failed', 'removing', 'gone')),
      queued_ms bigint not null,
      attempts integer not null default 0,
      next_ms bigint not null default 0,
      bytes_done bigint not null default 0,
      -- What the other side calls the upload that was begun.
      upload text,
      -- How it lies there: lengths, digests, versions.
      stored jsonb,
      -- Of the organisation's key under which its key is wrapped.
      key_generation integer,
      -- It is to be deleted there because it was erased here, not because of its age.
      erased boolean not null default false,
      failure text,
      failure_detail text,
      done_ms bigint,
      checked_ms bigint,
      changed_ms bigint not null,
      primary key (target_id, segment_id)
    );
    create index offsite_copies_due on offsite_copies (target_id, pinned desc, first_ms desc) where state = 'waiting';
    create index offsite_copies_state on offsite_copies (target_id, state);
    create index offsite_copies_camera on offsite_copies (camera_id, first_ms);
    create index offsite_copies_segment on offsite_copies (segment_id);
  `,
};
