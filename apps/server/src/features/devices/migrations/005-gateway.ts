import type { Migration } from "../../../platform/database/index.ts";

/** The site gateway that speaks for a device. A gateway has none itself (kept by the service), so there are no cycles. */
export const addGateway: Migration = {
  id: "005-gateway",
  up: `
    alter table devices add column gateway_id uuid references devices (id) on delete set null;
    create index devices_gateway on devices (gateway_id) where gateway_id is not null;
  `,
};
