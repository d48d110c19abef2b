import type { Random, UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";

/**
 * waiting → copying → done | waiting (again later) | failed (given up) | gone (made room here before).
 * waiting, done, failed → removing (age, erasure) → gone. done → waiting, failed (lost or altered there).
 */
export type CopyState = "waiting" | "copying" | "done" | "failed" | "removing" | "gone";

export interface CopyName {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly segmentId: Uuid;
}

const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 15 * 60_000;
/** Of one copy; what stands for the whole target is tried for ever. */
export const MAX_ATTEMPTS = 8;

/** Wait after so many failures in a row: 5 s, 10 s, 20 s … up to a quarter of an hour, less up to half by chance. */
export function retryDelayMs(failures: number, random: Random): number {
  const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
  return Math.round(delayMs * (1 - random.ratio() / 2));
}

/** Failing for as long as this, people are told. */
export const TOLD_AFTER_MS = 3_600_000;

export interface SpanState {
  readonly state: cameras.OffsiteState;
  readonly done: number;
  readonly wanted: number;
  readonly doneMs?: UnixMs;
}

/** Of all copies of one span: the worst of them says what becomes of it. */
export function spanState(counts: ReadonlyMap<CopyState, number>, doneMs: UnixMs | undefined): SpanState {
  const of = (state: CopyState): number => counts.get(state) ?? 0;
  const done = of("done");
  const wanted = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const ended = (): cameras.OffsiteState => {
    if (done === wanted) return "done";
    return done > 0 ? "part" : "gone";
  };
  const state =
    (["failed", "copying", "waiting"] as const).find((one) => of(one) > 0) ??
    (wanted === 0 ? "none" : ended());
  return { state, done, wanted, ...(doneMs === undefined ? {} : { doneMs }) };
}
