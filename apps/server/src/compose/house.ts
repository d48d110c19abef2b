import type { Clock, Logger, Random, Uuid } from "@gatehouse/base";
import type { Bus, operations } from "@gatehouse/contract";
import type { FastifyInstance } from "fastify";
import type { GatewayFeature } from "../features/gateway/index.ts";
import type { LiveFeature } from "../features/live/index.ts";
import type { PermissionsFeature } from "../features/permissions/index.ts";
import type { Config } from "../platform/config/schema.ts";
import type { Controls } from "../platform/controls.ts";
import type { Feature } from "../platform/feature.ts";
import type { DeviceGate, PersonGate } from "../platform/http/principal.ts";
import type { Resources } from "../platform/http/resources.ts";
import type { Route } from "../platform/http/route.ts";
import type { JobDefinition } from "../platform/jobs/jobs.ts";
import type { Metrics } from "../platform/metrics/metrics.ts";
import type { MasterKey } from "../platform/secrets/index.ts";
import type { Tls } from "../platform/tls/index.ts";
import type { CameraFeatures } from "./camera-wiring.ts";
import type { OpenDatabase } from "./open-database.ts";

/** What the platform gives to the features. */
export interface House {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly bus: Bus;
  readonly database: OpenDatabase;
  readonly masterKey: MasterKey;
  readonly tls: Tls;
  readonly metrics: Metrics;
  readonly version: string;
  readonly secure: boolean;
  readonly http: FastifyInstance;
  readonly controls: Controls;
  publicUrl(): string;
  stopping(): boolean;
}

export interface Features {
  readonly inOrder: readonly Feature[];
  readonly routes: readonly Route[];
  readonly jobs: readonly JobDefinition[];
  readonly personGate: PersonGate;
  readonly resources: Resources;
  readonly secondPerson: PermissionsFeature["secondPerson"];
  useMounted: PermissionsFeature["useMounted"];
  readonly deviceGate: DeviceGate;
  readonly live: LiveFeature;
  readonly cameras: CameraFeatures;
  readonly gateway: GatewayFeature;
  firstTenantId(): Promise<Uuid | undefined>;
  ensureSetupToken(): Promise<string | undefined>;
  listeners(): operations.NetworkInfo["listeners"];
  /** Resumes a demo site from before; with `wanted` makes one as soon as there is an owner. */
  startDemo(wanted: boolean): Promise<void>;
}
