import type { Migration } from "../../../platform/database/index.ts";

export const createDetections: Migration = {
  id: "002-detections-and-verdicts",
  up: `
    alter table camera_events drop constraint camera_events_kind_check;
    alter table camera_events
      add constraint camera_events_kind_check check (kind in ('motion', 'device', 'person', 'object')),
      -- EventDetection (packages/contract) but for what people search by.
      add column detection jsonb,
      -- What was found, and how many at once at most: empty and null where nobody looked for it.
      add column labels text[] not null default '{}',
      add column most_at_once integer,
      -- When it was sure enough for an alarm, and whether one was due.
      add column alarm_at timestamptz,
      add column armed boolean not null default false,
      add column kept_at_camera boolean not null default false,
      add column handed_over jsonb,
      -- The newest of camera_event_verdicts.
      add column verdict text check (verdict in ('intrusion', 'not_intrusion', 'undecided'));
    create index camera_events_labels on camera_events using gin (labels);
    create index camera_events_alarm on camera_events (alarm_at) where armed;

    -- Every decision ever made about an event; none is changed or removed while the event is there.
    create table camera_event_verdicts (
      id uuid primary key,
      event_id uuid not null references camera_events (id) on delete cascade,
      tenant_id uuid not null references tenants (id) on delete cascade,
      verdict text not null check (verdict in ('intrusion', 'not_intrusion', 'undecided')),
      note text not null,
      person_id uuid,
      person_name text not null,
      at timestamptz not null
    );
    create index camera_event_verdicts_event on camera_event_verdicts (event_id, at, id);
  `,
};
