import type { Migration } from "../../../platform/database/index.ts";

export const addEscalation: Migration = {
  id: "004-escalation",
  up: `
    alter table rules add column escalation jsonb;

    -- Of an alert whose rule names steps: those of the rule, followed while it is open.
    create table alert_escalations (
      alert_id uuid primary key references alerts (id) on delete cascade,
      started_at timestamptz not null,
      steps jsonb not null,
      done_at timestamptz[] not null default '{}',
      -- Of the next step; null when there is none, or when somebody answered.
      due_at timestamptz,
      stopped_at timestamptz
    );
    create index alert_escalations_due on alert_escalations (due_at) where due_at is not null;
  `,
};
