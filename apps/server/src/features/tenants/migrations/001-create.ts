import type { Migration } from "../../../platform/database/index.ts";

export const createTenantTables: Migration = {
  id: "001-create",
  up: `
create table tenant_suspensions (
  tenant_id uuid primary key references tenants (id) on delete cascade,
  suspended_at timestamptz not null,
  reason text not null
);
`,
};
