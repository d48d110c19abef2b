import type { Migration } from "../../../platform/database/index.ts";

/** When a device's readings counted as suspect: the verdict of each reading in history, by its time. */
export const createSuspicions: Migration = {
  id: "002-suspicions",
  up: `
    create table trust_suspicions (
      device_id uuid not null references devices (id) on delete cascade,
      from_at timestamptz not null,
      -- Null while it lasts.
      until_at timestamptz,
      codes text[] not null,
      primary key (device_id, from_at)
    );
    create unique index trust_suspicions_open on trust_suspicions (device_id) where until_at is null;
  `,
};
