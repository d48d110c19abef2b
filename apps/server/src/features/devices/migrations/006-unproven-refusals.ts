import type { Migration } from "../../../platform/database/index.ts";

/** Refusals that anybody could have caused in a device's name are counted apart from its own. */
export const addUnprovenRefusals: Migration = {
  id: "006-unproven-refusals",
  up: `
    alter table device_refusals add column unproven boolean not null default false;
    alter table device_refusals drop constraint device_refusals_pkey;
    alter table device_refusals add primary key (device_id, slot, code, via, unproven);
  `,
};
