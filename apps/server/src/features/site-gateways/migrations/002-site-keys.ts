import type { Migration } from "../../../platform/database/index.ts";

/** The public keys that gateways use at their sites: what a device signed for its gateway is addressed to one of them. */
export const createSiteKeys: Migration = {
  id: "002-site-keys",
  up: `
    create table gateway_site_keys (
      gateway_id uuid not null references devices (id) on delete cascade,
      tenant_id uuid not null,
      suite integer not null,
      key_id text not null,
      agreement_key bytea not null,
      signing_key bytea not null,
      at timestamptz not null,
      primary key (gateway_id, suite)
    );
  `,
};
