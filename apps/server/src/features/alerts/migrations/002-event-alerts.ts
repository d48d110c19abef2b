import type { Migration } from "../../../platform/database/index.ts";

export const addEventAlerts: Migration = {
  id: "002-event-alerts",
  up: `
    -- What happened before a camera. No reference: an alert outlives what it tells of.
    alter table alerts add column event_id uuid, add column event jsonb;
    drop index alerts_one_open;
    create unique index alerts_one_open on alerts (rule_id, device_id) where resolved_at is null and event_id is null;
    -- Ever, so that an alarm that is found again raises nothing anew.
    create unique index alerts_one_of_event on alerts (event_id, rule_id);
    create index alerts_of_events_open on alerts (raised_at) where resolved_at is null and event_id is not null;
  `,
};
