import type { Migration } from "../../../platform/database/index.ts";

export const createFirstRules: Migration = {
  id: "003-first-rules",
  up: `
    -- Organisations whose cameras have looked for people: the rule that came with the first of them never comes again.
    create table first_rules (
      tenant_id uuid primary key references tenants (id) on delete cascade,
      at timestamptz not null
    );
  `,
};
