import type { Migration } from "../../../platform/database/migrate.ts";

/** Codes live for a day at most: those without a key end here. */
export const addClaimKey: Migration = {
  id: "003-claim-key",
  up: `
    delete from device_claims;
    alter table device_claims add column sealed_key bytea not null;
  `,
};
