import type { Uuid } from "@gatehouse/base";
import type { access, Reading, SealedMark } from "@gatehouse/contract";
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
  list(scope: access.Scope): Promise<readonly KnownDevice[]>;
  /** Those of the given devices that the asker may see. */
  find(scope: access.Scope, deviceIds: readonly Uuid[]): Promise<readonly KnownDevice[]>;
  /** Whether all of these that the organisation still has may be seen by the asker; from memory. */
  seesAll(scope: access.Scope, deviceIds: readonly Uuid[]): boolean;
  /** Of those of them that the organisation still has; from memory. */
  placesOf(tenantId: Uuid, deviceIds: readonly Uuid[]): readonly access.Place[];
}

export interface TelemetrySettings {
  /** Readings older than this are refused. */
  maxPastDays(tenantId: Uuid): number;
  /** Of the whole installation: the longest that any tenant wants. */
  retention(): { readonly rawDays: number; readonly rollupDays: number };
}

/** Why a reading is kept apart; only whoever screens knows what is in it. */
export type HeldFor = object;

export interface HeldReading {
  readonly reading: Reading;
  readonly why: HeldFor;
}

/** Looks at every reading before it is stored, and keeps apart what it does not believe. */
export interface ReadingScreen {
  /** Why this reading must not become history; undefined when it may. Called once a reading, and quick. */
  screen(reading: Reading): HeldFor | undefined;
  /** Inside the transaction that stores the other readings of the batch. */
  keep(client: PoolClient, held: readonly HeldReading[]): Promise<void>;
}

/** Keeps what meters signed. */
export interface Originals {
  /** Inside the transaction that stores the readings, or keeps them apart; each of these has an `original`. */
  write(client: PoolClient, readings: readonly Reading[]): Promise<void>;
}

/** Keeps which sealed messages were taken. */
export interface SealedMarks {
  /** Inside the transaction that stores the readings of these messages. */
  write(client: PoolClient, marks: readonly SealedMark[]): Promise<void>;
}
