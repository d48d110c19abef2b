import type { UnixMs, Uuid } from "@gatehouse/base";
import type { MetricSpec } from "@gatehouse/device-types";
import { hashNumber, ReplayWatch, type SavedReplay } from "./replay.ts";
import { type SavedSeries, Series, SLOW_CODES } from "./series.ts";
import { clamp } from "./statistics.ts";
import { SLOT_MS, type Tuning } from "./tuning.ts";
import { type Finding, OK, type Trust, type Verdict } from "./verdict.ts";

/** A device whose readings are judged. Neighbours are the devices of one `groupId` (its site and type). */
export interface JudgedDevice {
  readonly deviceId: Uuid;
  readonly groupId: string;
  readonly metrics: readonly MetricSpec[];
}

/** Metrics of one device that are judged; further ones only count for replays. */
const MAX_SERIES = 16;
/** Evidence that others gave, at most so many kinds. */
const MAX_REPORTED = 8;
const WHOLE = "";
const MAX_REPLAYS = 5;
const HOUR_MS = 3_600_000;
/** A stretch that comes again sooner is the device's own rhythm. */
const MIN_LAG_HOURS = 1;
const NO_REPLAY = { ratio: 0, sinceMs: 0, lagMs: 0, metric: WHOLE };
/** How much a single kind of misbehaviour can take from the score. */
const WEIGHT_RATIO = 0.85;

/** Raised when the state changes its meaning: an older one is then learned anew. */
const STATE_VERSION = 1;

/** Plain JSON. */
export interface SavedDevice {
  readonly version: number;
  readonly series: readonly SavedSeries[];
  readonly replays: readonly (readonly [metric: string, replay: SavedReplay])[];
  readonly replay: typeof NO_REPLAY;
  readonly reported: readonly (readonly [detail: string, reported: { ratio: number; sinceMs: UnixMs }])[];
}

export class Device {
  readonly deviceId: Uuid;
  readonly groupId: string;
  readonly series = new Map<string, Series>();
  /** By metric, and of whole messages under "". */
  readonly #replays = new Map([[WHOLE, new ReplayWatch()]]);
  quarantined = false;
  /** What others reported, by what they said. */
  readonly #reported = new Map<string, { ratio: number; sinceMs: UnixMs }>();
  #replay = NO_REPLAY;
  #lastMs: UnixMs = 0;

  constructor({ deviceId, groupId, metrics }: JudgedDevice) {
    this.deviceId = deviceId;
    this.groupId = groupId;
    for (const spec of metrics) {
      const { typical } = spec;
      if (typical !== undefined && this.series.size < MAX_SERIES)
        this.series.set(spec.key, new Series({ ...spec, typical }));
      if (typical?.kind === "level" && this.#replays.size < MAX_REPLAYS)
        this.#replays.set(spec.key, new ReplayWatch());
    }
  }

  /** Verdict on one reading against the last ones: cheap, and changes nothing but the count of outliers in a row. */
  check(tsMs: UnixMs, numbers: readonly (readonly [string, number])[]): Verdict {
    let reasons: Finding[] | undefined;
    for (const [metric, value] of numbers) {
      const step = this.series.get(metric)?.check(tsMs, value);
      if (step === undefined) continue;
      reasons ??= [];
      reasons.push({ ...step, metric, sinceMs: tsMs, evidenceRatio: 1 });
    }
    return reasons === undefined ? OK : { kind: "implausible", reasons };
  }

  /** Takes over a reading that is kept. */
  take(tsMs: UnixMs, numbers: readonly (readonly [string, number])[], tuning: Tuning): void {
    if (tsMs <= this.#lastMs) return;
    this.#lastMs = tsMs;
    const learns = !this.isFrozen(tuning);
    let whole = numbers.length;
    for (const [metric, value] of numbers) {
      this.series.get(metric)?.take(tsMs, value, learns);
      const hash = hashNumber(value);
      whole = Math.imul(whole ^ hash, 0x5bd1e995) ^ (whole >>> 13);
      this.#replays.get(metric)?.add(tsMs, hash);
    }
    this.#replays.get(WHOLE)?.add(tsMs, whole);
  }

  /** While a device is doubted its habits are not learned. */
  isFrozen(tuning: Tuning): boolean {
    return this.quarantined || this.strongest() >= tuning.suspectFrom;
  }

  /** The strongest evidence against it, 0..1. */
  strongest(): number {
    let strongest = this.#replay.ratio;
    for (const { ratio } of this.#reported.values()) strongest = Math.max(strongest, ratio);
    for (const series of this.series.values())
      for (const code of SLOW_CODES) strongest = Math.max(strongest, series.evidence[code].ratio);
    return strongest;
  }

  /** After each slot: replays, and what others reported fades. */
  endSlot(endMs: UnixMs, tuning: Tuning): void {
    const fade = 2 ** (-SLOT_MS / tuning.recoveryHalfLifeMs);
    const [metric, replay] = this.#strongestReplay(endMs);
    const matches = replay.matches(endMs);
    const target = clamp(matches / tuning.replayMatches, 0, 1);
    if (matches > 0 && target >= this.#replay.ratio) {
      const sinceMs = this.#replay.ratio < MENTIONED ? endMs : this.#replay.sinceMs;
      this.#replay = { ratio: target, sinceMs, lagMs: replay.lagMs, metric };
    } else this.#replay.ratio *= fade;
    for (const [detail, reported] of this.#reported) {
      reported.ratio *= fade;
      if (reported.ratio < 0.01) this.#reported.delete(detail);
    }
  }

  /** Somebody else's verdict: `ratio` 0..1 is how much it weighs. Adds to what is there. */
  report(detail: string, ratio: number, atMs: UnixMs): void {
    const known = this.#reported.get(detail);
    if (known === undefined && this.#reported.size >= MAX_REPORTED) return;
    const before = known?.ratio ?? 0;
    this.#reported.set(detail, {
      ratio: before + (1 - before) * clamp(ratio, 0, 1),
      sinceMs: known?.sinceMs ?? atMs,
    });
  }

  /** What it does now is right: learn it. */
  accept(): void {
    for (const series of this.series.values()) series.accept();
    this.#forgive();
  }

  /** It is believed again; its habits are those of before. */
  calm(): void {
    for (const series of this.series.values()) series.calm();
    this.#forgive();
  }

  trust(tuning: Tuning): Trust {
    const findings = this.#findings();
    // Each kind of misbehaviour once, in whatever metric it is strongest.
    const strongest = new Map<string, number>();
    for (const { code, evidenceRatio } of findings)
      strongest.set(code, Math.max(strongest.get(code) ?? 0, evidenceRatio));
    let believed = 1;
    for (const ratio of strongest.values()) believed *= 1 - WEIGHT_RATIO * ratio;
    const watched = [...this.series.values()].filter(({ typical }) => typical.kind === "level");
    return {
      score: Math.round(100 * believed),
      findings,
      learned: watched.every(({ learnedSlots }) => learnedSlots >= tuning.warmUpSlots),
    };
  }

  save(): SavedDevice {
    return {
      version: STATE_VERSION,
      series: [...this.series.values()].map((series) => series.save()),
      replays: [...this.#replays].map(([metric, replay]) => [metric, replay.save()] as const),
      replay: this.#replay,
      reported: [...this.#reported].map(([detail, reported]) => [detail, { ...reported }] as const),
    };
  }

  /** What an earlier run knew; of another version, nothing. */
  restore(saved: SavedDevice): void {
    if (saved.version !== STATE_VERSION) return;
    for (const series of saved.series) this.series.get(series.metric)?.restore(series);
    for (const [metric, replay] of saved.replays) this.#replays.get(metric)?.restore(replay);
    this.#replay = { ...saved.replay };
    for (const [detail, reported] of saved.reported) this.#reported.set(detail, { ...reported });
  }

  #forgive(): void {
    this.#replay = NO_REPLAY;
    for (const replay of this.#replays.values()) replay.forget();
    this.#reported.clear();
  }

  #strongestReplay(nowMs: UnixMs): readonly [metric: string, replay: ReplayWatch] {
    let best: readonly [string, ReplayWatch] | undefined;
    for (const entry of this.#replays)
      if (best === undefined || entry[1].matches(nowMs) > best[1].matches(nowMs)) best = entry;
    return best as readonly [string, ReplayWatch];
  }

  #findings(): Finding[] {
    const findings: Finding[] = [];
    for (const { metric, evidence } of this.series.values()) {
      for (const code of SLOW_CODES) {
        const { ratio, value, limit, sinceMs } = evidence[code];
        if (ratio >= MENTIONED) findings.push({ code, metric, value, limit, sinceMs, evidenceRatio: ratio });
      }
    }
    if (this.#replay.ratio >= MENTIONED)
      findings.push({
        code: "replay",
        ...(this.#replay.metric === WHOLE ? {} : { metric: this.#replay.metric }),
        value: this.#replay.lagMs / HOUR_MS,
        limit: MIN_LAG_HOURS,
        sinceMs: this.#replay.sinceMs,
        evidenceRatio: this.#replay.ratio,
      });
    for (const [detail, { ratio, sinceMs }] of this.#reported)
      if (ratio >= MENTIONED)
        findings.push({ code: "reported", value: ratio, limit: 1, sinceMs, evidenceRatio: ratio, detail });
    return findings.sort((a, b) => b.evidenceRatio - a.evidenceRatio);
  }
}

/** Weaker evidence than this is not worth a word. */
const MENTIONED = 0.05;
