export const up = `
create table demo_items (
  tenant_id uuid not null references tenants (id) on delete cascade,
  kind text not null check (kind in ('site', 'rule', 'board')),
  item_id uuid not null,
  primary key (tenant_id, kind, item_id)
);
`;
