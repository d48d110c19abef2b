import type { UnixMs } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";

export type MetricValue = number | boolean | string;

type Threshold = Extract<alerts.RuleCondition, { kind: "threshold" }>;
type Rate = Extract<alerts.RuleCondition, { kind: "rate" }>;

/**
 * Whether a threshold is crossed, with memory: beyond the limit it is on, `hysteresis` back inside it is off, and
 * in the band between it stays what it was (a Schmitt trigger).
 */
export function thresholdSignal(condition: Threshold, was: boolean, value: number): boolean {
  const { limit, hysteresis = 0 } = condition;
  if (condition.op === "above") return value > limit || (was && value > limit - hysteresis);
  if (condition.op === "below") return value < limit || (was && value < limit + hysteresis);
  const upper = condition.upper ?? limit;
  if (value < limit || value > upper) return true;
  return was && (value < limit + hysteresis || value > upper - hysteresis);
}

/** A point of the past that a rate is measured from. */
export interface Sample {
  readonly atMs: UnixMs;
  readonly value: number;
}

/** A window keeps this many points at most; the base of a rate is at most 1/SAMPLES older than the window. */
const SAMPLES = 60;

/** The samples a rate needs after this one: one at or before the start of the window, and those inside it. */
export function addSample(samples: readonly Sample[], sample: Sample, windowMs: number): readonly Sample[] {
  const startMs = sample.atMs - windowMs;
  let base = 0;
  while (base + 1 < samples.length && (samples[base + 1] as Sample).atMs <= startMs) base++;
  const last = samples.at(-1);
  const isNear = last !== undefined && sample.atMs - last.atMs < windowMs / SAMPLES;
  if (base === 0 && isNear) return samples;
  const kept = samples.slice(base);
  return isNear ? kept : [...kept, sample];
}

/**
 * Change per minute since the newest kept sample that is at least a window old, so that a device that reports more
 * rarely than the window is measured between two reports. Undefined until a window has been seen.
 */
export function ratePerMinute(samples: readonly Sample[], now: Sample, windowMs: number): number | undefined {
  let base: Sample | undefined;
  for (const sample of samples) {
    if (sample.atMs > now.atMs - windowMs) break;
    base = sample;
  }
  if (base === undefined) return undefined;
  return (now.value - base.value) / ((now.atMs - base.atMs) / 60_000);
}

export function rateSignal({ op, perMinute }: Rate, rate: number): boolean {
  return op === "rises" ? rate >= perMinute : rate <= -perMinute;
}
