import type { Clock, Logger, Random, UnixMs, Uuid } from "@gatehouse/base";
import type { access, alerts, Bus } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { createAlertKeeper } from "./alert-keeper.ts";
import { createAlertQueryStore, findAlertOwner } from "./alert-query-store.ts";
import { createAlertStore } from "./alert-store.ts";
import { alertJobs } from "./jobs.ts";
import { createAlerts as createTables } from "./migrations/001-alerts.ts";
import type { AlertSettings, DeviceDirectory, Notifier, TelemetryReader } from "./ports.ts";
import { alertRoutes } from "./routes.ts";
import { createRuleService, placesOf, type RuleService } from "./rule-service.ts";
import { createRuleStore } from "./rule-store.ts";
import { createAlertService } from "./service.ts";
import { createStateStore } from "./state-store.ts";
import type { AlertDatabase } from "./tables.ts";
import { Watcher } from "./watcher.ts";

export type {
  AlertSettings,
  DeviceDirectory,
  DeviceMetric,
  Notifier,
  StoredValue,
  TelemetryReader,
  WatchedDevice,
} from "./ports.ts";
export type { AlertDatabase, AlertTables } from "./tables.ts";

export const alertsMigrations: FeatureMigrations = { feature: "alerts", migrations: [createTables] };

export interface AlertsDeps {
  readonly db: AlertDatabase;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
  readonly notifier: Notifier;
  readonly settings: AlertSettings;
  readonly audit: AuditTrail;
  readonly tenantIds: () => Promise<readonly Uuid[]>;
}

export interface AlertsFeature extends Feature {
  readonly rules: RuleService;
  /** Resolves when everything that was decided so far is written. */
  idle(): Promise<void>;
  /** Newest first. */
  openAlerts(scope: access.Scope, limit: number): Promise<readonly alerts.Alert[]>;
  openCounts(scope: access.Scope): Promise<{ readonly open: number; readonly critical: number }>;
  /** What became of a message about an alert, for the alert's page. */
  recordDelivery(
    alertId: Uuid,
    kind: "notified" | "delivery_failed",
    atMs: UnixMs,
    detail: string,
  ): Promise<void>;
}

export function createAlerts(deps: AlertsDeps): AlertsFeature {
  const { audit, bus, clock, db, directory, log, notifier, random, telemetry } = deps;
  const rules = createRuleStore(db);
  const store = createAlertStore(db);
  const queries = (scope: access.Scope) =>
    createAlertQueryStore(db, { tenantId: scope.tenantId, deviceIds: directory.within(scope) });
  const keeper = createAlertKeeper({ store, notifier, bus, clock, random, audit });
  const watcher = new Watcher({
    rules,
    alerts: store,
    states: createStateStore(db),
    keeper,
    directory,
    telemetry,
    bus,
    clock,
    log,
  });
  const ruleService = createRuleService({
    rules,
    alerts: store,
    queries,
    watcher,
    directory,
    telemetry,
    notifier,
    clock,
    random,
    audit,
  });
  return {
    name: "alerts",
    names: [{ kind: "rule", permission: "rule.read", list: (scope) => ruleService.list(scope) }],
    routes: alertRoutes(ruleService, createAlertService(queries, clock), keeper),
    jobs: alertJobs({ ...deps, store }),
    resources: {
      rule(id) {
        const rule = watcher.engine.list.rule(id);
        if (rule === undefined) return undefined;
        const { tenantId } = rule;
        return { tenantId, places: () => placesOf(rule, (ids) => directory.placesOf(tenantId, ids)) };
      },
      async alert(id) {
        const found = await findAlertOwner(db, id);
        if (found?.deviceId === undefined) return found && { tenantId: found.tenantId };
        const { tenantId, deviceId } = found;
        return { tenantId, places: () => knownPlaces(directory.placesOf(tenantId, [deviceId])) };
      },
    },
    start: () => watcher.start(),
    stop: () => watcher.stop(),
    rules: ruleService,
    idle: () => watcher.serial.idle(),
    openCounts: (scope) => queries(scope).openCounts(),
    openAlerts: (scope, limit) => queries(scope).list({ state: "open", limit }),
    recordDelivery: (alertId, kind, atMs, detail) => store.addEvent(alertId, { atMs, kind, detail }),
  };
}

/** An alert of a device that is gone belongs to the organisation. */
const knownPlaces = (places: readonly access.Place[]): readonly access.Place[] | undefined =>
  places.length === 0 ? undefined : places;
