import type { Migration } from "../../../platform/database/index.ts";

export const createExports: Migration = {
  id: "002-exports",
  up: `
    -- What was taken out of recordings. While one is running or done, its files are the sealed files of its id.
    create table recording_exports (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      camera_id uuid not null,
      from_ms bigint not null,
      to_ms bigint not null,
      form text not null check (form in ('mp4', 'frames')),
      speed integer not null,
      state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
      asked_ms bigint not null,
      ended_ms bigint,
      -- Of the finished file; 0 until then, and again when it is gone.
      bytes bigint not null,
      frames integer not null,
      damaged integer not null,
      -- Code of what went wrong.
      error text
    );
    create index recording_exports_tenant on recording_exports (tenant_id, asked_ms);
    create index recording_exports_waiting on recording_exports (asked_ms) where state = 'waiting';
  `,
};
