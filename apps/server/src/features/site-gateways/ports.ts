import type { UnixMs, Uuid } from "@gatehouse/base";
import type { devices, SignedOriginal } from "@gatehouse/contract";
import type { SiteKeyTerms } from "@gatehouse/secure-channel";

export interface KnownDevice {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly name: string;
  readonly typeId: string;
  readonly siteId: Uuid;
  readonly revoked: boolean;
}

/** Raw public keys under which a device is known. */
export interface DeviceKey {
  readonly keyId: string;
  readonly suite: number;
  readonly agreementKey: Uint8Array;
  readonly signingKey: Uint8Array;
}

/** What this slice asks of the inventory; every answer but the sites comes from memory. */
export interface SiteDevices {
  find(deviceId: Uuid): KnownDevice | undefined;
  /** Every device of the tenant. */
  list(tenantId: Uuid): readonly KnownDevice[];
  gatewayOf(deviceId: Uuid): Uuid | undefined;
  assignedTo(gatewayId: Uuid): ReadonlySet<Uuid>;
  keysOf(deviceId: Uuid): readonly DeviceKey[];
  statusOf(deviceId: Uuid): devices.DeviceStatus | undefined;
  lastSeenOf(deviceId: Uuid): UnixMs | undefined;
  /** Its gateway heard it. */
  heard(deviceId: Uuid, via: string, atMs: UnixMs): void;
  siteNames(tenantId: Uuid): Promise<ReadonlyMap<Uuid, string>>;
}

/** The live sessions of devices. */
export interface Sessions {
  has(deviceId: Uuid): boolean;
  /** Inside the session; false: there is none. Nothing is kept for later. */
  send(deviceId: Uuid, payload: Uint8Array): boolean;
}

/** The trust root's signature under a gateway's keys at its site. */
export type SignSiteKey = (terms: SiteKeyTerms) => Uint8Array;

export interface RetentionSettings {
  retentionLogDays(tenantId: Uuid): number;
  retentionRollupDays(tenantId: Uuid): number;
}

/** What a meter signed, as the door for devices hands it over. */
export interface SignedMessage {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly senderKeyId: string;
  readonly payload: Uint8Array;
  readonly signed: Uint8Array;
}

/** The same in the terms of the meter's device type. */
export interface MeterSample {
  readonly tsMs: UnixMs;
  readonly values: Readonly<Record<string, number | boolean | string>>;
  readonly original: SignedOriginal;
}
