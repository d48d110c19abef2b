import type { Migration } from "../../../../platform/database/index.ts";

export const createLends: Migration = {
  id: "002-lends",
  up: `
    -- The link that opens this clip together with its own: both end together. Nobody has this one's token.
    alter table recording_shares add column lend_of uuid references recording_shares (id) on delete cascade;
    create index recording_shares_lend on recording_shares (lend_of) where lend_of is not null;
  `,
};
