/** Statistics are taken over slots of this length: short enough for the day's course, long enough to be cheap. */
export const SLOT_MS = 900_000;
export const SLOTS_PER_HOUR = 4;
export const SLOTS_PER_DAY = 96;

/** Every threshold of the verdicts. Ratios are to what the series itself did while it was believed. */
export interface Tuning {
  /** Slots of history before a series is judged on its habits. */
  readonly warmUpSlots: number;
  /** A series' own course of the day is averaged over this many slots of an hour, and follows at this pace after. */
  readonly profileSlots: number;
  /** Slots that scales are averaged over. */
  readonly scaleSlots: number;
  /** Displacement of the 12-hour median: multiples of its usual size, and of the metric's floor. */
  readonly offset: Threshold;
  /** The same for the mean of a day. */
  readonly drift: Threshold;
  /** What comes closer to its limit than this is not learned from. */
  readonly learnBelow: number;
  /** Members of a displaced group: smallest displacement as a share of their own limit, and the combined one. */
  readonly coordinated: {
    readonly memberRatio: number;
    readonly combined: number;
    readonly minMembers: number;
    readonly maxShareRatio: number;
    /** They must have begun within this of each other. */
    readonly togetherSlots: number;
  };
  /** Roughness of three hours against its usual: factor, and multiples of its spread. */
  readonly noise: { readonly factor: number; readonly spreads: number };
  /** An unchanged value: multiples of the longest believed run, and at least this. */
  readonly stuck: { readonly runs: number; readonly minMs: number };
  /** Matches of earlier stretches at one lag. */
  readonly replayMatches: number;
  /** Evidence that makes readings suspect and implausible. */
  readonly suspectFrom: number;
  readonly implausibleFrom: number;
  /** Evidence halves in this time once its cause is over. */
  readonly recoveryHalfLifeMs: number;
  /** At or below this score a device should be quarantined. */
  readonly quarantineScore: number;
}

export interface Threshold {
  readonly scales: number;
  readonly floors: number;
  /** A displacement that the related metric explains must be so many times larger. */
  readonly explainedFactor: number;
}

/** Frozen on seeds of their own; bench/poisoning.ts scores them on others. */
export const DEFAULT_TUNING: Tuning = {
  warmUpSlots: 7 * SLOTS_PER_DAY,
  profileSlots: 20 * SLOTS_PER_HOUR,
  scaleSlots: 20 * SLOTS_PER_DAY,
  offset: { scales: 7, floors: 2, explainedFactor: 4 },
  drift: { scales: 7, floors: 1.8, explainedFactor: 3 },
  learnBelow: 0.5,
  coordinated: { memberRatio: 0.55, combined: 1.45, minMembers: 3, maxShareRatio: 0.45, togetherSlots: 48 },
  noise: { factor: 2.5, spreads: 6 },
  stuck: { runs: 3, minMs: 3 * 3_600_000 },
  replayMatches: 4,
  suspectFrom: 0.4,
  implausibleFrom: 0.85,
  recoveryHalfLifeMs: 12 * 3_600_000,
  quarantineScore: 30,
};
