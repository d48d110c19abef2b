export const up = `
create table tenants (
  id uuid primary key,
  name text not null,
  created_at timestamptz not null
);
create table people (
  id uuid primary key,
  tenant_id uuid not null references tenants (id) on delete cascade,
  name text not null,
  email text not null,
  email_key text not null unique,
  password_hash text not null,
  role text not null,
  language text not null,
  theme text not null default 'auto',
  single_keys boolean not null default true,
  created_at timestamptz not null,
  last_login_at timestamptz
);
create index people_tenant on people (tenant_id);
create table sessions (
  id uuid primary key,
  person_id uuid not null references people (id) on delete cascade,
  client text not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  refresh_hash text not null,
  previous_hash text,
  rotated_at timestamptz not null
);
create index sessions_person on sessions (person_id) where ended_at is null;
create table access_log (
  id bigint generated always as identity primary key,
  tenant_id uuid references tenants (id) on delete cascade,
  person_id uuid references people (id) on delete set null,
  at timestamptz not null,
  kind text not null,
  outcome text not null check (outcome in ('ok', 'refused')),
  reason text,
  email text,
  address text not null,
  client text not null
);
create index access_log_at on access_log (at);
create table setup_token (
  only_one boolean primary key default true check (only_one),
  token_hash text not null
);
`;
