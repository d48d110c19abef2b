import type { Clock, Logger, MonotonicMs, UnixMs } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";
import type { PoolClient } from "pg";
import type { Catalogue, DeviceSeries } from "../catalogue.ts";
import { DAY_MS, HOUR_MS, startOf } from "../model.ts";
import type { HeldReading } from "../ports.ts";
import { classify, refusalFor } from "./batch-error.ts";
import type { Beside, DirtyHour, IngestStore, SetInstant, StateInstant } from "./ingest-store.ts";
import { type BatchPlan, findDoubtful, type Known, Planner, takeOver } from "./plan.ts";
import type { Waiting } from "./reading-queue.ts";

/** What ingest and upkeep must agree on about the age of data. */
export interface Horizon {
  /** Rollups are made up to here: what comes in before marks its hour. */
  rolledUpToMs: UnixMs;
  /** No hour from here on is packed. */
  packedBeforeMs: UnixMs;
}

/** Something of another feature that is written in the transaction; `kept`: the readings that become history in it. */
export type Alongside = (client: PoolClient, kept: ReadonlySet<Reading>) => Promise<void>;

export interface IngestCounts {
  accepted: number;
  refused: number;
  conflicts: number;
  /** Values stored since start. */
  points: number;
}

/** A restart of the embedded database takes about two seconds; devices need not notice it. */
const AWAY_PATIENCE_MS = 8_000;
const AWAY_RETRY_MS = 250;
const MAX_AGAIN = 2;
/** Remembered so that a device whose clock is behind does not mark its hour with every batch. */
const MAX_MARKED = 50_000;

/** Writes batches, one at a time: each reading ends with an error or in a committed transaction. */
export class BatchWriter {
  readonly counts: IngestCounts = { accepted: 0, refused: 0, conflicts: 0, points: 0 };
  readonly #catalogue: Catalogue;
  readonly #store: IngestStore;
  readonly #horizon: Horizon;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #marked = new Set<string>();
  /** Sets that got rows, by the start of their day; only for days that may be packed. */
  readonly #touched = new Map<UnixMs, Set<number>>();
  #awaySinceMs: MonotonicMs | undefined;

  constructor(catalogue: Catalogue, store: IngestStore, horizon: Horizon, clock: Clock, log: Logger) {
    this.#catalogue = catalogue;
    this.#store = store;
    this.#horizon = horizon;
    this.#clock = clock;
    this.#log = log;
  }

  /** Resolves when every reading is committed or has its error; never rejects. */
  async write(batch: readonly Waiting[]): Promise<void> {
    await this.#write(batch.filter(({ error }) => error === undefined));
    for (const { error } of batch) {
      if (error === undefined) this.counts.accepted++;
      else this.counts.refused++;
    }
  }

  /**
   * Writes readings that were kept apart, and what belongs to it, in one transaction; answers those that cannot be
   * history. Only between two batches.
   */
  async moveIn(readings: readonly Reading[], alongside: Alongside): Promise<ReadonlySet<Reading>> {
    try {
      const refused = await this.#catalogue.ensure(readings);
      const kept = new Set(readings.filter((reading) => !refused.has(reading)));
      // The sealed messages they came in were recorded then.
      await this.#commit(
        [...kept].map(({ sealed: _recorded, original: _kept, ...reading }) => reading),
        true,
        [],
        (client) => alongside(client, kept),
      );
      return new Set(refused.keys());
    } catch (error) {
      this.#store.disconnect();
      this.#store.forgetDays();
      throw error;
    }
  }

  /** Sets that got rows of this day since the last call. */
  takeTouched(dayMs: UnixMs): number[] {
    const sets = this.#touched.get(dayMs);
    this.#touched.delete(dayMs);
    return [...(sets ?? [])];
  }

  /** A day's partition is gone. */
  forgetDays(): void {
    this.#store.forgetDays();
  }

  /** The hours are about to be computed again: what comes in from now on marks them again. */
  forgetMarks(hours: readonly DirtyHour[]): void {
    for (const { setId, hourMs } of hours) this.#marked.delete(`${setId}:${hourMs}`);
  }

  async #write(batch: readonly Waiting[], again = 0): Promise<void> {
    const open = batch.filter(({ error }) => error === undefined);
    if (open.length === 0) return;
    try {
      await this.#attempt(open, again > 0);
      if (this.#awaySinceMs !== undefined) this.#log.info({}, "ingest.database_back");
      this.#awaySinceMs = undefined;
    } catch (error) {
      this.#store.disconnect();
      await this.#recover(open, again, error);
    }
  }

  async #recover(batch: readonly Waiting[], again: number, error: unknown): Promise<void> {
    const failure = classify(error);
    if (failure === "away" && this.#isPatient()) {
      await this.#pause(AWAY_RETRY_MS);
      return this.#write(batch, 1);
    }
    if ((failure === "again" || failure === "busy") && again < MAX_AGAIN) {
      this.#store.forgetDays();
      return this.#write(batch, again + 1);
    }
    if ((failure === "again" || failure === "poison") && batch.length > 1) {
      const middle = batch.length >> 1;
      await this.#write(batch.slice(0, middle), again);
      return this.#write(batch.slice(middle), again);
    }
    this.#log.error({ err: error, failure, readings: batch.length }, "ingest.batch_failed");
    if (failure === "away") await this.#pause(AWAY_RETRY_MS);
    for (const waiting of batch) waiting.error ??= refusalFor(failure, error);
  }

  /** Whether to keep the devices waiting: yes for the first seconds without a database. */
  #isPatient(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (this.#awaySinceMs === undefined) this.#log.warn({}, "ingest.database_away");
    this.#awaySinceMs ??= nowMs;
    return nowMs - this.#awaySinceMs < AWAY_PATIENCE_MS;
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(durationMs, resolve));
  }

  async #attempt(batch: readonly Waiting[], doubtAll: boolean): Promise<void> {
    const held = batch.flatMap(({ reading, held: why }) => (why === undefined ? [] : [{ reading, why }]));
    const open = held.length === 0 ? batch : batch.filter(({ held: why }) => why === undefined);
    const refused = await this.#catalogue.ensure(open.map(({ reading }) => reading));
    if (refused.size > 0) for (const waiting of open) waiting.error = refused.get(waiting.reading);
    const readings = open.filter(({ error }) => error === undefined).map(({ reading }) => reading);
    await this.#commit(readings, doubtAll, held);
  }

  /** One transaction: the readings that are history, those kept apart, and what somebody else does alongside. */
  async #commit(
    readings: readonly Reading[],
    doubtAll: boolean,
    held: readonly HeldReading[],
    alongside?: Beside["alongside"],
  ): Promise<void> {
    const doubtful = findDoubtful(this.#catalogue, readings, doubtAll);
    const planner = new Planner(this.#catalogue, await this.#findKnown(doubtful), doubtful);
    for (const reading of readings) {
      const wait = planner.add(reading);
      if (wait !== undefined) await wait;
    }
    const { plan } = planner;
    const dirty = this.#findDirty(plan);
    const all = held.length === 0 ? readings : [...readings, ...held.map(({ reading }) => reading)];
    const sealed = all.flatMap((reading) => reading.sealed ?? []);
    const signed = all.filter(({ original }) => original !== undefined);
    await this.#store.commit(plan, dirty, { sealed, signed, held, alongside });
    takeOver(plan);
    this.#note(plan, dirty);
  }

  async #findKnown(doubtful: readonly Reading[]): Promise<Known> {
    if (doubtful.length === 0) return NOTHING_KNOWN;
    const instants: SetInstant[] = [];
    const states: StateInstant[] = [];
    for (const { deviceId, tsMs, numbers, states: sent } of doubtful) {
      const device = this.#catalogue.find(deviceId) as DeviceSeries;
      const names = new Set(numbers.map(([metric]) => metric));
      for (const set of device.sets)
        if (set.metrics.some((metric) => names.has(metric))) instants.push({ set, tsMs });
      for (const [metric] of sent) {
        const series = device.states.get(metric);
        if (series !== undefined) states.push({ seriesId: series.id, tsMs });
      }
    }
    const found = new Map<number, Map<UnixMs, readonly number[]>>();
    for (const { setId, tsMs, values } of await this.#store.findNumbers(
      instants,
      this.#horizon.packedBeforeMs,
    )) {
      const rows = found.get(setId) ?? new Map<UnixMs, readonly number[]>();
      found.set(setId, rows.set(tsMs, values));
    }
    const changes = await this.#store.findStates(states);
    return {
      numbers: (device, tsMs) => {
        const values = new Map<string, number>();
        for (const set of device.sets) {
          const row = found.get(set.id)?.get(tsMs);
          if (row === undefined) continue;
          for (const [i, metric] of set.metrics.entries()) values.set(metric, row[i] as number);
        }
        return values;
      },
      states: (seriesId) => changes.get(seriesId) ?? [],
    };
  }

  /** Hours before the rollups' edge that this batch changes. */
  #findDirty(plan: BatchPlan): DirtyHour[] {
    const dirty = new Map<string, DirtyHour>();
    for (const { setId, tsMs } of plan.rows) {
      if (tsMs >= this.#horizon.rolledUpToMs) continue;
      const hourMs = startOf(tsMs, HOUR_MS);
      const key = `${setId}:${hourMs}`;
      if (!this.#marked.has(key)) dirty.set(key, { setId, hourMs });
    }
    return [...dirty.values()];
  }

  #note(plan: BatchPlan, dirty: readonly DirtyHour[]): void {
    for (const { setId, tsMs, order } of plan.rows) {
      this.counts.points += order.length;
      if (tsMs < this.#horizon.packedBeforeMs) this.#touch(startOf(tsMs, DAY_MS), setId);
    }
    this.counts.conflicts += plan.conflicts.length;
    if (this.#marked.size > MAX_MARKED) this.#marked.clear();
    for (const { setId, hourMs } of dirty) this.#marked.add(`${setId}:${hourMs}`);
  }

  #touch(dayMs: UnixMs, setId: number): void {
    const sets = this.#touched.get(dayMs);
    if (sets === undefined) this.#touched.set(dayMs, new Set([setId]));
    else sets.add(setId);
  }
}

const NOTHING_KNOWN: Known = { numbers: () => undefined, states: () => [] };
