import type { Migration } from "../../../platform/database/index.ts";

/** Messages to one person: codes and links, whose words are sealed and wiped. */
export const addDirectMessages: Migration = {
  id: "003-direct-messages",
  up: `
    alter table deliveries
      add column medium text check (medium in ('email', 'sms')),
      add column purpose text,
      add column class text check (class in ('asked', 'code', 'notice')),
      -- Recipient, subject and text; null once sent or worthless.
      add column sealed bytea,
      add column expires_at timestamptz;
    alter table deliveries drop constraint deliveries_state_check;
    alter table deliveries add constraint deliveries_state_check
      check (state in ('queued', 'sending', 'sent', 'retrying', 'dead', 'held', 'capped', 'expired'));
    create index deliveries_expiring on deliveries (expires_at) where sealed is not null;

    -- Their limits of a day, over all tenants.
    create table message_counts (
      day date not null,
      scope text not null,
      count integer not null,
      primary key (day, scope)
    );
  `,
};
