import type { Migration } from "../../../platform/database/index.ts";

export const createRecordings: Migration = {
  id: "001-recordings",
  up: `
    -- The key over the keys of an organisation's segments, sealed; after a rotation the old one until nothing needs it.
    create table recording_keys (
      tenant_id uuid not null references tenants (id) on delete cascade,
      generation integer not null,
      sealed bytea not null,
      made_ms bigint not null,
      primary key (tenant_id, generation)
    );

    create table recording_policies (
      tenant_id uuid primary key references tenants (id) on delete cascade,
      ring_bytes bigint not null,
      pinned_bytes bigint not null,
      changed_ms bigint not null
    );

    -- One row a segment. Its files are the blobs <tenant>/<camera>/<id>.ghs and .key; bytes is the length of both.
    -- Without a key to devices: what a removed camera recorded is erased with an entry in the audit log.
    create table recording_segments (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      camera_id uuid not null,
      state text not null check (state in ('open', 'sealed', 'unsigned', 'damaged', 'erased')),
      codec text not null check (codec in ('jpeg', 'h264-fmp4')),
      start_ms bigint not null,
      first_ms bigint not null,
      last_ms bigint not null,
      frames integer not null,
      bytes bigint not null,
      -- Of each chunk of frames: length of its content, offset of its first frame in ms, frames; u32 big-endian each.
      chunks bytea not null,
      -- An event needs it.
      pinned boolean not null,
      -- Recorded in mode events: kept only until it is clear that no event needs it.
      transient boolean not null,
      -- Something moved in it.
      moved boolean not null,
      -- The signed manifest, and the SHA-256 of it in hex.
      manifest text,
      manifest_sha256 text
    );
    create index recording_segments_camera on recording_segments (camera_id, first_ms) where state <> 'erased';
    create index recording_segments_ring on recording_segments (tenant_id, first_ms)
      where not pinned and state not in ('open', 'erased');
    create index recording_segments_open on recording_segments (tenant_id) where state = 'open';

    -- What events need, with their pre-roll and post-roll.
    create table recording_pins (
      event_id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      camera_id uuid not null,
      from_ms bigint not null,
      -- Null while the event goes on.
      to_ms bigint
    );
    create index recording_pins_camera on recording_pins (camera_id, from_ms);

    -- The newest manifest of each camera, which the next one names.
    create table recording_chains (
      camera_id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      manifest_sha256 text not null
    );
  `,
};
