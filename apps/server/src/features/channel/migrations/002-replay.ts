import type { Migration } from "../../../platform/database/migrate.ts";

/**
 * What one sender's key has used, as `encodeReplayState` writes it. Without a foreign key: it is written in the
 * transaction of a reading, which must not fail because a key was deleted meanwhile.
 */
export const createReplayTable: Migration = {
  id: "002-replay",
  up: `
    create table channel_replay (
      key_id text primary key,
      state bytea not null
    );
  `,
};
