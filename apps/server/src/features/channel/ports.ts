import type { UnixMs, Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import type { RevokedKind } from "@gatehouse/secure-channel";
import type { ForeignTransaction } from "./tables.ts";

export interface KnownDevice {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly name: string;
  readonly typeId: string;
  readonly revoked: boolean;
}

/** A device that has just been given an API key, inside that transaction. */
export interface EnrolledDevice {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly apiKey: string;
}

type Inside<T> = (tx: ForeignTransaction, device: EnrolledDevice) => Promise<T>;

export interface NewDevice {
  readonly name: string;
  readonly typeId: string;
  readonly siteId: Uuid;
  readonly tags: readonly string[];
}

/** What happened to a device's identity; `message` says `code` in English. */
export interface Remark {
  readonly level: "info" | "warn";
  readonly code: devices.LogCode;
  readonly message: string;
  readonly data: object;
}

/** What identities ask of the inventory. */
export interface DeviceInventory {
  /** From memory. */
  find(deviceId: Uuid): KnownDevice | undefined;
  hasSite(tenantId: Uuid, siteId: Uuid): Promise<boolean>;
  /** The open claim code of this hash, without using it up. */
  findOpenClaim(
    claimId: string,
  ): Promise<{ readonly tenantId: Uuid; readonly deviceId: Uuid; readonly key: Uint8Array } | undefined>;
  /** Uses the code up; undefined when somebody else was first. */
  enrol<T>(claimId: string, inside: Inside<T>): Promise<T | undefined>;
  /** Throws `device.name_taken`, `limit.reached`. */
  add<T>(tenantId: Uuid, device: NewDevice, inside: Inside<T>): Promise<T>;
  reEnrol<T>(tenantId: Uuid, deviceId: Uuid, inside: Inside<T>): Promise<T>;
  endClaims(): Promise<void>;
  /** Ends API keys and certificates whatever the database says; answers how many devices lost one. */
  applyEndings(
    ended: readonly {
      readonly kind: Exclude<RevokedKind, "channel">;
      readonly id: string;
      readonly fromMs: UnixMs;
    }[],
  ): Promise<number>;
  /** A remark in the device's log. */
  note(tenantId: Uuid, deviceId: Uuid, remark: Remark): void;
}

/** Sessions of people: after a restore those that had ended would be back. */
export interface PeopleSessions {
  endAll(): Promise<void>;
}
