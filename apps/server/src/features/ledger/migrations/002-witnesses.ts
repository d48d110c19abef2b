import type { Migration } from "../../../platform/database/index.ts";

export const createWitnesses: Migration = {
  id: "002-witnesses",
  up: `
    alter table ledger_witnesses
      -- Prefix of its add-checkpoint address (C2SP tlog-witness).
      add column url text,
      -- What it says against us, since when; null while it cosigns.
      add column refusal text,
      add column refused_at timestamptz;

    -- Logs of others that this installation cosigns.
    create table ledger_witnessed (
      id uuid primary key,
      -- Name of the log that is witnessed now.
      origin text not null unique,
      -- WitnessState of packages/ledger, JSON.
      state text not null,
      added_at timestamptz not null,
      cosigned_at timestamptz
    );
  `,
};
