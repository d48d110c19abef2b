import type { gateways } from "@gatehouse/contract";
import type { ColumnType, Generated, Kysely } from "kysely";

export interface GatewayStatesTable {
  gateway_id: string;
  tenant_id: string;
  messages: number;
  bytes: number;
  dropped: number;
  at: Date;
}

export interface GatewaySiteKeysTable {
  gateway_id: string;
  tenant_id: string;
  suite: number;
  key_id: string;
  agreement_key: Uint8Array;
  signing_key: Uint8Array;
  at: Date;
}

export interface MeterReadsTable {
  id: string;
  /** Order of creation. */
  seq: Generated<number>;
  tenant_id: string;
  by_name: string;
  created_at: Date;
  deadline_at: Date;
  ended_at: Date | null;
  state: gateways.MeterRead["state"];
  total: number;
}

export interface MeterReadDevicesTable {
  read_id: string;
  device_id: string;
  /** As it was called when it was asked. */
  device_name: string;
  verdict: gateways.ReadVerdict | null;
  detail: string | null;
  at: Date | null;
}

export interface SignedReadingsTable {
  id: Generated<number>;
  tenant_id: string;
  device_id: string;
  serial: string;
  counter: number;
  read_at: Date;
  received_at: Date;
  kind: string;
  meter_read_id: string | null;
  wh: number;
  registers: ColumnType<Record<string, number>, string, string>;
  flags: number;
  key_id: string;
  signed: Uint8Array;
}

export interface SiteGatewayTables {
  gateway_states: GatewayStatesTable;
  gateway_site_keys: GatewaySiteKeysTable;
  meter_reads: MeterReadsTable;
  meter_read_devices: MeterReadDevicesTable;
  signed_readings: SignedReadingsTable;
}

export type SiteGatewayDatabase = Kysely<SiteGatewayTables>;
