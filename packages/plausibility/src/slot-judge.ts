import type { UnixMs } from "@gatehouse/base";
import type { Residuals } from "./residuals.ts";
import type { Series, SlotSummary, SlowCode } from "./series.ts";
import { clamp, type Extent, medianOf } from "./statistics.ts";
import { SLOT_MS, SLOTS_PER_DAY, type Threshold, type Tuning } from "./tuning.ts";

/** A series in a slot, while its group is looked at. */
export interface Seat {
  readonly series: Series;
  readonly summary: SlotSummary;
  /** Habits are kept as they are: the device is not believed at the moment. */
  readonly frozen: boolean;
  /** Own mean against the own course of the day; NaN when that is not known. */
  deviation: number;
  /** What the neighbours do not explain of it. */
  residual: number;
}

const HOUR_MS = 3_600_000;
const scratch = new Float64Array(SLOTS_PER_DAY);

/** Splits the deviation into what the neighbours do too, and the rest. `factor`: their common deviation, 0 without neighbours. */
export function explainByNeighbours(seat: Seat, factor: number, tuning: Tuning): void {
  const { series, deviation, frozen } = seat;
  if (!Number.isFinite(deviation)) return;
  seat.residual = deviation - series.onNeighbours.slope * factor;
  series.residuals.push(seat.residual);
  if (!frozen)
    series.onNeighbours.learn(factor, deviation, believable(series.residuals, series), tuning.scaleSlots);
}

/** Splits the rest into what follows from `related`, the metric it moves with, and what nothing explains. */
export function explainByRelated(seat: Seat, related: Seat | undefined, tuning: Tuning): void {
  const { series, residual, frozen } = seat;
  if (!Number.isFinite(residual)) return;
  const cause = related !== undefined && Number.isFinite(related.residual) ? related.residual : 0;
  series.unexplained.push(residual - series.onRelated.slope * cause);
  if (!frozen)
    series.onRelated.learn(cause, residual, believable(series.unexplained, series), tuning.scaleSlots);
}

/** A larger error teaches nothing about a slope. */
const believable = ({ halfDay }: Residuals, { typical }: Series): number =>
  4 * Math.max(halfDay.scale, typical.floor);

/** Evidence for each kind of misbehaviour of one series, from one more slot. */
export function judgeSlot(seat: Seat, endMs: UnixMs, tuning: Tuning): void {
  const { series, frozen } = seat;
  judgeRun(series, endMs, tuning);
  judgeRoughness(seat, endMs, tuning);
  if (Number.isFinite(seat.residual)) judgeDisplacement(seat, endMs, tuning);
  if (frozen) return;
  learnProfile(seat, endMs - SLOT_MS / 2, tuning);
  series.learnedSlots++;
}

/**
 * A displacement counts as far as it is unusual against the neighbours and not explained by the related metric
 * either; one that is, a heater for instance, must be larger to count.
 */
function judgeDisplacement({ series, frozen }: Seat, endMs: UnixMs, tuning: Tuning): void {
  const { residuals, unexplained, typical } = series;
  const half = residuals.halfDayMedian();
  const halfRest = unexplained.halfDayMedian();
  const day = residuals.dayMean();
  const dayRest = unexplained.dayMean();
  const limit = limitOf(tuning.offset, residuals.halfDay, typical.floor);
  const restLimit = limitOf(tuning.offset, unexplained.halfDay, typical.floor);
  const dayLimit = limitOf(tuning.drift, residuals.day, typical.floor);
  const dayRestLimit = limitOf(tuning.drift, unexplained.day, typical.floor);
  const offset = share(half / limit, halfRest / restLimit, tuning.offset);
  const drift = share(day / dayLimit, dayRest / dayRestLimit, tuning.drift);
  const isKnown = series.learnedSlots >= tuning.warmUpSlots;
  series.displacement = isKnown ? offset : Number.NaN;
  noteDisplaced(series, endMs, tuning);
  if (isKnown && Number.isFinite(half)) weigh(series, "offset", offset, half, limit, endMs, tuning);
  if (isKnown && Number.isFinite(day)) weigh(series, "drift", drift, day, dayLimit, endMs, tuning);
  if (frozen || (isKnown && Math.max(Math.abs(offset), Math.abs(drift || 0)) > tuning.learnBelow)) return;
  residuals.learn(half, day, tuning.scaleSlots);
  unexplained.learn(halfRest, dayRest, tuning.scaleSlots);
}

function share(against: number, rest: number, { explainedFactor }: Threshold): number {
  const both = Math.sign(against) === Math.sign(rest) ? Math.min(Math.abs(against), Math.abs(rest)) : 0;
  return Math.sign(against) * Math.max(both, Math.abs(against) / explainedFactor);
}

const limitOf = (threshold: Threshold, { scale }: Extent, floor: number): number =>
  Math.max(threshold.scales * scale, threshold.floors * floor);

/** Since when the series has been displaced enough to count as a member of a group. */
function noteDisplaced(series: Series, endMs: UnixMs, tuning: Tuning): void {
  const isDisplaced = Math.abs(series.displacement) >= tuning.coordinated.memberRatio / 2;
  if (!isDisplaced) series.displacedSlot = 0;
  else if (series.displacedSlot === 0) series.displacedSlot = endMs / SLOT_MS;
}

function judgeRun(series: Series, endMs: UnixMs, tuning: Tuning): void {
  if (series.learnedSlots < tuning.warmUpSlots) return;
  const limitMs = Math.max(tuning.stuck.minMs, tuning.stuck.runs * series.longestRunMs);
  weigh(series, "stuck", series.runMs / limitMs, series.runMs / HOUR_MS, limitMs / HOUR_MS, endMs, tuning);
}

function judgeRoughness({ series, summary, frozen }: Seat, endMs: UnixMs, tuning: Tuning): void {
  if (!Number.isFinite(summary.roughness)) return;
  series.roughness.push(Math.log(summary.roughness + series.typical.floor / 5));
  if (!series.roughness.isFull) return;
  const level = medianOf(scratch, series.roughness.copyNewest(scratch, SLOTS_PER_DAY));
  const excess = level - series.roughMean;
  const limit = Math.max(Math.log(tuning.noise.factor), tuning.noise.spreads * series.roughSpread);
  const isKnown = series.roughCount >= tuning.warmUpSlots;
  if (isKnown)
    weigh(series, "noise", Math.max(0, excess / limit), Math.exp(excess), Math.exp(limit), endMs, tuning);
  if (frozen || (isKnown && excess / limit > tuning.learnBelow)) return;
  series.roughCount++;
  const pace = 1 / Math.min(series.roughCount, tuning.scaleSlots);
  series.roughMean += excess * pace;
  if (series.roughCount > 20) series.roughSpread += (1.25 * Math.abs(excess) - series.roughSpread) * pace;
}

/** A mean that is far out counts only as far as it could be honest. */
function learnProfile({ series, summary, deviation }: Seat, tsMs: UnixMs, tuning: Tuning): void {
  const { profile, residuals, typical, learnedSlots } = series;
  let value = summary.mean;
  if (Number.isFinite(deviation) && learnedSlots >= tuning.warmUpSlots) {
    const limit = 4 * Math.max(residuals.halfDay.scale, typical.floor) + Math.abs(deviation) / 2;
    value += clamp(deviation, -limit, limit) - deviation;
  }
  profile.learn(tsMs, value, tuning.profileSlots);
}

/** Below this share of its limit a figure is no evidence. */
const FROM_RATIO = 0.7;
const RISE = 0.5;

/**
 * `ratio`: what was found as a share of its limit. Evidence rises over about an hour while its cause lasts, and falls
 * by the half-life after.
 */
export function weigh(
  series: Series,
  code: SlowCode,
  ratio: number,
  value: number,
  limit: number,
  endMs: UnixMs,
  tuning: Tuning,
): void {
  const evidence = series.evidence[code];
  const target = clamp((Math.abs(ratio) - FROM_RATIO) / (1 - FROM_RATIO), 0, 1);
  if (target >= evidence.ratio) {
    if (evidence.ratio < 0.05 && target > 0) evidence.sinceMs = endMs;
    evidence.ratio += (target - evidence.ratio) * RISE;
    evidence.value = value;
    evidence.limit = limit;
  } else {
    evidence.ratio *= 2 ** (-SLOT_MS / tuning.recoveryHalfLifeMs);
    if (evidence.ratio < 0.01) evidence.ratio = 0;
  }
}
