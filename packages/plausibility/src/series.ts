import type { UnixMs } from "@gatehouse/base";
import type { MetricSpec, TypicalBehaviour } from "@gatehouse/device-types";
import { DayProfile } from "./day-profile.ts";
import { Regression } from "./regression.ts";
import { Residuals } from "./residuals.ts";
import { Ring } from "./ring.ts";
import { SLOT_MS } from "./tuning.ts";

/** Readings further apart than this say nothing about each other's step. */
const RELATED_MS = 600_000;
/** Readings further apart than this do not make one run of the same value. */
const RUN_GAP_MS = 2 * 3_600_000;
/** This many outliers in a row are no outliers any more: things have changed. */
const BELIEVED_OUTLIERS = 3;
const NOISE_SLOTS = 12;

/** What one slot of one series came to. */
export interface SlotSummary {
  readonly slot: number;
  readonly mean: number;
  /** Mean size of the second difference, NaN when there were too few readings. */
  readonly roughness: number;
}

/** What the verdict on one number needs. */
export interface Step {
  readonly code: "jump" | "counter_fell";
  readonly value: number;
  readonly limit: number;
}

/** How one kind of misbehaviour stands. */
export interface Evidence {
  ratio: number;
  value: number;
  limit: number;
  sinceMs: UnixMs;
}

export type SlowCode = "offset" | "drift" | "stuck" | "noise" | "coordinated";
export const SLOW_CODES: readonly SlowCode[] = ["offset", "drift", "stuck", "noise", "coordinated"];

/** Everything known of one metric of one device; bounded, whatever comes in. */
export class Series {
  readonly metric: string;
  readonly typical: TypicalBehaviour;
  readonly min: number;
  readonly max: number;
  readonly profile = new DayProfile();
  /** The own deviation on the neighbours'. */
  readonly onNeighbours: Regression;
  /** What the neighbours do not explain. */
  readonly residuals = new Residuals();
  /** That on the same of the metric it moves with. */
  readonly onRelated: Regression;
  /** What neither explains. */
  readonly unexplained = new Residuals();
  readonly roughness = new Ring(NOISE_SLOTS);
  /** Logarithms. */
  roughMean = 0;
  roughSpread = 0;
  roughCount = 0;
  longestRunMs = 0;
  learnedSlots = 0;
  /** Whether the residuals are against neighbours; a change begins them anew. */
  withNeighbours = false;
  /** How far the last twelve hours are displaced, as a share of the limit, with sign; NaN when unknown. */
  displacement = Number.NaN;
  /** Slot since which the displacement is half of what a group needs. */
  displacedSlot = 0;
  readonly evidence: Record<SlowCode, Evidence> = {
    offset: nothing(),
    drift: nothing(),
    stuck: nothing(),
    noise: nothing(),
    coordinated: nothing(),
  };
  lastMs: UnixMs = 0;
  last = Number.NaN;
  #before = Number.NaN;
  #beforeMs: UnixMs = 0;
  #runStartMs: UnixMs = 0;
  #outliers = 0;
  #outlier = Number.NaN;
  readonly #open = newSlot();
  readonly #waiting = newSlot();

  constructor(spec: MetricSpec & { readonly typical: TypicalBehaviour }) {
    this.metric = spec.key;
    this.typical = spec.typical;
    this.min = spec.min ?? Number.NEGATIVE_INFINITY;
    this.max = spec.max ?? Number.POSITIVE_INFINITY;
    // Until it is known otherwise: moves as its neighbours do, and not with another metric.
    this.onNeighbours = new Regression(1, 8 * spec.typical.floor);
    this.onRelated = new Regression(0, spec.typical.floor);
  }

  /** Whether the number can follow what is known; changes nothing but the count of outliers in a row. */
  check(tsMs: UnixMs, value: number): Step | undefined {
    if (!(tsMs > this.lastMs) || tsMs - this.lastMs > RELATED_MS) return undefined;
    const { kind, maxStep } = this.typical;
    const step = value - this.last;
    const isCounter = kind === "counter";
    // A counter that begins again near zero was replaced.
    if (isCounter && step < -this.typical.floor && value > maxStep)
      return this.#outlierOf({ code: "counter_fell", value: step, limit: 0 }, value);
    if (step > maxStep || (!isCounter && step < -maxStep))
      return this.#outlierOf({ code: "jump", value: Math.abs(step), limit: maxStep }, value);
    this.#outliers = 0;
    return undefined;
  }

  /** Takes over a number that `check` let pass. */
  take(tsMs: UnixMs, value: number, learns: boolean): void {
    if (tsMs <= this.lastMs) return;
    const gapMs = tsMs - this.lastMs;
    if (value !== this.last || gapMs > RUN_GAP_MS) {
      const runMs = this.lastMs - this.#runStartMs;
      if (learns && value !== this.last && runMs > this.longestRunMs) this.longestRunMs = runMs;
      this.#runStartMs = tsMs;
    }
    const slot = Math.floor(tsMs / SLOT_MS);
    if (slot !== this.#open.slot) this.#turn(slot);
    this.#open.count++;
    this.#open.sum += value;
    if (gapMs <= RELATED_MS && this.lastMs - this.#beforeMs <= RELATED_MS) {
      this.#open.bends++;
      this.#open.bend += Math.abs(value - 2 * this.last + this.#before);
    }
    this.#before = this.last;
    this.#beforeMs = this.lastMs;
    this.last = value;
    this.lastMs = tsMs;
  }

  /** How long the value has not changed. */
  get runMs(): number {
    return this.#runStartMs === 0 ? 0 : this.lastMs - this.#runStartMs;
  }

  get runStartMs(): UnixMs {
    return this.#runStartMs;
  }

  /** What the slot came to; undefined when there was no reading in it. */
  summary(slot: number): SlotSummary | undefined {
    const found = this.#waiting.slot === slot ? this.#waiting : this.#open;
    if (found.slot !== slot || found.count === 0) return undefined;
    return {
      slot,
      mean: found.sum / found.count,
      roughness: found.bends >= 2 ? found.bend / found.bends : Number.NaN,
    };
  }

  /** The residuals are measured otherwise from now on. */
  beginResiduals(withNeighbours: boolean): void {
    this.withNeighbours = withNeighbours;
    this.residuals.begin();
    this.unexplained.begin();
  }

  /** What it shows now is right, whatever it looked like: that is where it begins from. */
  accept(): void {
    this.profile.shift(this.residuals.recentMean());
    this.longestRunMs = Math.max(this.longestRunMs, this.runMs);
    this.roughCount = 0;
    this.calm();
  }

  /** Drops the evidence and what it was made of; habits stay. */
  calm(): void {
    this.residuals.clear();
    this.unexplained.clear();
    this.roughness.clear();
    this.displacement = Number.NaN;
    this.displacedSlot = 0;
    for (const code of SLOW_CODES) Object.assign(this.evidence[code], nothing());
  }

  save() {
    return {
      metric: this.metric,
      profile: this.profile.save(),
      onNeighbours: this.onNeighbours.save(),
      onRelated: this.onRelated.save(),
      residuals: this.residuals.save(),
      unexplained: this.unexplained.save(),
      withNeighbours: this.withNeighbours,
      rough: {
        last: this.roughness.toArray(),
        mean: this.roughMean,
        spread: this.roughSpread,
        count: this.roughCount,
      },
      longestRunMs: this.longestRunMs,
      runStartMs: this.#runStartMs,
      last: Number.isFinite(this.last) ? this.last : null,
      lastMs: this.lastMs,
      learnedSlots: this.learnedSlots,
      displacedSlot: this.displacedSlot,
      evidence: structuredClone(this.evidence),
    };
  }

  restore(saved: SavedSeries): void {
    this.profile.restore(saved.profile);
    this.onNeighbours.restore(saved.onNeighbours);
    this.onRelated.restore(saved.onRelated);
    this.residuals.restore(saved.residuals);
    this.unexplained.restore(saved.unexplained);
    this.withNeighbours = saved.withNeighbours;
    this.roughness.fill(saved.rough.last);
    this.roughMean = saved.rough.mean;
    this.roughSpread = saved.rough.spread;
    this.roughCount = saved.rough.count;
    this.longestRunMs = saved.longestRunMs;
    this.#runStartMs = saved.runStartMs;
    this.last = saved.last ?? Number.NaN;
    this.lastMs = saved.lastMs;
    this.learnedSlots = saved.learnedSlots;
    this.displacedSlot = saved.displacedSlot;
    for (const code of SLOW_CODES) Object.assign(this.evidence[code], saved.evidence[code]);
  }

  #outlierOf(step: Step, value: number): Step | undefined {
    const agrees = Math.abs(value - this.#outlier) <= this.typical.maxStep;
    this.#outliers = agrees ? this.#outliers + 1 : 1;
    this.#outlier = value;
    return this.#outliers > BELIEVED_OUTLIERS ? undefined : step;
  }

  #turn(slot: number): void {
    Object.assign(this.#waiting, this.#open);
    Object.assign(this.#open, newSlot(), { slot });
  }
}

export type SavedSeries = ReturnType<Series["save"]>;

const newSlot = () => ({ slot: -1, count: 0, sum: 0, bends: 0, bend: 0 });
const nothing = (): Evidence => ({ ratio: 0, value: 0, limit: 0, sinceMs: 0 });
