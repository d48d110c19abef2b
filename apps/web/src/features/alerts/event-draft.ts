import type { alerts, cameras } from "@gatehouse/contract";

export type EventKind = cameras.CameraEventKind;
type EventCondition = Extract<alerts.RuleCondition, { kind: "event" }>;

/** What a rule about cameras waits for, while it is being written. */
export interface EventDraft {
  readonly events: readonly EventKind[];
  readonly classes: readonly string[];
  readonly minPeople: number | undefined;
  readonly zone: string;
}

export const EVENT_KINDS: readonly EventKind[] = ["person", "object", "motion", "device"];

export const BLANK_EVENT: EventDraft = { events: ["person"], classes: [], minPeople: undefined, zone: "" };

/** Kinds in which something is looked for: only of those it is known what it was. */
export const isLookedFor = ({ events }: EventDraft): boolean =>
  events.includes("person") || events.includes("object");

export const eventDraftOf = ({ events, classes, minPeople, zone }: EventCondition): EventDraft => ({
  events,
  classes: classes ?? [],
  minPeople,
  zone: zone ?? "",
});

export function eventConditionOf(draft: EventDraft): EventCondition {
  const { classes, events, minPeople } = draft;
  const zone = draft.zone.trim();
  return {
    kind: "event",
    events: EVENT_KINDS.filter((kind) => events.includes(kind)),
    ...(classes.length > 0 && isLookedFor(draft) ? { classes: [...classes] } : {}),
    ...(minPeople !== undefined && minPeople > 1 && events.includes("person") ? { minPeople } : {}),
    ...(zone === "" ? {} : { zone }),
  };
}
