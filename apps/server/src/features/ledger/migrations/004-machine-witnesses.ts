import type { Migration } from "../../../platform/database/index.ts";

export const createMachineWitnesses: Migration = {
  id: "004-machine-witnesses",
  up: `
    alter table ledger_witnesses
      -- Of a witness that is one of our devices.
      add column device_id uuid,
      add column tenant_id uuid,
      -- Why people were told of it, since when; null when all is well.
      add column alarm text,
      add column alarmed_at timestamptz;
    create unique index ledger_witnesses_device on ledger_witnesses (device_id) where removed_at is null;

    alter table ledger_witnessed
      -- The last checkpoint that was cosigned, as the log signed it.
      add column note text,
      add column refusal text;

    -- Two statements of one log that cannot both be true. None is ever deleted.
    create table ledger_contradictions (
      id uuid primary key,
      -- Who refused: a witness of ours, or we as the witness of this log.
      witness_id uuid,
      witnessed_id uuid,
      reason text not null,
      at timestamptz not null,
      kept_log text not null,
      kept text not null,
      kept_size bigint not null,
      kept_root text not null,
      offered text not null,
      -- SHA-256 over who, why, and both checkpoints: each is kept once.
      digest bytea not null unique
    );
    create index ledger_contradictions_at on ledger_contradictions (at);
  `,
};
