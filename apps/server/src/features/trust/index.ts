import type { Clock, Logger, Uuid } from "@gatehouse/base";
import type { Bus, Reading, trust } from "@gatehouse/contract";
import type { PoolClient } from "pg";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { trustJobs } from "./jobs.ts";
import { Judge } from "./judge.ts";
import { createTrust as createTrustTables } from "./migrations/001-trust.ts";
import { createSuspicions } from "./migrations/002-suspicions.ts";
import type { Hold } from "./model.ts";
import type { History, KnownDevice, OutsideVerdict, TrustDevices, TrustSettings } from "./ports.ts";
import { QuarantineService } from "./quarantine-service.ts";
import { trustRoutes } from "./routes.ts";
import { Screen } from "./screen.ts";
import { type TrustNeed, TrustService } from "./service.ts";
import { Subjects } from "./subjects.ts";
import type { TrustDatabase } from "./tables.ts";
import { TrustStore } from "./trust-store.ts";

export type { History, KnownDevice, OutsideVerdict, TrustDevices, TrustSettings } from "./ports.ts";
export type { TrustTables } from "./tables.ts";

export const trustMigrations: FeatureMigrations = {
  feature: "trust",
  migrations: [createTrustTables, createSuspicions],
};

export interface TrustDeps {
  readonly db: TrustDatabase;
  readonly clock: Clock;
  readonly log: Logger;
  readonly bus: Bus;
  readonly devices: TrustDevices;
  readonly history: History;
  readonly settings: TrustSettings;
  readonly audit: AuditTrail;
  readonly tenantIds: () => Promise<readonly Uuid[]>;
}

export interface TrustFeature extends Feature {
  /** Why a reading is kept apart; undefined when it is not. Quick: it stands in the way of every reading. */
  screen(reading: Reading): Hold | undefined;
  keep(
    client: PoolClient,
    held: readonly { readonly reading: Reading; readonly why: object }[],
  ): Promise<void>;
  /** A verdict of somebody else, a signature or a sequence number for instance; unknown devices are ignored. */
  report(deviceId: Uuid, verdict: OutsideVerdict): void;
  badge(deviceId: Uuid): trust.TrustBadge | undefined;
  quarantinedIds(tenantId: Uuid): Uuid[];
  needs(tenantId: Uuid): readonly TrustNeed[];
  /** Quarantined now; quarantines and readings kept apart since start. */
  stats(): { readonly quarantined: number; readonly quarantines: number; readonly held: number };
}

export function createTrust(deps: TrustDeps): TrustFeature {
  const { db, clock, log, bus, devices, history, settings, audit } = deps;
  const subjects = new Subjects();
  const store = new TrustStore(db);
  const screen = new Screen(subjects);
  const quarantine = new QuarantineService({ subjects, db, audit, devices, settings, clock, log, bus });
  const service = new TrustService({ db, subjects, store, devices, history, audit, clock, log });
  const judge = new Judge({ db, subjects, store, quarantine, clock, log, bus });
  let held = 0;
  const follow = async (deviceId: Uuid): Promise<void> => {
    const known: KnownDevice | undefined = await devices.find(deviceId);
    if (known !== undefined) subjects.put(known);
  };
  const unsubscribe = [
    bus.subscribe("device.changed", ({ deviceId, change }) => {
      if (change === "removed") return subjects.remove(deviceId);
      follow(deviceId).catch((error: unknown) => log.warn({ deviceId, err: error }, "trust.device_unknown"));
    }),
    bus.subscribe("readings.held", ({ readings }) => {
      held += readings.length;
    }),
  ];
  return {
    name: "trust",
    routes: trustRoutes(service, quarantine),
    jobs: trustJobs({ db, service, store, settings, clock, tenantIds: deps.tenantIds }),
    async start() {
      await service.load();
      void service.restoreHabits();
      judge.start();
    },
    async stop() {
      for (const end of unsubscribe) end();
      await judge.stop();
      await service.stop();
    },
    screen: (reading) => screen.screen(reading),
    keep: (client, readings) => screen.keep(client, readings),
    report: (deviceId, { detail, evidenceRatio, atMs }) =>
      subjects.find(deviceId)?.judged.report(detail, evidenceRatio, atMs),
    badge: (deviceId) => service.badge(deviceId),
    quarantinedIds: (tenantId) =>
      subjects
        .ofTenant(tenantId)
        .flatMap(({ deviceId, quarantine: set }) => (set === undefined ? [] : [deviceId])),
    needs: (tenantId) => service.needs(tenantId),
    stats: () => ({
      quarantined: [...subjects.all()].filter((subject) => subject.quarantine !== undefined).length,
      quarantines: quarantine.count,
      held,
    }),
  };
}
