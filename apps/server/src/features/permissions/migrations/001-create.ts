import type { Migration } from "../../../platform/database/index.ts";

export const createPermissions: Migration = {
  id: "001-create",
  up: `
create table roles (
  id uuid primary key,
  tenant_id uuid not null references tenants (id) on delete cascade,
  name text not null,
  name_key text not null,
  description text not null,
  permissions text[] not null,
  updated_at timestamptz not null,
  constraint roles_name_unique unique (tenant_id, name_key)
);
create table main_roles (
  person_id uuid primary key references people (id) on delete cascade,
  tenant_id uuid not null references tenants (id) on delete cascade,
  everywhere boolean not null
);
create table grants (
  id uuid primary key,
  seq bigint generated always as identity,
  tenant_id uuid not null references tenants (id) on delete cascade,
  person_id uuid not null references people (id) on delete cascade,
  built_in text,
  role_id uuid constraint grants_role references roles (id),
  scope text not null,
  site_id uuid references sites (id) on delete cascade,
  device_id uuid references devices (id) on delete cascade,
  granted_at timestamptz not null,
  granted_by text not null,
  constraint grants_one_role check (num_nonnulls(built_in, role_id) = 1),
  constraint grants_scope check (
    (scope = 'tenant' and site_id is null and device_id is null)
    or (scope = 'site' and site_id is not null and device_id is null)
    or (scope = 'device' and device_id is not null and site_id is null)
  ),
  constraint grants_once unique nulls not distinct (person_id, built_in, role_id, site_id, device_id)
);
create index grants_tenant on grants (tenant_id, seq);
create index grants_role_id on grants (role_id) where role_id is not null;
create index grants_site on grants (site_id) where site_id is not null;
create index grants_device on grants (device_id) where device_id is not null;
create table api_tokens (
  id uuid primary key,
  tenant_id uuid not null references tenants (id) on delete cascade,
  person_id uuid not null references people (id) on delete cascade,
  name text not null,
  key_id text not null unique,
  secret_sha256 text not null,
  permissions text[] not null,
  sites uuid[],
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_tokens_tenant on api_tokens (tenant_id);
create index api_tokens_person on api_tokens (person_id);
create table approval_policies (
  tenant_id uuid primary key references tenants (id) on delete cascade,
  acts text[] not null,
  delay_hours integer not null
);
create table approvals (
  id uuid primary key,
  seq bigint generated always as identity,
  tenant_id uuid not null references tenants (id) on delete cascade,
  act text not null,
  route text not null,
  asked bytea not null,
  asked_sha256 text not null,
  resource_kind text,
  resource_id uuid,
  state text not null check (state in ('waiting', 'running', 'done', 'failed', 'refused', 'withdrawn', 'expired')),
  person_id uuid not null references people (id) on delete cascade,
  person_name text not null,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  alone_from timestamptz,
  decided_by uuid,
  decided_by_name text,
  decided_at timestamptz,
  reason text,
  code text,
  reply bytea
);
create index approvals_tenant on approvals (tenant_id, seq);
create unique index approvals_waiting_once on approvals (person_id, asked_sha256) where state = 'waiting';
create index approvals_person on approvals (person_id);
`,
};
