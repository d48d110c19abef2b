import type { UnixMs } from "@gatehouse/base";

/**
 * What is wrong with what a device says. `jump`, `counter_fell`: one reading cannot follow the one before.
 * `offset`, `drift`: displaced against its own habits and its neighbours, for hours or for days. `stuck`, `noise`:
 * moves too little or too much. `replay`: repeats an earlier stretch. `coordinated`: several neighbours are
 * displaced together. `reported`: somebody else's verdict (a signature, a sequence number).
 */
export type FindingCode =
  | "jump"
  | "counter_fell"
  | "offset"
  | "drift"
  | "stuck"
  | "noise"
  | "replay"
  | "coordinated"
  | "reported";

/** A reason with its figures. */
export interface Finding {
  readonly code: FindingCode;
  readonly metric?: string;
  /** What was measured, in the metric's unit; hours for `stuck`, a ratio for `noise`, matches for `replay`. */
  readonly value: number;
  /** From where on it is implausible, in the same unit. */
  readonly limit: number;
  readonly sinceMs: UnixMs;
  /** 0..1; from `Tuning.implausibleFrom` on the readings are implausible. */
  readonly evidenceRatio: number;
  /** Of `reported`: what was said. */
  readonly detail?: string;
}

export type VerdictKind = "ok" | "suspect" | "implausible";

export interface Verdict {
  readonly kind: VerdictKind;
  readonly reasons: readonly Finding[];
}

export const OK: Verdict = { kind: "ok", reasons: [] };

export interface Trust {
  /** 0 (believe nothing) to 100. */
  readonly score: number;
  /** Strongest first. */
  readonly findings: readonly Finding[];
  /** Long enough observed that its habits are known. */
  readonly learned: boolean;
}
