import type { Migration } from "../../../platform/database/index.ts";

/** What nobody can be allowed any more: log-ins are read in the ledger. */
export const removeAccessLog: Migration = {
  id: "002-no-access-log",
  up: `
    update roles set permissions = array_remove(permissions, 'access_log.read');
    update api_tokens set permissions = array_remove(permissions, 'access_log.read');
  `,
};
