import type { alerts } from "@gatehouse/contract";

/** A step of an escalation while it is being written. */
export interface StepDraft {
  readonly afterMs: number | undefined;
  readonly channelIds: readonly string[];
}

export const MAX_STEPS = 5;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A further step: twice as late as the one before. */
export function nextStep(steps: readonly StepDraft[]): StepDraft {
  const lastMs = steps.at(-1)?.afterMs;
  return { afterMs: lastMs === undefined ? 5 * MINUTE_MS : Math.min(2 * lastMs, DAY_MS), channelIds: [] };
}

export type WrongStep = "stepTime" | "stepOrder" | "stepChannels";

/** What is wrong with one of them. */
export function wrongStep(steps: readonly StepDraft[], at: number): WrongStep | undefined {
  const { afterMs, channelIds = [] } = steps[at] ?? {};
  if (afterMs === undefined || afterMs < MINUTE_MS || afterMs > DAY_MS) return "stepTime";
  if (afterMs <= (steps[at - 1]?.afterMs ?? 0)) return "stepOrder";
  return channelIds.length === 0 ? "stepChannels" : undefined;
}

export const areStepsRight = (steps: readonly StepDraft[]): boolean =>
  steps.every((_, at) => wrongStep(steps, at) === undefined);

export const escalationOf = (steps: readonly StepDraft[]): alerts.EscalationStep[] =>
  steps.map(({ afterMs = 0, channelIds }) => ({ afterMs, channelIds: [...channelIds] }));
