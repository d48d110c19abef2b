import type { UnixMs } from "@gatehouse/base";
import type { StateSeries } from "../catalogue.ts";

export interface StateChange {
  readonly tsMs: UnixMs;
  readonly value: boolean | string;
}

export type StateVerdict =
  | { readonly kind: "known" }
  | { readonly kind: "conflict"; readonly kept: boolean | string }
  | { readonly kind: "new" };

/**
 * One state series while a batch is planned. Only changes are stored: a value is new when the one before it in
 * time is another. A late value that differs is inserted, and the newest known value is confirmed behind it,
 * so that the late one does not seem to last until now.
 */
export class StateTimeline {
  readonly series: StateSeries;
  /** To be inserted. */
  readonly planned: StateChange[] = [];
  newest: StateChange | undefined;
  /** Rising; complete around the instants that were asked for. */
  readonly #changes: StateChange[] = [];

  constructor(series: StateSeries, neighbours: readonly StateChange[] = []) {
    this.series = series;
    if (series.lastValue !== undefined) this.newest = { tsMs: series.lastMs, value: series.lastValue };
    for (const change of neighbours) this.#remember(change);
  }

  add(change: StateChange): StateVerdict {
    const { newest } = this;
    if (newest === undefined || change.tsMs > newest.tsMs) {
      this.newest = change;
      return newest?.value === change.value ? { kind: "known" } : this.#plan(change);
    }
    const before = this.#before(change.tsMs);
    if (change.tsMs === newest.tsMs || before?.tsMs === change.tsMs) {
      const kept = change.tsMs === newest.tsMs ? newest.value : (before as StateChange).value;
      return kept === change.value ? { kind: "known" } : { kind: "conflict", kept };
    }
    if (before?.value === change.value) return { kind: "known" };
    if (this.#changes.every((known) => known.tsMs < change.tsMs) && newest.value !== change.value)
      this.#plan(newest);
    return this.#plan(change);
  }

  #plan(change: StateChange): StateVerdict {
    this.planned.push(change);
    this.#remember(change);
    return { kind: "new" };
  }

  /** The last change at or before the instant. */
  #before(tsMs: UnixMs): StateChange | undefined {
    return this.#changes.findLast((known) => known.tsMs <= tsMs);
  }

  #remember(change: StateChange): void {
    const after = this.#changes.findIndex((known) => known.tsMs >= change.tsMs);
    if (after === -1) this.#changes.push(change);
    else if (this.#changes[after]?.tsMs !== change.tsMs) this.#changes.splice(after, 0, change);
  }
}
