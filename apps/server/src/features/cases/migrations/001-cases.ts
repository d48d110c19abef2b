import type { Migration } from "../../../platform/database/index.ts";

export const createCases: Migration = {
  id: "001-cases",
  up: `
    create table cases (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      -- Counts up within the organisation.
      number integer not null,
      title text not null,
      state text not null check (state in ('open', 'closed')),
      summary text not null,
      tags text[] not null,
      created_by uuid not null,
      created_ms bigint not null,
      changed_ms bigint not null,
      unique (tenant_id, number)
    );
    create index cases_changed on cases (tenant_id, changed_ms desc, id);

    -- The last number of each organisation.
    create table case_numbers (
      tenant_id uuid primary key references tenants (id) on delete cascade,
      last integer not null
    );

    create table case_items (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      case_id uuid not null references cases (id) on delete cascade,
      -- The order in which things were put in.
      place bigint not null generated always as identity,
      kind text not null check (kind in ('clip', 'device', 'person', 'note')),
      added_by uuid not null,
      added_ms bigint not null,
      -- Taken away, and for a while to be put back; what it said goes then.
      removed_by uuid,
      removed_ms bigint,
      -- Of clips; the id of the row is also that of the pin which keeps the recording.
      event_id uuid,
      camera_id uuid,
      from_ms bigint,
      -- Null while the event goes on.
      to_ms bigint,
      best_ms bigint,
      -- Something of it was erased.
      erased_ms bigint,
      device_id uuid,
      person_id uuid,
      -- A note, or the name of somebody who is not of the organisation.
      text text,
      check ((kind = 'clip') = (camera_id is not null))
    );
    create index case_items_case on case_items (case_id, place);
    create index case_items_event on case_items (event_id) where event_id is not null and removed_ms is null;
    create index case_items_camera on case_items (camera_id) where camera_id is not null;
    create unique index case_items_once on case_items (case_id, coalesce(event_id, device_id, person_id))
      where removed_ms is null and coalesce(event_id, device_id, person_id) is not null;

    -- What a note said before it was changed.
    create table case_note_versions (
      id uuid primary key,
      item_id uuid not null references case_items (id) on delete cascade,
      text text not null,
      by_person uuid not null,
      at_ms bigint not null
    );
    create index case_note_versions_item on case_note_versions (item_id, at_ms, id);

    -- Bundles. While one is running or done, its file is the sealed file of its id.
    create table case_exports (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      case_id uuid not null references cases (id) on delete cascade,
      form text not null check (form in ('zip', 'password', 'age')),
      language text not null,
      -- The password, sealed; gone with the work.
      secret bytea,
      recipient text,
      -- Those whose clips are in it: CaseClipSpan[].
      clips jsonb not null,
      asked_by uuid not null,
      asked_ms bigint not null,
      state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
      ended_ms bigint,
      bytes bigint not null,
      frames integer not null,
      damaged integer not null,
      error text
    );
    create index case_exports_case on case_exports (case_id, asked_ms desc);
    create index case_exports_waiting on case_exports (asked_ms) where state = 'waiting';

    -- Links to all clips of a case: those of one lending in its order, the first one's token is the link.
    create table case_lends (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      case_id uuid not null references cases (id) on delete cascade,
      made_ms bigint not null,
      share_ids uuid[] not null
    );
    create index case_lends_case on case_lends (case_id, made_ms desc);
  `,
};
