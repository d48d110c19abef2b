import type { UnixMs, Uuid } from "@gatehouse/base";
import type { operations } from "@gatehouse/contract";

type Overview = operations.Overview;
export type Need = Overview["needsYou"][number];

/** The figures of the first page, each asked from the feature that owns it. */
export interface OverviewSources {
  devices(tenantId: Uuid): Promise<Overview["devices"]>;
  messages(): Overview["messages"];
  refused(tenantId: Uuid): Promise<Overview["refused"]>;
  alerts(tenantId: Uuid): Promise<Overview["alerts"]>;
  storage(): Promise<Overview["storage"]>;
  /** Lines that features want a person to see; any order. */
  needs(tenantId: Uuid): Promise<readonly Need[]>;
}

export interface NetworkSource {
  listeners(): operations.NetworkInfo["listeners"];
  publicUrl(): string;
  secure(): boolean;
  certificateAuthority(): { pem: string; fingerprint: string; expiresMs: UnixMs } | undefined;
  homeAssistant(): operations.NetworkInfo["homeAssistant"];
}

export interface AboutSource {
  readonly version: string;
  readonly startedMs: UnixMs;
  readonly dataDir: string;
  readonly embedded: boolean;
  postgresVersion(): Promise<string>;
  eventLoopP99Ms(): number;
  ingest(): { queued: number; accepted: number; refused: number };
  lastBackupMs(): Promise<UnixMs | undefined>;
  metricsText(): Promise<string>;
}

/** Named checks of /readyz; one that throws or answers false makes it 503. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<boolean>>>;
