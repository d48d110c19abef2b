import type { Migration } from "../../../platform/database/index.ts";

export const createNotifications: Migration = {
  id: "001-notifications",
  up: `
    create table channels (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      name text not null,
      enabled boolean not null,
      -- Without the secrets, which are sealed beside it.
      settings jsonb not null,
      secrets bytea not null,
      min_severity text not null,
      allow_private boolean not null,
      daily_cap integer not null,
      health text not null check (health in ('untested', 'ok', 'failing')),
      last_error text,
      last_ok_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index channels_tenant on channels (tenant_id, created_at);

    create table deliveries (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      channel_id uuid references channels (id) on delete set null,
      channel_name text not null,
      kind text not null,
      recipient text not null,
      subject text not null,
      body text not null,
      severity text not null,
      -- What the message was written from, for one that still has to find its channel.
      notice jsonb,
      alert_id uuid,
      state text not null
        check (state in ('queued', 'sending', 'sent', 'retrying', 'dead', 'held', 'capped')),
      attempts integer not null default 0,
      -- Its place in the day's caps is taken.
      counted boolean not null default false,
      created_at timestamptz not null,
      -- When it is due; while it is being sent, when its sender is taken for dead.
      next_at timestamptz,
      sent_at timestamptz,
      error text,
      check ((state in ('queued', 'sending', 'retrying')) = (next_at is not null))
    );
    create index deliveries_due on deliveries (next_at) where next_at is not null;
    create index deliveries_newest on deliveries (tenant_id, id desc);
    create index deliveries_state on deliveries (tenant_id, state, id desc);
    create index deliveries_channel on deliveries (channel_id);

    create table delivery_counts (
      tenant_id uuid not null references tenants (id) on delete cascade,
      day date not null,
      scope text not null,
      count integer not null,
      primary key (tenant_id, day, scope)
    );
  `,
};
