import type { Migration } from "../../../platform/database/index.ts";

export const createEventSearch: Migration = {
  id: "004-event-search",
  up: `
    create index camera_events_kind on camera_events (tenant_id, kind, start_at desc, id desc);
    create index camera_events_verdict on camera_events (tenant_id, verdict, start_at desc, id desc)
      where verdict is not null;
    -- What somebody should decide about.
    create index camera_events_undecided on camera_events (tenant_id, start_at desc, id desc)
      where verdict is null and kind in ('person', 'object');
    create index camera_events_zones on camera_events using gin (zones);

    -- Whether and where an organisation has yesterday's summary sent, and the day that was sent last.
    create table camera_event_summaries (
      tenant_id uuid primary key references tenants (id) on delete cascade,
      enabled boolean not null,
      hour integer not null,
      channel_ids uuid[] not null,
      last_day date
    );
  `,
};
