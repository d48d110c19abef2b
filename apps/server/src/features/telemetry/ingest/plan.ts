import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";
import {
  type Catalogue,
  type DeviceSeries,
  findLayout,
  findSet,
  type Layout,
  type MetricSet,
} from "../catalogue.ts";
import type { MetricValue } from "../model.ts";
import type { StoredRow } from "./encode.ts";
import { type StateChange, StateTimeline } from "./state-plan.ts";

export interface Conflict {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly metric: string;
  readonly tsMs: UnixMs;
  readonly kept: MetricValue;
  readonly refused: MetricValue;
  readonly receivedMs: UnixMs;
}

/** What one transaction writes, and what memory takes over after it. */
export interface BatchPlan {
  readonly rows: StoredRow[];
  readonly conflicts: Conflict[];
  readonly timelines: StateTimeline[];
  /** The newest row of each set. */
  readonly newest: Map<MetricSet, StoredRow>;
}

/** What the database already holds for readings that may be known. */
export interface Known {
  numbers(device: DeviceSeries, tsMs: UnixMs): ReadonlyMap<string, number> | undefined;
  states(seriesId: number): readonly StateChange[];
}

/**
 * The readings the database must be asked about before they are written: those that are not newer than
 * everything their device sent before. All others cannot be there yet.
 */
export function findDoubtful(catalogue: Catalogue, readings: readonly Reading[], all: boolean): Reading[] {
  const doubtful: Reading[] = [];
  for (const reading of readings) {
    const device = catalogue.find(reading.deviceId);
    if (device === undefined) continue;
    const { numbers, states, tsMs } = reading;
    const isLate =
      (numbers.length > 0 && tsMs <= device.newestMs) ||
      states.some(([metric]) => tsMs < (device.states.get(metric)?.lastMs ?? tsMs));
    if (numbers.length > 0 && tsMs > device.newestMs) device.newestMs = tsMs;
    if (all || isLate) doubtful.push(reading);
  }
  return doubtful;
}

/** Decides for every reading of a batch what is new, what is known and what contradicts; readings are in order of arrival. */
export class Planner {
  readonly plan: BatchPlan = { rows: [], conflicts: [], timelines: [], newest: new Map() };
  readonly #catalogue: Catalogue;
  readonly #known: Known;
  readonly #doubtful: ReadonlySet<Reading>;
  /** Devices with a doubtful reading: what this batch already holds for them, by instant and metric. */
  readonly #planned = new Map<DeviceSeries, Map<UnixMs, Map<string, number>>>();
  readonly #timelines = new Map<number, StateTimeline>();

  constructor(catalogue: Catalogue, known: Known, doubtful: readonly Reading[]) {
    this.#catalogue = catalogue;
    this.#known = known;
    this.#doubtful = new Set(doubtful);
    for (const reading of doubtful) {
      const device = catalogue.find(reading.deviceId);
      if (device !== undefined) this.#planned.set(device, new Map());
    }
  }

  /** Every set and state series of the reading exists. Answers a promise only when it has to wait. */
  add(reading: Reading): Promise<void> | undefined {
    const device = this.#catalogue.find(reading.deviceId) as DeviceSeries;
    this.#addStates(device, reading);
    if (reading.numbers.length === 0) return undefined;
    const layout = findLayout(device, reading) as Layout;
    const planned = this.#planned.get(device);
    if (planned === undefined) return this.#addRows(reading, layout);
    const fresh = this.#doubtful.has(reading) ? this.#findFresh(device, reading) : reading.numbers;
    const atInstant = planned.get(reading.tsMs) ?? new Map<string, number>();
    for (const [metric, value] of fresh) atInstant.set(metric, value);
    planned.set(reading.tsMs, atInstant);
    if (fresh.length === reading.numbers.length) return this.#addRows(reading, layout);
    return fresh.length > 0 ? this.#addSingles(device, reading, fresh) : undefined;
  }

  #addRows({ tsMs, numbers }: Reading, layout: Layout): undefined {
    for (const { set, order } of layout.parts) this.#addRow(set, { setId: set.id, tsMs, numbers, order });
  }

  #addRow(set: MetricSet, row: StoredRow): void {
    this.plan.rows.push(row);
    const newest = this.plan.newest.get(set);
    if (newest === undefined || newest.tsMs < row.tsMs) this.plan.newest.set(set, row);
  }

  /** The part of the message that is neither known nor contradicts; contradictions are noted. */
  #findFresh(device: DeviceSeries, reading: Reading): Reading["numbers"] {
    const { tsMs, numbers } = reading;
    const stored = this.#known.numbers(device, tsMs);
    const planned = this.#planned.get(device)?.get(tsMs);
    return numbers.filter(([metric, value]) => {
      const kept = stored?.get(metric) ?? planned?.get(metric);
      if (kept !== undefined && kept !== value) this.#conflict(reading, metric, kept, value);
      return kept === undefined;
    });
  }

  async #addSingles(device: DeviceSeries, reading: Reading, fresh: Reading["numbers"]): Promise<void> {
    await this.#catalogue.ensureSingles(
      device,
      fresh.map(([metric]) => metric),
    );
    fresh.forEach(([metric], i) => {
      const set = findSet(device, [metric]);
      if (set !== undefined)
        this.#addRow(set, { setId: set.id, tsMs: reading.tsMs, numbers: fresh, order: [i] });
    });
  }

  #addStates(device: DeviceSeries, reading: Reading): void {
    for (const [metric, value] of reading.states) {
      const series = device.states.get(metric);
      if (series === undefined) continue;
      let timeline = this.#timelines.get(series.id);
      if (timeline === undefined) {
        timeline = new StateTimeline(series, this.#known.states(series.id));
        this.#timelines.set(series.id, timeline);
        this.plan.timelines.push(timeline);
      }
      const verdict = timeline.add({ tsMs: reading.tsMs, value });
      if (verdict.kind === "conflict") this.#conflict(reading, metric, verdict.kept, value);
    }
  }

  #conflict(reading: Reading, metric: string, kept: MetricValue, refused: MetricValue): void {
    const { tenantId, deviceId, tsMs, receivedMs } = reading;
    this.plan.conflicts.push({ tenantId, deviceId, metric, tsMs, kept, refused, receivedMs });
  }
}

/** Newest values, after the commit. */
export function takeOver({ newest, timelines }: BatchPlan): void {
  for (const [set, row] of newest) {
    if (row.tsMs <= set.lastMs) continue;
    set.lastMs = row.tsMs;
    set.lastValues = row.order.map((i) => (row.numbers[i] as readonly [string, number])[1]);
    set.unsaved = true;
  }
  for (const { series, newest: last } of timelines) {
    if (last === undefined || last.tsMs <= series.lastMs) continue;
    series.lastMs = last.tsMs;
    series.lastValue = last.value;
    series.unsaved = true;
  }
}
