import type { UnixMs, Uuid } from "@gatehouse/base";
import type { access, operations } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../platform/http/principal.ts";

type Overview = operations.Overview;
export type Need = Overview["needsYou"][number];

/** Who looks at the first page, and at which part of the organisation. */
export type Onlooker = PersonPrincipal & { readonly scope: access.Scope };

/** The figures of the first page, each asked from the feature that owns it. */
export interface OverviewSources {
  devices(onlooker: Onlooker): Promise<Overview["devices"]>;
  messages(onlooker: Onlooker): Overview["messages"];
  refused(onlooker: Onlooker): Promise<Overview["refused"]>;
  alerts(onlooker: Onlooker): Promise<Overview["alerts"]>;
  /** Of the installation: for its host alone. */
  storage(onlooker: Onlooker): Promise<Overview["storage"]>;
  /** Lines that features want a person to see; any order. */
  needs(onlooker: Onlooker): Promise<readonly Need[]>;
}

export interface NetworkSource {
  listeners(): operations.NetworkInfo["listeners"];
  publicUrl(): string;
  secure(): boolean;
  certificateAuthority(): { pem: string; fingerprint: string; expiresMs: UnixMs } | undefined;
  /** Off for every organisation but the one that switched it on. */
  homeAssistant(tenantId: Uuid): operations.NetworkInfo["homeAssistant"];
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
