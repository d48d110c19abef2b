import type { Clock, Logger, Random, UnixMs, Uuid } from "@gatehouse/base";
import type { access, alerts, Bus, Language } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { createAlertKeeper } from "./alert-keeper.ts";
import { createAlertQueryStore, findAlertOwner } from "./alert-query-store.ts";
import { type AlertStore, createAlertStore } from "./alert-store.ts";
import { createEscalationStore } from "./escalation-store.ts";
import { EventAlerts } from "./event-alerts.ts";
import { watchForFirst } from "./first-rule.ts";
import { alertJobs } from "./jobs.ts";
import { createAlerts as createTables } from "./migrations/001-alerts.ts";
import { addEventAlerts } from "./migrations/002-event-alerts.ts";
import { createFirstRules } from "./migrations/003-first-rules.ts";
import { addEscalation } from "./migrations/004-escalation.ts";
import type { AlertSettings, CameraEvents, DeviceDirectory, Notifier, TelemetryReader } from "./ports.ts";
import { alertRoutes } from "./routes.ts";
import { createRuleService, placesOf, type RuleService } from "./rule-service.ts";
import { createRuleStore } from "./rule-store.ts";
import { createAlertService } from "./service.ts";
import { createStateStore } from "./state-store.ts";
import type { AlertDatabase } from "./tables.ts";
import { Watcher } from "./watcher.ts";

export type {
  AlertSettings,
  CameraEvents,
  DeviceDirectory,
  DeviceMetric,
  Notifier,
  SeenEvent,
  StoredValue,
  TelemetryReader,
  WatchedDevice,
} from "./ports.ts";
export type { AlertDatabase, AlertTables } from "./tables.ts";

export const alertsMigrations: FeatureMigrations = {
  feature: "alerts",
  migrations: [createTables, addEventAlerts, createFirstRules, addEscalation],
};

export interface AlertsDeps {
  readonly db: AlertDatabase;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
  readonly notifier: Notifier;
  readonly events: CameraEvents;
  /** Whether a camera looks for people. */
  readonly looks: (cameraId: Uuid) => boolean;
  readonly language: (tenantId: Uuid) => Language;
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
  /** Raised by these devices between the two times, newest first. */
  raisedIn(
    tenantId: Uuid,
    deviceIds: readonly Uuid[],
    span: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
    limit: number,
  ): Promise<readonly alerts.Alert[]>;
  /** Which event of a camera an alert is about. */
  eventIdOf: AlertStore["eventIdOf"];
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
  const escalations = createEscalationStore(db);
  const queries = (scope: access.Scope) =>
    createAlertQueryStore(db, { tenantId: scope.tenantId, deviceIds: directory.within(scope) });
  const keeper = createAlertKeeper({ store, notifier, bus, clock, random, audit });
  const watcher = new Watcher({
    rules,
    alerts: store,
    escalations,
    states: createStateStore(db),
    keeper,
    directory,
    telemetry,
    bus,
    clock,
    log,
  });
  const eventAlerts = new EventAlerts({
    alerts: store,
    keeper,
    events: deps.events,
    directory,
    list: watcher.engine.list,
    serial: watcher.serial,
    bus,
    clock,
    log,
  });
  const ruleService = createRuleService({
    rules,
    keeper,
    events: deps.events,
    alerts: store,
    escalations,
    queries,
    watcher,
    directory,
    telemetry,
    notifier,
    clock,
    random,
    audit,
  });
  let leaveFirst: (() => void) | undefined;
  return {
    name: "alerts",
    names: [{ kind: "rule", permission: "rule.read", list: (scope) => ruleService.list(scope) }],
    routes: alertRoutes(ruleService, createAlertService({ queries, escalations, notifier, clock }), keeper),
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
    async start() {
      await watcher.start();
      await eventAlerts.start();
      leaveFirst = watchForFirst({
        ...deps,
        rules,
        service: ruleService,
        asksForEvents: (tenantId) => watcher.asksForEvents(tenantId),
      });
    },
    async stop() {
      leaveFirst?.();
      eventAlerts.stop();
      await watcher.stop();
    },
    rules: ruleService,
    idle: () => watcher.serial.idle(),
    openCounts: (scope) => queries(scope).openCounts(),
    raisedIn: (tenantId, deviceIds, raisedIn, limit) =>
      createAlertQueryStore(db, { tenantId, deviceIds }).list({ raisedIn, limit }),
    openAlerts: (scope, limit) => queries(scope).list({ state: "open", limit }),
    eventIdOf: (alertId) => store.eventIdOf(alertId),
    recordDelivery: (alertId, kind, atMs, detail) => store.addEvent(alertId, { atMs, kind, detail }),
  };
}

/** An alert of a device that is gone belongs to the organisation. */
const knownPlaces = (places: readonly access.Place[]): readonly access.Place[] | undefined =>
  places.length === 0 ? undefined : places;
