import type { Migration } from "../../../platform/database/index.ts";

export const createLabRuns: Migration = {
  id: "001-create",
  up: `
create table lab_runs (
  id uuid primary key,
  tenant_id uuid not null references tenants (id) on delete cascade,
  by_name text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  state text not null check (state in ('running', 'passed', 'failed', 'cancelled', 'broken')),
  entries jsonb not null,
  lines jsonb not null
);
create index lab_runs_newest on lab_runs (tenant_id, started_at desc);
`,
};
