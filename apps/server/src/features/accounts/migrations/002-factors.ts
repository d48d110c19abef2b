export const up = `
alter table sessions
  -- Where it was last used from; sealed under the session's own row id.
  add column address bytea,
  -- When it last gave a second factor.
  add column step_up_at timestamptz;

create table passkeys (
  id uuid primary key,
  person_id uuid not null references people (id) on delete cascade,
  credential_id text not null unique,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  name text not null,
  synced boolean not null,
  suspected_copy boolean not null default false,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_person on passkeys (person_id);

create table totp_secrets (
  person_id uuid primary key references people (id) on delete cascade,
  secret bytea not null,
  -- Of the code used last: it and those before are refused.
  last_counter integer not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);

-- Codes by mail or SMS, where the person chose them.
create table sent_code_factors (
  person_id uuid not null references people (id) on delete cascade,
  medium text not null check (medium in ('email', 'sms')),
  created_at timestamptz not null,
  primary key (person_id, medium)
);

create table recovery_codes (
  person_id uuid not null references people (id) on delete cascade,
  mac text not null,
  created_at timestamptz not null,
  used_at timestamptz,
  primary key (person_id, mac)
);

-- Something half done, bound to one browser (browser_hash) or one session: a log-in between its steps, a step-up, a new factor.
create table ceremonies (
  id uuid primary key,
  purpose text not null,
  person_id uuid not null references people (id) on delete cascade,
  session_id uuid references sessions (id) on delete cascade,
  browser_hash text,
  -- How the first step of a log-in was done, and the known browser that did it.
  first text,
  device text not null default '',
  created_at timestamptz not null,
  expires_at timestamptz not null,
  wrong integer not null default 0,
  challenge text,
  -- A new authenticator app's, sealed.
  secret bytea,
  code_medium text,
  code_mac text,
  former_code_mac text,
  code_sent_at timestamptz,
  sent integer not null default 0,
  check ((session_id is null) <> (browser_hash is null)),
  unique (session_id, purpose)
);
create index ceremonies_person on ceremonies (person_id);
create index ceremonies_expires on ceremonies (expires_at);

-- Challenges of passkey log-ins without a ceremony that have been answered: none is taken twice.
create table used_challenges (
  challenge text primary key,
  expires_at timestamptz not null
);

-- Wrong six-digit codes of one account within a day; a known browser has a row of its own.
create table code_budgets (
  person_id uuid not null references people (id) on delete cascade,
  device text not null,
  since timestamptz not null,
  wrong integer not null,
  primary key (person_id, device)
);

-- Asked for by anybody: looked up and mailed after the answer was given, so that the answer tells nothing.
create table mail_requests (
  id uuid primary key,
  purpose text not null check (purpose in ('login', 'reset')),
  email_key text not null,
  browser_hash text,
  device text not null default '',
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  person_id uuid references people (id) on delete cascade,
  token_hash text unique
);
create index mail_requests_open on mail_requests (requested_at) where token_hash is null;
create index mail_requests_person on mail_requests (person_id, purpose, requested_at);
`;
