import type { Migration } from "../../../../platform/database/index.ts";

export const createShares: Migration = {
  id: "001-shares",
  up: `
    -- One row a link to one clip. Its token is nowhere; the film, sealed, has the id of the row for its name.
    create table recording_shares (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      -- Counts up within the organisation.
      number integer not null,
      camera_id uuid not null,
      from_ms bigint not null,
      to_ms bigint not null,
      -- SHA-256 of the token, in hex.
      token_sha256 text not null unique,
      -- Null when there is none.
      password_hash text,
      made_by uuid not null,
      made_ms bigint not null,
      expires_ms bigint not null,
      revoked_ms bigint,
      -- What it showed was erased.
      erased_ms bigint,
      openings integer not null,
      max_openings integer,
      last_opened_ms bigint,
      note text not null,
      shows_camera boolean not null,
      allows_download boolean not null,
      film_state text not null check (film_state in ('waiting', 'ready', 'failed')),
      film_bytes bigint,
      -- Code of the error that ended it.
      film_failure text,
      unique (tenant_id, number)
    );
    create index recording_shares_clip on recording_shares (tenant_id, camera_id, from_ms);
    create index recording_shares_end on recording_shares (expires_ms);
    -- A link shows nothing of which something was erased.
    create index recording_segments_erased on recording_segments (camera_id, first_ms) where state = 'erased';

    -- The last number of each organisation, also after its row is gone.
    create table recording_share_numbers (
      tenant_id uuid primary key references tenants (id) on delete cascade,
      last integer not null
    );

    -- Links that somebody opened: for some hours the film is theirs to play.
    create table recording_share_views (
      view_sha256 text primary key,
      share_id uuid not null references recording_shares (id) on delete cascade,
      until_ms bigint not null
    );
    create index recording_share_views_share on recording_share_views (share_id);
    create index recording_share_views_until on recording_share_views (until_ms);
  `,
};
