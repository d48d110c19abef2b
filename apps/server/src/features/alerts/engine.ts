import type { UnixMs } from "@gatehouse/base";
import type { MeasuredCondition } from "./model.ts";
import { type Armed, nextMinuteMs } from "./schedule.ts";
import {
  addSample,
  type MetricValue,
  ratePerMinute,
  rateSignal,
  type Sample,
  thresholdSignal,
} from "./signal.ts";

/** A reading older than this when it arrives says nothing about now. */
export const MAX_AGE_MS = 300_000;

/** What the engine needs of a rule for one device. */
export interface WatchRule {
  readonly condition: MeasuredCondition;
  readonly holdMs: number;
  readonly armed: Armed;
}

/**
 * Memory of one rule about one device. `sinceMs` is when the condition began to hold: absent while it does not,
 * and for silence the instant at which it will, unless the device is heard before.
 */
export interface WatchState {
  readonly raised: boolean;
  readonly sinceMs?: UnixMs;
  /** Time of the newest reading considered. */
  readonly seenMs?: UnixMs;
  readonly value?: MetricValue;
  readonly samples?: readonly Sample[];
  /** The schedule was not armed when the hold time was over: look again then. */
  readonly againMs?: UnixMs;
}

export const INITIAL: WatchState = { raised: false };

export type Input =
  /** A value of the rule's metric; for silence anything at all. `tsMs` is the device's time. */
  | {
      readonly kind: "reading";
      readonly tsMs: UnixMs;
      readonly receivedMs: UnixMs;
      readonly value: MetricValue;
    }
  | { readonly kind: "tick"; readonly nowMs: UnixMs };

export interface Effect {
  readonly kind: "raise" | "clear";
  readonly atMs: UnixMs;
  readonly value?: MetricValue;
}

export interface Evaluation {
  readonly state: WatchState;
  readonly effects: readonly Effect[];
}

const NOTHING: readonly Effect[] = [];

/**
 * One step of one watch. Time is the readings' own: before a reading counts, whatever was due up to its time has
 * happened, so how often ticks come changes when an effect is known but not which effects there are.
 */
export function evaluate(rule: WatchRule, state: WatchState, input: Input): Evaluation {
  if (input.kind === "tick") return advance(rule, state, input.nowMs);
  const atMs = effectiveMs(rule, input);
  if (input.receivedMs - atMs > MAX_AGE_MS || (state.seenMs !== undefined && atMs < state.seenMs))
    return { state, effects: NOTHING };
  const before = advance(rule, state, atMs);
  const after = observe(rule, before.state, atMs, input.value);
  if (after.effects.length === 0)
    return before.effects.length === 0 ? after : { ...after, effects: before.effects };
  return before.effects.length === 0 ? after : { ...after, effects: [...before.effects, ...after.effects] };
}

/** When a tick can next change something; undefined while only a reading can. */
export function dueMs({ holdMs }: WatchRule, { raised, sinceMs, againMs }: WatchState): UnixMs | undefined {
  if (raised || sinceMs === undefined) return undefined;
  return againMs ?? sinceMs + holdMs;
}

/** A device whose clock is ahead is heard now; for silence only the arrival counts. */
function effectiveMs({ condition }: WatchRule, { tsMs, receivedMs }: Input & { kind: "reading" }): UnixMs {
  return condition.kind === "silence" ? receivedMs : Math.min(tsMs, receivedMs);
}

function advance(rule: WatchRule, state: WatchState, nowMs: UnixMs): Evaluation {
  const firstMs = dueMs(rule, state);
  if (firstMs === undefined || firstMs > nowMs) return { state, effects: NOTHING };
  let atMs = firstMs;
  while (!rule.armed(atMs)) {
    atMs = nextMinuteMs(atMs);
    if (atMs > nowMs) return { state: { ...state, againMs: atMs }, effects: NOTHING };
  }
  const { againMs: _, ...rest } = state;
  return { state: { ...rest, raised: true }, effects: [effect("raise", atMs, state.value)] };
}

/** A reading that counts, at `atMs`. */
function observe(rule: WatchRule, state: WatchState, atMs: UnixMs, value: MetricValue): Evaluation {
  const { condition } = rule;
  if (condition.kind === "silence") {
    const effects = state.raised ? [effect("clear", atMs, undefined)] : NOTHING;
    return { state: { raised: false, seenMs: atMs, sinceMs: atMs + condition.forMs }, effects };
  }
  const samples = samplesAfter(condition, state, atMs, value);
  const holds = signalOf(condition, state, atMs, value);
  const seen = { seenMs: atMs, value, ...(samples === undefined ? {} : { samples }) };
  if (!holds) {
    const effects = state.raised ? [effect("clear", atMs, value)] : NOTHING;
    return { state: { raised: false, ...seen }, effects };
  }
  const held: WatchState = {
    raised: state.raised,
    sinceMs: state.sinceMs ?? atMs,
    ...seen,
    ...(state.againMs === undefined ? {} : { againMs: state.againMs }),
  };
  return advance(rule, held, atMs);
}

function signalOf(
  condition: Exclude<MeasuredCondition, { kind: "silence" }>,
  state: WatchState,
  atMs: UnixMs,
  value: MetricValue,
): boolean {
  const was = state.sinceMs !== undefined;
  if (condition.kind === "state") return value === condition.equals;
  if (typeof value !== "number") return was;
  if (condition.kind === "threshold") return thresholdSignal(condition, was, value);
  const rate = ratePerMinute(state.samples ?? [], { atMs, value }, condition.windowMs);
  return rate === undefined ? was : rateSignal(condition, rate);
}

function samplesAfter(
  condition: MeasuredCondition,
  { samples = [] }: WatchState,
  atMs: UnixMs,
  value: MetricValue,
): readonly Sample[] | undefined {
  if (condition.kind !== "rate" || typeof value !== "number") return undefined;
  return addSample(samples, { atMs, value }, condition.windowMs);
}

const effect = (kind: Effect["kind"], atMs: UnixMs, value: MetricValue | undefined): Effect =>
  value === undefined ? { kind, atMs } : { kind, atMs, value };
