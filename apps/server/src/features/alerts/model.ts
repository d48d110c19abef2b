import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import { isCameraType } from "@gatehouse/device-types";
import type { WatchedDevice } from "./ports.ts";

/** A rule as it is stored. */
export interface RuleRecord extends alerts.RuleBody {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly createdMs: UnixMs;
  readonly updatedMs: UnixMs;
}

/** Limits of an installation; beyond them `limit.reached`. */
export const LIMITS = {
  rules: 1_000,
  /** Pairs of rule and device, for memory: about 400 bytes each. */
  watches: 200_000,
} as const;

/** Half a surrogate pair and the NUL character cannot be stored as text. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");

export type EventCondition = Extract<alerts.RuleCondition, { kind: "event" }>;
/** What readings decide. */
export type MeasuredCondition = Exclude<alerts.RuleCondition, EventCondition>;

/** The metric a condition reads; silence and events read none. */
export const metricOf = (condition: alerts.RuleCondition): string | undefined =>
  "metric" in condition ? condition.metric : undefined;

export const kindOf = (condition: alerts.RuleCondition): "number" | "state" | undefined => {
  if (!("metric" in condition)) return undefined;
  return condition.kind === "state" ? "state" : "number";
};

export function isInScope(scope: RuleRecord["scope"], device: WatchedDevice): boolean {
  const { deviceIds, siteId, typeId, tag } = scope;
  if (deviceIds !== undefined && !deviceIds.includes(device.deviceId)) return false;
  if (siteId !== undefined && siteId !== device.siteId) return false;
  if (typeId !== undefined && typeId !== device.typeId) return false;
  return tag === undefined || device.tags.includes(tag);
}

/** Whether the device can ever satisfy the condition: it is in use and measures the metric. */
export function watches(rule: RuleRecord, device: WatchedDevice): boolean {
  if (rule.tenantId !== device.tenantId || device.revoked || !isInScope(rule.scope, device)) return false;
  if (rule.condition.kind === "event") return isCameraType(device.typeId);
  const metric = metricOf(rule.condition);
  if (metric === undefined || device.openMetrics) return true;
  const kind = kindOf(rule.condition);
  return device.metrics.some((known) => known.key === metric && known.kind === kind);
}

/** Why an open alert ended; `cleared` is the only good news. */
export type ResolveReason =
  | "cleared"
  | "rule_changed"
  | "rule_disabled"
  | "rule_deleted"
  | "device_deleted"
  | "device_revoked"
  | "out_of_scope"
  /** What happened before the camera is over. */
  | "over"
  /** Somebody decided that it was nothing. */
  | "judged"
  /** Nobody answered for long, or many newer ones came. */
  | "unanswered"
  /** It is not kept any more. */
  | "event_gone";

/** The parts of a rule that decide what an open alert means: when one of them changes, the alert is over. */
export function watchesDiffer(a: alerts.RuleBody, b: alerts.RuleBody): boolean {
  const parts = (rule: alerts.RuleBody) =>
    canonical([rule.condition, rule.scope, rule.holdMs, rule.schedule ?? null]);
  return parts(a) !== parts(b);
}

/** JSON with sorted keys: equal values give equal texts, whatever order a database keeps. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
