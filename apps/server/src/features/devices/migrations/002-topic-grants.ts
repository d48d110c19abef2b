import type { Migration } from "../../../platform/database/migrate.ts";

/** The revision stands at the device, so that it counts on when the last grant has gone. */
export const createTopicGrants: Migration = {
  id: "002-topic-grants",
  up: `
    alter table devices add column grants_revision integer not null default 0;

    create table device_grants (
      device_id uuid not null references devices (id) on delete cascade,
      tenant_id uuid not null,
      pattern text not null,
      publish boolean not null,
      subscribe boolean not null,
      primary key (device_id, pattern)
    );
  `,
};
