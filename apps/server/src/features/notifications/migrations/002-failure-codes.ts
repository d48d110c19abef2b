import type { Migration } from "../../../platform/database/index.ts";

/** Failures become a code, said in the reader's language, and what the other side said; earlier texts stay as they are. */
export const addFailureCodes: Migration = {
  id: "002-failure-codes",
  up: `
    alter table channels add column last_error_code text;
    alter table deliveries add column error_code text;
  `,
};
