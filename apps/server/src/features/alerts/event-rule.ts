import type { UnixMs } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import type { EventCondition, ResolveReason } from "./model.ts";
import type { SeenEvent } from "./ports.ts";

/** What happened longer ago is listed, but is no news. */
export const MAX_ALARM_AGE_MS = 600_000;
/** An alarm that nobody answered is not asked about for longer after its end. */
export const UNANSWERED_MS = 12 * 3_600_000;

/** Motion, and what a camera notices by itself, count when they begin; what is looked for when it is sure. */
export const isLookedFor = ({ kind }: Pick<SeenEvent, "kind">): boolean =>
  kind === "person" || kind === "object";

/** When an alert about it is due; undefined while it is not, or where nobody is to be told. */
export function alarmMsOf(event: SeenEvent): UnixMs | undefined {
  if (!isLookedFor(event)) return event.startMs;
  return event.detection?.armed === true ? event.detection.alarmMs : undefined;
}

/** `not_yet`: it may still match while it goes on. */
export function match(condition: EventCondition, event: SeenEvent): "yes" | "not_yet" | "no" {
  const { classes, events, minPeople = 0, zone } = condition;
  if (!events.includes(event.kind)) return "no";
  const labels = event.detection?.labels ?? [];
  const hasClass = classes === undefined || classes.some((one) => labels.includes(one));
  const hasPeople = (event.detection?.mostAtOnce ?? 0) >= minPeople;
  const hasZone = zone === undefined || event.zones.includes(zone);
  if (hasClass && hasPeople && hasZone) return "yes";
  return event.endMs === undefined ? "not_yet" : "no";
}

export function factsOf({ detection, id, kind, startMs, zones }: SeenEvent): alerts.AlertEventFacts {
  return {
    id,
    kind,
    startMs,
    labels: [...(detection?.labels ?? [])],
    count: detection?.mostAtOnce ?? 0,
    score: detection?.score ?? 0,
    zones: [...zones],
  };
}

/**
 * Why an alert about this event is over; undefined while it is not. A visit lasts seconds, so its end does not answer
 * for anybody: the alert of a person stays open until somebody says what it was, or looks after it.
 */
export function endOf(
  { event: facts, state }: alerts.Alert,
  event: SeenEvent | undefined,
  nowMs: UnixMs,
): ResolveReason | undefined {
  if (event === undefined) return "event_gone";
  const verdict = event.verdict?.verdict;
  if (verdict !== undefined && verdict !== "intrusion") return "judged";
  if (event.endMs === undefined) return undefined;
  if (state === "acknowledged" || (facts !== undefined && !isLookedFor(facts))) return "over";
  if (verdict === "intrusion") return undefined;
  return nowMs - event.endMs > UNANSWERED_MS ? "unanswered" : undefined;
}
