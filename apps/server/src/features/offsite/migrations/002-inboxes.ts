import type { Migration } from "../../../platform/database/index.ts";

export const createInboxes: Migration = {
  id: "002-inboxes",
  up: `
    -- Where copies of another installation arrive.
    create table offsite_inboxes (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      name text not null,
      cap_bytes bigint not null,
      keep_days integer not null,
      -- Who signs the sender's manifests; empty: not looked at.
      sender_key text not null,
      created_ms bigint not null
    );
    create index offsite_inboxes_tenant on offsite_inboxes (tenant_id);

    -- Files are <inbox>/<sender's organisation>/<camera>/<segment>.ghs and .key below copies/ of the data folder.
    create table offsite_received (
      inbox_id uuid not null references offsite_inboxes (id) on delete cascade,
      segment_id uuid not null,
      sender_tenant_id uuid not null,
      camera_id uuid not null,
      -- As announced: of the segment's file, and of the key's.
      bytes bigint not null,
      key_bytes integer not null,
      sha256 text not null,
      key_sha256 text not null,
      -- Of both files, on the disk.
      stored_bytes bigint not null,
      whole boolean not null,
      begun_ms bigint not null,
      changed_ms bigint not null,
      primary key (inbox_id, segment_id)
    );

    -- Keys over the keys of copies, wrapped under the sender's master key.
    create table offsite_received_keys (
      inbox_id uuid not null references offsite_inboxes (id) on delete cascade,
      sender_tenant_id uuid not null,
      generation integer not null,
      sealed bytea not null,
      primary key (inbox_id, sender_tenant_id, generation)
    );
  `,
};
