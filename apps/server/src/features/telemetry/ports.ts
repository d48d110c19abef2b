import type { Uuid } from "@gatehouse/base";
import type { SealedMark } from "@gatehouse/contract";
import type { PoolClient } from "pg";

export interface KnownMetric {
  readonly key: string;
  readonly kind: "number" | "state";
  readonly unit: string;
  readonly label: { readonly en: string; readonly fr: string };
}

/** What a list of series shows of a device. */
export interface KnownDevice {
  readonly deviceId: Uuid;
  readonly name: string;
  readonly label: string;
  readonly siteId: Uuid;
  readonly siteName: string;
  /** Metrics of its type and those it announced; it may send others too. */
  readonly metrics: readonly KnownMetric[];
}

export interface DeviceDirectory {
  list(tenantId: Uuid): Promise<readonly KnownDevice[]>;
  /** Those of the given devices that this tenant has. */
  find(tenantId: Uuid, deviceIds: readonly Uuid[]): Promise<readonly KnownDevice[]>;
}

export interface TelemetrySettings {
  /** Readings older than this are refused. */
  maxPastDays(tenantId: Uuid): number;
  /** Of the whole installation: the longest that any tenant wants. */
  retention(): { readonly rawDays: number; readonly rollupDays: number };
}

/** Keeps which sealed messages were taken. */
export interface SealedMarks {
  /** Inside the transaction that stores the readings of these messages. */
  write(client: PoolClient, marks: readonly SealedMark[]): Promise<void>;
}
