import type { Migration } from "../../../platform/database/index.ts";

/** Which devices a bundle names: those that whoever asked for it may see. */
export const addExportDevices: Migration = {
  id: "002-export-devices",
  up: `alter table case_exports add column device_ids uuid[] not null default '{}';`,
};
