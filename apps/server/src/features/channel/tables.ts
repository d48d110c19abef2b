import type { Kysely } from "kysely";

/** The installation's own bundles. Public keys are raw; the private halves are sealed. */
export interface ChannelServerKeysTable {
  key_id: string;
  suite: number;
  state: "current" | "next" | "retired";
  agreement_key: Uint8Array;
  signing_key: Uint8Array;
  /** Both private keys, 64 bytes, under `sealSecret`, context `channel-server-key/<key id>`. */
  sealed: Uint8Array;
  not_before: Date;
  not_after: Date;
  /** The trust root's. */
  signature: Uint8Array;
}

/** One row: the token that the data folder knows too (see keys/restore-watch.ts). */
export interface ChannelAnchorTable {
  id: number;
  token: string;
}

export interface ChannelRecoveriesTable {
  id: string;
  at: Date;
  /** Devices that had got something back which was revoked. */
  revoked: number;
}

/** What the revocation list in the data folder holds, for the case that the file is lost. */
export interface ChannelRevocationsTable {
  kind: "channel" | "api_key" | "certificate";
  id: string;
  from_at: Date;
  version: number;
}

export interface ChannelBundlesTable {
  key_id: string;
  tenant_id: string;
  device_id: string;
  suite: number;
  agreement_key: Uint8Array;
  signing_key: Uint8Array;
  origin: "claim" | "group" | "rotation";
  software: string | null;
  created_at: Date;
  first_used_at: Date | null;
  last_used_at: Date | null;
  /** End of an overlap. */
  valid_until: Date | null;
  revoked_at: Date | null;
}

/** What the channel knows of a device beside its keys. */
export interface ChannelDevicesTable {
  device_id: string;
  tenant_id: string;
  pinned_suite: number | null;
  pinned_at: Date | null;
  enrolled_at: Date | null;
  /** Of the newest enrolment. */
  words: string[] | null;
  address: string | null;
  last_handshake_at: Date | null;
  /** Until when the device may go on without the channel, although its type must use it. */
  exempt_until: Date | null;
  exempt_reason: string | null;
}

/** No row: every suite, nothing required. */
export interface ChannelPoliciesTable {
  tenant_id: string;
  suites: number[];
  required_types: string[];
}

export interface ChannelGroupsTable {
  id: string;
  tenant_id: string;
  name: string;
  /** 32 bytes under `sealSecret`, context `channel-group/<id>`. */
  sealed_key: Uint8Array;
  type_id: string;
  site_id: string;
  tags: string[];
  max_devices: number;
  replace_keys: boolean;
  by_name: string;
  created_at: Date;
  expires_at: Date;
  closed_at: Date | null;
}

export interface ChannelGroupMembersTable {
  group_id: string;
  registration_id: string;
  /** Null when the device was deleted: its registration is used up all the same. */
  device_id: string | null;
}

export interface ChannelTables {
  channel_server_keys: ChannelServerKeysTable;
  channel_anchor: ChannelAnchorTable;
  channel_recoveries: ChannelRecoveriesTable;
  channel_revocations: ChannelRevocationsTable;
  channel_bundles: ChannelBundlesTable;
  channel_devices: ChannelDevicesTable;
  channel_policies: ChannelPoliciesTable;
  channel_groups: ChannelGroupsTable;
  channel_group_members: ChannelGroupMembersTable;
}

/** The database or a transaction on it. */
export type ChannelDatabase = Kysely<ChannelTables>;

/** A transaction that another feature began; only the stores look into it. */
export interface ForeignTransaction {
  readonly isTransaction: boolean;
}

export const channelTablesIn = (tx: ForeignTransaction): ChannelDatabase => tx as unknown as ChannelDatabase;
