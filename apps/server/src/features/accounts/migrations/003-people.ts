export const up = `
alter table tenants
  -- In the sign-up link; nobody guesses it.
  add column sign_up_id text not null unique default replace(gen_random_uuid()::text, '-', ''),
  -- Wrapped under the master key; made when the first personal column is written.
  add column data_key bytea;

alter table people
  add column state text not null default 'active'
    check (state in ('waiting', 'active', 'rejected', 'disabled', 'erased')),
  -- Sealed under the tenant's data key; beside them what finds an exact value.
  add column phone bytea,
  add column phone_index bytea,
  add column address bytea,
  add column identity_number bytea,
  add column identity_index bytea,
  add column decided_at timestamptz,
  add column decided_by uuid,
  add column decision_reason text;
create index people_state on people (tenant_id, state, name, id);
create index people_phone on people (tenant_id, phone_index) where phone_index is not null;
create index people_identity on people (tenant_id, identity_index) where identity_index is not null;

-- Somebody who wants to be a customer. A row is made for known addresses too (decoy), so that nothing tells.
create table sign_ups (
  id uuid primary key,
  tenant_id uuid not null references tenants (id) on delete cascade,
  name text not null,
  email text not null,
  email_key text not null,
  phone bytea not null,
  address bytea not null,
  identity_number bytea,
  password_hash text not null,
  language text not null,
  decoy boolean not null,
  -- Of the cookie that ties it to a browser, and of the mailed link.
  browser_hash text not null,
  link_hash text not null unique,
  -- { hash, untilMs, wrong, sent, sentMs }
  code jsonb not null,
  email_confirmed_at timestamptz,
  -- Once it is a person, only the progress is kept for its browser.
  person_id uuid references people (id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index sign_ups_tenant on sign_ups (tenant_id, created_at);
create index sign_ups_email on sign_ups (email_key, created_at);
create index sign_ups_person on sign_ups (person_id) where person_id is not null;

create table invitations (
  id uuid primary key,
  tenant_id uuid not null references tenants (id) on delete cascade,
  name text not null,
  email text not null,
  email_key text not null,
  role text not null,
  site_ids uuid[],
  language text not null,
  invited_by uuid,
  link_hash text not null unique,
  sent integer not null,
  sent_at timestamptz not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  opened_at timestamptz,
  used_at timestamptz,
  revoked_at timestamptz,
  -- What the guest has typed, until the phone is confirmed.
  phone bytea,
  password_hash text,
  code jsonb
);
create index invitations_tenant on invitations (tenant_id, created_at desc);
create index invitations_email on invitations (email_key);

-- A new e-mail address or phone that waits for its confirmation.
create table pending_changes (
  person_id uuid not null references people (id) on delete cascade,
  kind text not null check (kind in ('email', 'phone')),
  value bytea not null,
  -- The address is somebody else's: its owner was told, and no code is right.
  decoy boolean not null,
  link_hash text not null unique,
  code jsonb not null,
  expires_at timestamptz not null,
  primary key (person_id, kind)
);

-- What was there before such a change, with the link that brings it back.
create table reversals (
  id uuid primary key,
  person_id uuid not null references people (id) on delete cascade,
  kind text not null check (kind in ('email', 'phone')),
  value bytea,
  link_hash text not null unique,
  expires_at timestamptz not null
);
create index reversals_person on reversals (person_id);

create table erasures (
  person_id uuid primary key references people (id) on delete cascade,
  requested_at timestamptz not null,
  requested_by text not null check (requested_by in ('person', 'operator')),
  due_at timestamptz not null,
  done_at timestamptz,
  kept text[] not null default '{}'
);
create index erasures_due on erasures (due_at) where done_at is null;
`;
