import type { UnixMs, Uuid } from "@gatehouse/base";
import type { devices, Reading, trust } from "@gatehouse/contract";
import type { JudgedDevice } from "@gatehouse/plausibility";
import type { PoolClient } from "pg";

/** A device as the inventory describes it; neighbours share `groupId`. */
export interface KnownDevice extends JudgedDevice {
  readonly tenantId: Uuid;
  readonly name: string;
}

export interface TrustDevices {
  list(): Promise<readonly KnownDevice[]>;
  find(deviceId: Uuid): Promise<KnownDevice | undefined>;
  /** A remark in the device's log. */
  note(tenantId: Uuid, deviceId: Uuid, remark: Remark): void;
}

export interface Remark {
  readonly level: "info" | "warn";
  readonly code: devices.LogCode;
  /** What `code` says, in English. */
  readonly message: string;
  readonly data: object;
}

export interface History {
  /** All of it in one transaction; `alongside` learns which readings become history. */
  moveIn(
    readings: readonly Reading[],
    alongside: (client: PoolClient, kept: ReadonlySet<Reading>) => Promise<void>,
  ): Promise<number>;
}

export interface TrustSettings {
  autoQuarantine(tenantId: Uuid): trust.AutoQuarantine;
  retentionRawDays(tenantId: Uuid): number;
  retentionLogDays(tenantId: Uuid): number;
}

/** Where what happened to a device was seen first. */
export interface OutsideVerdict {
  /** What is said, an error code for instance. */
  readonly detail: string;
  /** 0..1: how much it weighs. */
  readonly evidenceRatio: number;
  readonly atMs: UnixMs;
}
