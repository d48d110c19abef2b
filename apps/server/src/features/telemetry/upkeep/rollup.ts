import type { Clock, Logger, UnixMs } from "@gatehouse/base";
import type { Catalogue } from "../catalogue.ts";
import type { BatchWriter, Horizon } from "../ingest/batch-writer.ts";
import type { Ingest } from "../ingest/ingest.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, startOf } from "../model.ts";
import type { ActiveSet, RollupStore } from "./rollup-store.ts";

export interface RollupDeps {
  readonly store: RollupStore;
  readonly catalogue: Catalogue;
  readonly ingest: Pick<Ingest, "exclusively">;
  readonly writer: Pick<BatchWriter, "forgetMarks">;
  readonly horizon: Horizon;
  readonly clock: Clock;
  readonly log: Logger;
}

const MINUTES_DONE = "rolled_up_to";
const HOURS_DONE = "hours_rolled_up_to";
/** Readings usually arrive within this; later ones mark their hour to be computed again. */
const LAG_MS = 90_000;
/** One transaction of raw rows covers this at first, and grows while there is little in it. */
const FIRST_WINDOW_MS = 10 * MINUTE_MS;
const MAX_WINDOW_MS = 6 * HOUR_MS;
const QUICK_MS = 300;
const HOURS_AT_ONCE = 6;
const DIRTY_AT_ONCE = 300;
const RUN_FOR_MS = 5 * MINUTE_MS;

/** Minutes out of readings, hours out of minutes, and both again where something came in late. */
export class Rollup {
  readonly #deps: RollupDeps;
  /** Minutes before this are in `telemetry_1m`, but for hours that are marked as late. */
  minutesDoneMs: UnixMs = 0;
  /** Hours before this are in `telemetry_1h`, with the same exception. */
  hoursDoneMs: UnixMs = 0;

  constructor(deps: RollupDeps) {
    this.#deps = deps;
  }

  async load(): Promise<void> {
    const { store, horizon } = this.#deps;
    this.minutesDoneMs = (await store.progress(MINUTES_DONE)) ?? 0;
    this.hoursDoneMs = (await store.progress(HOURS_DONE)) ?? 0;
    horizon.rolledUpToMs = this.minutesDoneMs;
  }

  /** Brings everything up to date, or as far as the time of one run allows; the next goes on from there. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const endMs = clock.monotonicMs() + RUN_FOR_MS;
    const mayGoOn = (): boolean => !signal.aborted && clock.monotonicMs() < endMs;
    await this.#minutes(mayGoOn);
    await this.#hours(mayGoOn);
    await this.#late(mayGoOn);
  }

  async #minutes(mayGoOn: () => boolean): Promise<void> {
    const { store, horizon, clock, ingest, log } = this.#deps;
    const edgeMs = startOf(clock.nowMs() - LAG_MS, MINUTE_MS);
    if (this.minutesDoneMs >= edgeMs) return;
    // From here on late readings mark their hours; what was written before is seen by the queries below.
    horizon.rolledUpToMs = edgeMs;
    await ingest.exclusively(async () => {});
    let windowMs = FIRST_WINDOW_MS;
    while (this.minutesDoneMs < edgeMs && mayGoOn()) {
      const startedMs = clock.monotonicMs();
      const fromMs = await this.#nextMs(this.minutesDoneMs, edgeMs);
      const toMs = Math.min(edgeMs, fromMs + windowMs, startOf(fromMs, DAY_MS) + DAY_MS);
      await store.rollUpMinutes(fromMs, toMs, this.#activeSets(fromMs), MINUTES_DONE);
      this.minutesDoneMs = toMs;
      const isQuick = clock.monotonicMs() - startedMs < QUICK_MS;
      windowMs = isQuick ? Math.min(windowMs * 2, MAX_WINDOW_MS) : FIRST_WINDOW_MS;
    }
    if (this.minutesDoneMs < edgeMs)
      log.info({ behindMs: edgeMs - this.minutesDoneMs }, "telemetry.rollup_goes_on_later");
  }

  async #hours(mayGoOn: () => boolean): Promise<void> {
    const edgeMs = startOf(this.minutesDoneMs, HOUR_MS);
    while (this.hoursDoneMs < edgeMs && mayGoOn()) {
      const fromMs = startOf(await this.#nextMs(this.hoursDoneMs, edgeMs), HOUR_MS);
      const toMs = Math.min(edgeMs, fromMs + HOURS_AT_ONCE * HOUR_MS, startOf(fromMs, DAY_MS) + DAY_MS);
      await this.#deps.store.rollUpHours(fromMs, toMs, this.#activeSets(fromMs), HOURS_DONE);
      this.hoursDoneMs = toMs;
    }
  }

  /** Where to go on: skips days without readings, and everything when no set has anything newer. */
  async #nextMs(fromMs: UnixMs, edgeMs: UnixMs): Promise<UnixMs> {
    if (this.#activeSets(fromMs).length === 0) return edgeMs;
    const dayMs = await this.#deps.store.firstDayMs(fromMs);
    return Math.min(edgeMs, Math.max(fromMs, dayMs ?? edgeMs));
  }

  /** Sets that have a reading at or after the instant: no other can have one in a window that begins there. */
  #activeSets(fromMs: UnixMs): ActiveSet[] {
    const active: ActiveSet[] = [];
    for (const device of this.#deps.catalogue.devices())
      for (const { id, lastMs, metrics } of device.sets)
        if (lastMs >= fromMs) active.push({ id, width: metrics.length });
    return active;
  }

  async #late(mayGoOn: () => boolean): Promise<void> {
    const { store, ingest, writer, log } = this.#deps;
    let redone = 0;
    while (mayGoOn()) {
      const dirty = await store.dirtyHours(DIRTY_AT_ONCE);
      if (dirty.length === 0) break;
      // New marks get rows of their own, which this round does not delete.
      writer.forgetMarks(dirty);
      await ingest.exclusively(async () => {});
      await store.redo(dirty, this.hoursDoneMs);
      redone += dirty.length;
      if (dirty.length < DIRTY_AT_ONCE) break;
    }
    if (redone > 0) log.info({ hours: redone }, "telemetry.late_hours_rolled_up");
  }
}
