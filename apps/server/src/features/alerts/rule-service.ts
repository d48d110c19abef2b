import { AppError, type Clock, newUuid, type Random, type Uuid } from "@gatehouse/base";
import { access, type alerts, type BodyOf } from "@gatehouse/contract";
import type { AuditEvent, AuditTrail } from "../../platform/audit/index.ts";
import type { AlertKeeper } from "./alert-keeper.ts";
import type { AlertQueryStore } from "./alert-query-store.ts";
import type { AlertStore } from "./alert-store.ts";
import { dryRun, tryOnEvents } from "./dry-run.ts";
import type { EscalationStore } from "./escalation-store.ts";
import { LIMITS, type ResolveReason, type RuleRecord, watchesDiffer } from "./model.ts";
import type { CameraEvents, DeviceDirectory, Notifier, TelemetryReader, WatchedDevice } from "./ports.ts";
import type { RuleStore } from "./rule-store.ts";
import { assertRule } from "./validate-rule.ts";
import type { Watcher } from "./watcher.ts";

export interface RuleServiceDeps {
  readonly rules: RuleStore;
  readonly alerts: AlertStore;
  readonly escalations: Pick<EscalationStore, "followRule">;
  readonly queries: (scope: access.Scope) => AlertQueryStore;
  readonly watcher: Watcher;
  readonly keeper: Pick<AlertKeeper, "resolve">;
  readonly events: CameraEvents;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly random: Random;
  readonly audit: AuditTrail;
}

export interface RuleService {
  list(scope: access.Scope): Promise<alerts.Rule[]>;
  create(scope: access.Scope, body: alerts.RuleBody): Promise<alerts.Rule>;
  update(scope: access.Scope, ruleId: Uuid, body: BodyOf<typeof alerts.updateRule>): Promise<alerts.Rule>;
  remove(tenantId: Uuid, ruleId: Uuid): Promise<void>;
  tryOut(scope: access.Scope, body: alerts.RuleBody): ReturnType<typeof dryRun>;
}

/** Rules live in memory (the watch list) and in the database; both change together in the watcher's line. */
export function createRuleService(deps: RuleServiceDeps): RuleService {
  const { audit, clock, queries, random, rules, watcher } = deps;
  const { list } = watcher.engine;

  const devicesOf = (tenantId: Uuid): WatchedDevice[] =>
    list
      .devices()
      .filter((device) => device.tenantId === tenantId)
      .toArray();

  const rulesOf = (tenantId: Uuid): RuleRecord[] =>
    list
      .rules()
      .filter((rule) => rule.tenantId === tenantId)
      .toArray();

  const isWithin = (rule: Pick<RuleRecord, "scope">, { tenantId, reach }: access.Scope): boolean => {
    const places = placesOf(rule, (ids) => deps.directory.placesOf(tenantId, ids));
    return reach === "all" || (places !== undefined && access.reachesAll(reach, places));
  };

  /** A rule that watches more than its author may see would tell them of it. */
  const assertWithin = (rule: Pick<RuleRecord, "scope">, scope: access.Scope): void => {
    if (!isWithin(rule, scope))
      throw new AppError("auth.forbidden", { reason: "watches beyond one's sites" });
  };

  const ruleOf = (tenantId: Uuid, ruleId: Uuid): RuleRecord => {
    const rule = list.rule(ruleId);
    if (rule?.tenantId !== tenantId) throw new AppError("rule.not_found");
    return rule;
  };

  const check = async (tenantId: Uuid, body: alerts.RuleBody): Promise<void> => {
    // A device may be younger than the last tick: the inventory knows it, the watch list not yet.
    const { directory } = deps;
    const named = body.scope.deviceIds;
    const devices = await (named === undefined ? directory.list() : directory.find(named));
    assertRule(
      body,
      directory,
      devices.filter((device) => device.tenantId === tenantId),
    );
    const [unknown] = await deps.notifier.unknownChannels(tenantId, channelsOf(body));
    if (unknown !== undefined) throw new AppError("channel.not_found", { channelId: unknown });
  };

  /** Nothing in memory knows of them. */
  const endEventAlerts = async (ruleId: Uuid, reason: ResolveReason): Promise<void> => {
    for (const alertId of await deps.alerts.openOfRule(ruleId))
      await deps.keeper.resolve(alertId, clock.nowMs(), reason);
  };

  const toReply = async (rule: RuleRecord): Promise<alerts.Rule> => {
    const open = await queries(access.wholeTenant(rule.tenantId)).openByRule();
    return replyOf(rule, open.get(rule.id) ?? 0, list.countFor(rule));
  };

  return {
    async list(scope) {
      const open = await queries(scope).openByRule();
      return rulesOf(scope.tenantId)
        .filter((rule) => isWithin(rule, scope))
        .sort((a, b) => a.name.localeCompare(b.name) || a.createdMs - b.createdMs)
        .map((rule) => replyOf(rule, open.get(rule.id) ?? 0, list.countFor(rule)));
    },

    async create(scope, body) {
      const { tenantId } = scope;
      assertWithin(body, scope);
      await check(tenantId, body);
      return watcher.serial.run(async () => {
        const nowMs = clock.nowMs();
        const rule = { ...body, id: newUuid(clock, random), tenantId, createdMs: nowMs, updatedMs: nowMs };
        if (rulesOf(tenantId).length >= LIMITS.rules)
          throw new AppError("limit.reached", { limit: "rules", max: LIMITS.rules });
        assertRoom(list.size, list.countFor(rule));
        await rules.write(async (writing, tx) => {
          await writing.insert(rule);
          await audit.record(tx, actOn(rule, "rule.created"));
        });
        await watcher.apply(list.setRule(rule, false, "rule_changed"));
        return toReply(rule);
      });
    },

    async update(scope, ruleId, { updatedMs, ...body }) {
      const { tenantId } = scope;
      assertWithin(body, scope);
      ruleOf(tenantId, ruleId);
      await check(tenantId, body);
      return watcher.serial.run(async () => {
        const known = ruleOf(tenantId, ruleId);
        const nowMs = Math.max(clock.nowMs(), known.updatedMs + 1);
        const rule: RuleRecord = {
          ...body,
          id: ruleId,
          tenantId,
          createdMs: known.createdMs,
          updatedMs: nowMs,
        };
        const watched = known.enabled ? list.countFor(known) : 0;
        assertRoom(list.size - watched, list.countFor(rule));
        await rules.write(async (writing, tx) => {
          if (updatedMs !== known.updatedMs || !(await writing.replace(rule, updatedMs)))
            throw new AppError("request.conflict", { updatedMs: known.updatedMs });
          await audit.record(tx, actOn(rule, "rule.changed"));
        });
        const isRestart = known.enabled !== rule.enabled || watchesDiffer(known, rule);
        const reason = rule.enabled ? "rule_changed" : "rule_disabled";
        if (isRestart) await endEventAlerts(ruleId, reason);
        await watcher.apply(list.setRule(rule, isRestart, reason));
        if (!isRestart) {
          const nextMs = rule.repeatMs > 0 ? nowMs + rule.repeatMs : null;
          await deps.alerts.followRule(ruleId, rule.channelIds, nextMs);
          await deps.escalations.followRule(ruleId, rule.escalation ?? []);
        }
        return toReply(rule);
      });
    },

    async remove(tenantId, ruleId) {
      await watcher.serial.run(async () => {
        const rule = ruleOf(tenantId, ruleId);
        // Alerts first: with the rule's row they would lose what ties them to it.
        await endEventAlerts(ruleId, "rule_deleted");
        await watcher.apply(list.removeRule(ruleId, "rule_deleted"));
        await rules.write(async (writing, tx) => {
          await writing.remove(tenantId, ruleId);
          await audit.record(tx, actOn(rule, "rule.removed"));
        });
      });
    },

    async tryOut(scope, body) {
      const { tenantId } = scope;
      const devices = devicesOf(tenantId).filter((device) => access.reaches(scope.reach, device));
      assertRule(body, deps.directory, devices);
      const nowMs = clock.nowMs();
      const rule = { ...body, id: newUuid(clock, random), tenantId, createdMs: nowMs, updatedMs: nowMs };
      if (rule.condition.kind === "event")
        return tryOnEvents(rule, rule.condition, devices, deps.events, nowMs);
      return dryRun(rule, rule.condition, devices, deps.telemetry, nowMs);
    },
  };
}

const actOn = (
  { id, tenantId, name, enabled, severity }: RuleRecord,
  kind: "rule.created" | "rule.changed" | "rule.removed",
): AuditEvent => ({
  kind,
  tenantId,
  subject: { kind: "rule", id },
  data: { name, ...(kind === "rule.removed" ? {} : { enabled, severity }) },
});

/** Where a rule watches; undefined when that is the whole organisation. */
export function placesOf(
  { scope: { siteId, deviceIds } }: Pick<RuleRecord, "scope">,
  find: (deviceIds: readonly Uuid[]) => readonly access.Place[],
): readonly access.Place[] | undefined {
  if (siteId !== undefined) return [{ siteId }];
  if (deviceIds === undefined || deviceIds.length === 0) return undefined;
  const places = find(deviceIds);
  return places.length === 0 ? undefined : places;
}

const channelsOf = ({ channelIds, escalation = [] }: alerts.RuleBody): readonly Uuid[] => [
  ...new Set([...channelIds, ...escalation.flatMap((step) => step.channelIds)]),
];

function assertRoom(used: number, wanted: number): void {
  if (used + wanted > LIMITS.watches)
    throw new AppError("limit.reached", { limit: "watches", max: LIMITS.watches });
}

function replyOf({ tenantId: _, ...rule }: RuleRecord, active: number, watched: number): alerts.Rule {
  return { ...rule, active, watches: watched };
}
