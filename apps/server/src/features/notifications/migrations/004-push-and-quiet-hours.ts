import type { Migration } from "../../../platform/database/index.ts";

/** Browsers in which people are told by push, what they chose, and hours in which a channel keeps quiet. */
export const addPushAndQuietHours: Migration = {
  id: "004-push-and-quiet-hours",
  up: `
    -- VAPID key pair of the installation; the private part is sealed.
    create table push_identity (
      only_row boolean primary key default true check (only_row),
      public_key text not null,
      private_key bytea not null,
      created_at timestamptz not null
    );

    create table push_devices (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      person_id uuid not null,
      -- It ends with the session.
      session_id uuid not null,
      label text not null,
      -- SHA-256 of the address, which is sealed with the keys.
      fingerprint text not null unique,
      sealed bytea not null,
      failures integer not null default 0,
      created_at timestamptz not null,
      last_ok_at timestamptz
    );
    create index push_devices_person on push_devices (tenant_id, person_id, created_at);
    create index push_devices_session on push_devices (session_id);

    create table push_choices (
      tenant_id uuid not null references tenants (id) on delete cascade,
      person_id uuid not null,
      min_severity text not null,
      quiet_hours jsonb,
      primary key (tenant_id, person_id)
    );

    alter table channels add column quiet_hours jsonb;

    -- The browser a message is for; a push message without one is still to be spread over those that listen.
    alter table deliveries add column push_device_id uuid;
    alter table deliveries drop constraint deliveries_state_check;
    alter table deliveries add constraint deliveries_state_check
      check (state in ('queued', 'sending', 'sent', 'retrying', 'dead', 'held', 'capped', 'expired',
        'deferred', 'summed', 'muted'));
    create index deliveries_deferred on deliveries (channel_id, push_device_id) where state = 'deferred';
  `,
};
