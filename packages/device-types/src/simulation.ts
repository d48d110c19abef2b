import type { Random, UnixMs } from "@gatehouse/base";
import type { FaultRatios, MetricSpec, Simulator } from "./device-type.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** What a demo site shows in an afternoon: a fault about every 2,000 readings of a device. */
export const OCCASIONAL_FAULTS: FaultRatios = { spike: 0.0003, stuck: 0.0001, dropout: 0.0001 };

const NEVER: FaultRatios = { spike: 0, stuck: 0, dropout: 0 };

/** Uniform in [low, high). */
export const between = (random: Random, low: number, high: number): number =>
  low + (high - low) * random.ratio();

/** Normally distributed, mean 0, standard deviation 1 (Box and Muller 1958). */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.ratio())) * Math.cos(2 * Math.PI * random.ratio());
}

/** Whether something that happens every `meanMs` on average happens within `elapsedMs` (Poisson). */
export function happens(random: Random, elapsedMs: number, meanMs: number): boolean {
  return random.ratio() < 1 - Math.exp(-elapsedMs / meanMs);
}

/** Hour of the day in UTC, 0 ≤ h < 24. */
export const hourOf = (nowMs: UnixMs): number => (nowMs % DAY_MS) / HOUR_MS;

/** The day's swing, -1 at 3 h to 1 at 15 h UTC. */
export const daySwing = (nowMs: UnixMs): number => Math.sin(((hourOf(nowMs) - 9) / 12) * Math.PI);

export const isNight = (nowMs: UnixMs): boolean => hourOf(nowMs) < 6 || hourOf(nowMs) >= 19;

/** What a sensor would report of `value`: inside its limits, rounded to its decimals. */
export function measured(spec: MetricSpec, value: number): number {
  const scale = 10 ** (spec.decimals ?? 0);
  const bounded = Math.min(spec.max ?? Infinity, Math.max(spec.min ?? -Infinity, value));
  return Math.round(bounded * scale) / scale;
}

/** Milliseconds since the call before; 0 at first and when the clock was set back, at most `maxMs`. */
export function stopwatch(maxMs = HOUR_MS): (nowMs: UnixMs) => number {
  let beforeMs: UnixMs | undefined;
  return (nowMs) => {
    const elapsedMs = Math.min(maxMs, Math.max(0, nowMs - (beforeMs ?? nowMs)));
    beforeMs = nowMs;
    return elapsedMs;
  };
}

/** A battery of `level` percent that loses a percent in about a week; somebody changes it at 5 %. */
export function battery(random: Random): (elapsedMs: number) => number {
  let level = between(random, 40, 100);
  return (elapsedMs) => {
    level -= elapsedMs / (7 * DAY_MS);
    if (level < 5) level = 100;
    return Math.round(level);
  };
}

/** The same device with faults: silence and stuck values last 2 to 20 minutes, a spike one reading of `spiking`. */
export function withFaults(device: Simulator, faults: FaultRatios = NEVER, spiking?: MetricSpec): Simulator {
  let stuckUntilMs = 0;
  let silentUntilMs = 0;
  let last: ReturnType<Simulator["next"]>;

  return {
    command: (key, params) => device.command(key, params),
    next(nowMs, random) {
      const reading = device.next(nowMs, random);
      const chance = random.ratio();
      const lastsMs = between(random, 2, 20) * MINUTE_MS;
      if (chance < faults.dropout) silentUntilMs = nowMs + lastsMs;
      else if (chance < faults.dropout + faults.stuck) stuckUntilMs = nowMs + lastsMs;
      if (nowMs < silentUntilMs) return undefined;
      if (nowMs < stuckUntilMs && last !== undefined) return last;
      last = reading;
      const spikes = chance >= 1 - faults.spike;
      return spikes && spiking && reading ? { values: withSpike(reading.values, spiking) } : reading;
    },
  };
}

/** Three tenths of the whole range away, towards its far end. */
function withSpike(values: Record<string, number | boolean | string>, spec: MetricSpec) {
  const [value, min, max] = [values[spec.key], spec.min, spec.max];
  if (typeof value !== "number" || min === undefined || max === undefined) return values;
  const jump = (max - min) * 0.3;
  return { ...values, [spec.key]: measured(spec, value > (min + max) / 2 ? value - jump : value + jump) };
}
