import type { Migration } from "../../../platform/database/index.ts";

export const createSeams: Migration = {
  id: "003-seams",
  up: `
    -- Where one log ended with a restore and another began.
    create table ledger_seams (
      -- The log that follows.
      log_id integer primary key references ledger_logs (id),
      previous_id integer not null references ledger_logs (id),
      -- One restore begins one log, however often the server starts.
      restore_id text not null unique,
      -- End of the previous log as the backup had it.
      size bigint not null,
      root bytea not null,
      -- First entry of the log that follows, which outlives retention: without it nothing shows where the log comes from.
      entry bytea not null,
      -- The previous log's last checkpoint; null when it had none.
      note text,
      -- When the backup was made; null when somebody put the database back without our command.
      backup_at timestamptz,
      at timestamptz not null,
      acknowledged_at timestamptz,
      acknowledged_by uuid,
      reason text
    );
  `,
};
