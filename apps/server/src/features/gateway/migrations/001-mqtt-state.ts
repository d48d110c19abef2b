import type { Migration } from "../../../platform/database/index.ts";

export const mqttState: Migration = {
  id: "001-mqtt-state",
  up: `
    create table mqtt_state (
      kind text not null check (kind in ('retained', 'subscription', 'outgoing', 'incoming', 'will')),
      key text not null,
      tenant_id uuid not null references tenants (id) on delete cascade,
      device_id uuid not null references devices (id) on delete cascade,
      value jsonb not null,
      payload bytea,
      primary key (kind, key)
    );
    create index mqtt_state_device on mqtt_state (device_id);
  `,
};
