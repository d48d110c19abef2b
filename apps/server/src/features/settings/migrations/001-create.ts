export const up = `
create table settings (
  tenant_id uuid primary key references tenants (id) on delete cascade,
  choices jsonb not null,
  home_assistant_password bytea,
  updated_at timestamptz not null
);
`;
