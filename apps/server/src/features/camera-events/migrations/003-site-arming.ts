import type { Migration } from "../../../platform/database/index.ts";

export const createSiteArming: Migration = {
  id: "003-site-arming",
  up: `
    -- Whether a site is armed, as it was switched last; none where nobody ever did.
    create table site_arming (
      site_id uuid primary key references sites (id) on delete cascade,
      tenant_id uuid not null references tenants (id) on delete cascade,
      armed boolean not null,
      -- From then on it is the other way round.
      until_at timestamptz,
      since_at timestamptz not null,
      by_name text not null
    );
  `,
};
