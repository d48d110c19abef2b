import type { devices } from "@gatehouse/contract";
import type { Generated, Kysely } from "kysely";

export interface SitesTable {
  id: string;
  tenant_id: string;
  name: string;
  /** `nameKey(name)`: what must be unique. */
  name_key: string;
  /** `foldText(name)`. */
  search: string;
  time_zone: string;
  demo: boolean;
  created_at: Date;
}

export interface DevicesTable {
  id: string;
  tenant_id: string;
  site_id: string;
  name: string;
  label: string;
  type_id: string;
  tags: string[];
  interval_ms: number;
  /** `deviceSearchText(device)`. */
  search: string;
  discovery_id: string | null;
  demo: boolean;
  created_at: Date;
  revoked_at: Date | null;
  /** Counts the changes of the device's grants. */
  grants_revision: Generated<number>;
  /** The site gateway that speaks for it. */
  gateway_id: Generated<string | null>;
}

/** Topics a device may use beyond its own. */
export interface DeviceGrantsTable {
  device_id: string;
  tenant_id: string;
  pattern: string;
  publish: boolean;
  subscribe: boolean;
}

export interface DevicePresenceTable {
  device_id: string;
  tenant_id: string;
  status: devices.DeviceStatus;
  last_seen: Date | null;
  address: string | null;
  via: string | null;
}

export interface DeviceMetricsTable {
  device_id: string;
  tenant_id: string;
  key: string;
  unit: string;
  label_en: string;
  label_fr: string;
  kind: string;
  decimals: number | null;
}

export interface DeviceCredentialsTable {
  id: string;
  tenant_id: string;
  device_id: string;
  kind: "api_key" | "certificate";
  /** Key id, or the certificate's serial number. */
  public_id: string;
  /** Of the whole key text, or of the certificate (DER); lower-case hex. */
  sha256: string;
  /** The key text under `sealSecret`, context `device-credential/<id>`; null for a certificate. */
  sealed: Uint8Array | null;
  created_at: Date;
  last_used_at: Date | null;
  expires_at: Date | null;
  revoked_at: Date | null;
}

/** At most one open code a device: making another one replaces it, using it deletes it. */
export interface DeviceClaimsTable {
  device_id: string;
  tenant_id: string;
  code_sha256: string;
  /** The claim's key under `sealSecret`, context `device-claim/<device id>`. */
  sealed_key: Uint8Array;
  created_at: Date;
  expires_at: Date;
}

export interface DeviceCommandsTable {
  seq: Generated<number>;
  id: string;
  tenant_id: string;
  device_id: string;
  key: string;
  /** JSON text on the way in. `json` and not `jsonb`: it keeps \u0000 and every number as it was written. */
  params: unknown;
  state: devices.CommandState;
  created_at: Date;
  expires_at: Date;
  delivered_at: Date | null;
  ended_at: Date | null;
  reason: string | null;
  by_name: string;
}

export interface DeviceLogTable {
  id: Generated<number>;
  tenant_id: string;
  device_id: string;
  ts: Date;
  received_at: Date;
  kind: string;
  level: string;
  message: string;
  code: devices.LogCode | null;
  data: unknown;
}

/** Slots are 12 minutes long and begin at a multiple of 12 minutes since 1970. */
export interface DeviceRefusalsTable {
  device_id: string;
  slot: Date;
  code: string;
  via: string;
  tenant_id: string;
  count: number;
  first_at: Date;
  last_at: Date;
  detail: string | null;
  /** The messages name the device, and anybody could have sent them. */
  unproven: boolean;
}

/** Refused before anybody was authenticated: belongs to no tenant. */
export interface AnonymousRefusalsTable {
  slot: Date;
  code: string;
  via: string;
  count: number;
}

export interface DeviceAcceptedTable {
  device_id: string;
  hour: Date;
  tenant_id: string;
  count: number;
}

export interface FleetSlotsTable {
  tenant_id: string;
  slot: Date;
  /** Most devices online at once in the slot. */
  online: number;
}

export interface DevicesTables {
  sites: SitesTable;
  devices: DevicesTable;
  device_grants: DeviceGrantsTable;
  device_presence: DevicePresenceTable;
  device_metrics: DeviceMetricsTable;
  device_credentials: DeviceCredentialsTable;
  device_claims: DeviceClaimsTable;
  device_commands: DeviceCommandsTable;
  device_log: DeviceLogTable;
  device_refusals: DeviceRefusalsTable;
  anonymous_refusals: AnonymousRefusalsTable;
  device_accepted: DeviceAcceptedTable;
  fleet_slots: FleetSlotsTable;
}

/** The database or a transaction on it. */
export type DevicesDatabase = Kysely<DevicesTables>;
