import { AppError, type Clock, newUuid, type Random, type Uuid } from "@gatehouse/base";
import type { alerts, BodyOf } from "@gatehouse/contract";
import type { AlertQueryStore } from "./alert-query-store.ts";
import type { AlertStore } from "./alert-store.ts";
import { dryRun } from "./dry-run.ts";
import { LIMITS, type RuleRecord, watchesDiffer } from "./model.ts";
import type { DeviceDirectory, Notifier, TelemetryReader, WatchedDevice } from "./ports.ts";
import type { RuleStore } from "./rule-store.ts";
import { assertRule } from "./validate-rule.ts";
import type { Watcher } from "./watcher.ts";

export interface RuleServiceDeps {
  readonly rules: RuleStore;
  readonly alerts: AlertStore;
  readonly queries: (tenantId: Uuid) => AlertQueryStore;
  readonly watcher: Watcher;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly random: Random;
}

export interface RuleService {
  list(tenantId: Uuid): Promise<alerts.Rule[]>;
  create(tenantId: Uuid, body: alerts.RuleBody): Promise<alerts.Rule>;
  update(tenantId: Uuid, ruleId: Uuid, body: BodyOf<typeof alerts.updateRule>): Promise<alerts.Rule>;
  remove(tenantId: Uuid, ruleId: Uuid): Promise<void>;
  tryOut(tenantId: Uuid, body: alerts.RuleBody): ReturnType<typeof dryRun>;
}

/** Rules live in memory (the watch list) and in the database; both change together in the watcher's line. */
export function createRuleService(deps: RuleServiceDeps): RuleService {
  const { clock, queries, random, rules, watcher } = deps;
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

  const ruleOf = (tenantId: Uuid, ruleId: Uuid): RuleRecord => {
    const rule = list.rule(ruleId);
    if (rule?.tenantId !== tenantId) throw new AppError("rule.not_found");
    return rule;
  };

  const check = async (tenantId: Uuid, body: alerts.RuleBody): Promise<void> => {
    // A named device may be younger than the last tick: the inventory knows it, the watch list not yet.
    const named = body.scope.deviceIds;
    const devices =
      named === undefined
        ? devicesOf(tenantId)
        : (await deps.directory.find(named)).filter((device) => device.tenantId === tenantId);
    assertRule(body, deps.directory, devices);
    const [unknown] = await deps.notifier.unknownChannels(tenantId, body.channelIds);
    if (unknown !== undefined) throw new AppError("channel.not_found", { channelId: unknown });
  };

  const toReply = async (rule: RuleRecord): Promise<alerts.Rule> => {
    const open = await queries(rule.tenantId).openByRule();
    return replyOf(rule, open.get(rule.id) ?? 0, list.countFor(rule));
  };

  return {
    async list(tenantId) {
      const open = await queries(tenantId).openByRule();
      return rulesOf(tenantId)
        .sort((a, b) => a.name.localeCompare(b.name) || a.createdMs - b.createdMs)
        .map((rule) => replyOf(rule, open.get(rule.id) ?? 0, list.countFor(rule)));
    },

    async create(tenantId, body) {
      await check(tenantId, body);
      return watcher.serial.run(async () => {
        const nowMs = clock.nowMs();
        const rule = { ...body, id: newUuid(clock, random), tenantId, createdMs: nowMs, updatedMs: nowMs };
        if (rulesOf(tenantId).length >= LIMITS.rules)
          throw new AppError("limit.reached", { limit: "rules", max: LIMITS.rules });
        assertRoom(list.size, list.countFor(rule));
        await rules.insert(rule);
        await watcher.apply(list.setRule(rule, false, "rule_changed"));
        return toReply(rule);
      });
    },

    async update(tenantId, ruleId, { updatedMs, ...body }) {
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
        if (updatedMs !== known.updatedMs || !(await rules.replace(rule, updatedMs)))
          throw new AppError("request.conflict", { updatedMs: known.updatedMs });
        const isRestart = known.enabled !== rule.enabled || watchesDiffer(known, rule);
        await watcher.apply(list.setRule(rule, isRestart, rule.enabled ? "rule_changed" : "rule_disabled"));
        if (!isRestart) {
          const nextMs = rule.repeatMs > 0 ? nowMs + rule.repeatMs : null;
          await deps.alerts.followRule(ruleId, rule.channelIds, nextMs);
        }
        return toReply(rule);
      });
    },

    async remove(tenantId, ruleId) {
      await watcher.serial.run(async () => {
        ruleOf(tenantId, ruleId);
        // Alerts first: with the rule's row they would lose what ties them to it.
        await watcher.apply(list.removeRule(ruleId, "rule_deleted"));
        await rules.remove(tenantId, ruleId);
      });
    },

    async tryOut(tenantId, body) {
      const devices = devicesOf(tenantId);
      assertRule(body, deps.directory, devices);
      const nowMs = clock.nowMs();
      const rule = { ...body, id: newUuid(clock, random), tenantId, createdMs: nowMs, updatedMs: nowMs };
      return dryRun(rule, devices, deps.telemetry, nowMs);
    },
  };
}

function assertRoom(used: number, wanted: number): void {
  if (used + wanted > LIMITS.watches)
    throw new AppError("limit.reached", { limit: "watches", max: LIMITS.watches });
}

function replyOf({ tenantId: _, ...rule }: RuleRecord, active: number, watched: number): alerts.Rule {
  return { ...rule, active, watches: watched };
}
