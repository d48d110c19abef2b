import type { Migration } from "../../../platform/database/index.ts";

/** What a line of our own says, so that everybody reads it in their language; earlier lines keep their English text. */
export const addLogCodes: Migration = {
  id: "004-log-codes",
  up: "alter table device_log add column code text",
};
