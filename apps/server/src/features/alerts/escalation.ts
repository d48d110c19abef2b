import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";

/** How far an alert's escalation is. */
export interface Escalation {
  readonly startedMs: UnixMs;
  readonly steps: readonly alerts.EscalationStep[];
  /** When each step was told, of those that were. */
  readonly doneMs: readonly UnixMs[];
  /** Somebody answered. */
  readonly stoppedMs?: UnixMs;
}

/** Of the next step; undefined when there is none. */
export function dueMsOf({ doneMs, startedMs, steps, stoppedMs }: Escalation): UnixMs | undefined {
  const step = steps[doneMs.length];
  return step === undefined || stoppedMs !== undefined ? undefined : startedMs + step.afterMs;
}

/** Channels that were told by steps so far: what happens next concerns them too. */
export const reachedBy = (escalation: Escalation | undefined): readonly Uuid[] =>
  escalation === undefined
    ? []
    : escalation.steps.slice(0, escalation.doneMs.length).flatMap(({ channelIds }) => channelIds);

/** As people read it; of a stopped one only the steps that were told. */
export function viewEscalation(
  escalation: Escalation,
  names: ReadonlyMap<Uuid, string>,
): alerts.AlertEscalation {
  const { doneMs, startedMs, steps, stoppedMs } = escalation;
  const shown = stoppedMs === undefined ? steps : steps.slice(0, doneMs.length);
  return {
    steps: shown.map(({ afterMs, channelIds }, n) => {
      const done = doneMs[n];
      return {
        atMs: startedMs + afterMs,
        channels: channelIds.flatMap((id) => names.get(id) ?? []),
        ...(done === undefined ? {} : { doneMs: done }),
      };
    }),
    ...(stoppedMs === undefined ? {} : { stoppedMs }),
  };
}
