import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";
import type { CatalogueStore } from "./catalogue-store.ts";
import { MAX_METRICS_PER_DEVICE, type MetricValue } from "./model.ts";

/** The metrics a device sends together. Every stored row names one set, and its values have the set's order. */
export interface MetricSet {
  readonly id: number;
  readonly metrics: readonly string[];
  lastMs: UnixMs;
  /** In the order of `metrics`. */
  lastValues: readonly number[];
  /** Newer than what the database says of it. */
  unsaved: boolean;
}

export interface StateSeries {
  readonly id: number;
  readonly metric: string;
  lastMs: UnixMs;
  lastValue: boolean | string | undefined;
  unsaved: boolean;
}

/** Which values of a message go to which set: value i of the set is number `order[i]` of the message. */
interface LayoutPart {
  readonly set: MetricSet;
  readonly order: readonly number[];
}

/** The metrics of a message in the order they were sent, and where they go. */
export interface Layout {
  readonly metrics: readonly string[];
  readonly parts: readonly LayoutPart[];
}

export interface DeviceSeries {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly metrics: Set<string>;
  readonly sets: MetricSet[];
  readonly layouts: Layout[];
  readonly states: Map<string, StateSeries>;
  /** No number of this device was ever handed to the database with a later instant. */
  newestMs: UnixMs;
}

/** A device that sends ever new combinations gets one set a metric from here on. */
const MAX_SETS_PER_DEVICE = 64;
const MAX_LAYOUTS_PER_DEVICE = 32;
const NEVER_MS = Number.NEGATIVE_INFINITY;
const METRIC_KEY = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/** Every series of every device in memory: what it is called in the database, and its newest value. */
export class Catalogue {
  readonly #store: CatalogueStore;
  readonly #devices = new Map<Uuid, DeviceSeries>();

  constructor(store: CatalogueStore) {
    this.#store = store;
  }

  async load(): Promise<void> {
    const { sets, states } = await this.#store.load();
    for (const row of sets) {
      const device = this.#deviceOf(row.tenantId, row.deviceId);
      this.#addSet(device, row.id, row.metrics, row.lastMs, row.lastValues);
    }
    for (const row of states) {
      const device = this.#deviceOf(row.tenantId, row.deviceId);
      this.#addState(device, row.id, row.metric, row.lastMs, row.lastValue);
    }
  }

  find(deviceId: Uuid): DeviceSeries | undefined {
    return this.#devices.get(deviceId);
  }

  devices(): IterableIterator<DeviceSeries> {
    return this.#devices.values();
  }

  forget(deviceId: Uuid): void {
    this.#devices.delete(deviceId);
  }

  /** Forgets the devices that any of these belongs to. */
  forgetSeries({
    setIds,
    stateIds,
  }: {
    readonly setIds: readonly number[];
    readonly stateIds: readonly number[];
  }): void {
    const [sets, states] = [new Set(setIds), new Set(stateIds)];
    for (const { deviceId, sets: ownSets, states: ownStates } of this.#devices.values()) {
      const isGone =
        ownSets.some(({ id }) => sets.has(id)) || [...ownStates.values()].some(({ id }) => states.has(id));
      if (isGone) this.#devices.delete(deviceId);
    }
  }

  /**
   * Makes sure that every set and state series of the readings exists, and answers why some readings cannot
   * have theirs: an unknown device, too many metrics, a name that is none.
   */
  async ensure(readings: readonly Reading[]): Promise<Map<Reading, AppError>> {
    const refused = new Map<Reading, AppError>();
    const missing = readings.filter((reading) => !this.#isKnown(reading));
    if (missing.length === 0) return refused;
    const wanted = new Map<string, Wanted>();
    for (const reading of missing) {
      const error = this.#want(reading, wanted);
      if (error !== undefined) refused.set(reading, error);
    }
    await this.#create([...wanted.values()]);
    for (const reading of missing) {
      if (refused.has(reading)) continue;
      const device = this.#devices.get(reading.deviceId);
      if (device?.tenantId !== reading.tenantId || !this.#isComplete(device, reading))
        refused.set(reading, new AppError("device.not_found"));
    }
    return refused;
  }

  /** One set a metric, for values that cannot go where the rest of their message goes. */
  async ensureSingles(device: DeviceSeries, metrics: readonly string[]): Promise<void> {
    const sets = new Set(metrics.filter((metric) => findSet(device, [metric]) === undefined));
    if (sets.size > 0) await this.#create([{ ...device, sets, states: new Set() }]);
  }

  /** Writes newest values that the database does not know yet. */
  async saveLast(): Promise<void> {
    const sets: MetricSet[] = [];
    const states: StateSeries[] = [];
    for (const device of this.#devices.values()) {
      for (const set of device.sets) if (set.unsaved) sets.push(set);
      for (const state of device.states.values()) if (state.unsaved) states.push(state);
    }
    for (const entry of [...sets, ...states]) entry.unsaved = false;
    try {
      await this.#store.saveLast(sets, states);
    } catch (error) {
      for (const entry of [...sets, ...states]) entry.unsaved = true;
      throw error;
    }
  }

  #isKnown(reading: Reading): boolean {
    const device = this.#devices.get(reading.deviceId);
    if (device?.tenantId !== reading.tenantId) return false;
    if (reading.numbers.length > 0 && findLayout(device, reading) === undefined) return false;
    return reading.states.every(([metric]) => device.states.has(metric));
  }

  #want(reading: Reading, wanted: Map<string, Wanted>): AppError | undefined {
    const { tenantId, deviceId } = reading;
    // A message that names the wrong tenant must not take those of the right one with it.
    const key = `${tenantId}/${deviceId}`;
    const known = this.#devices.get(deviceId);
    if (known !== undefined && known.tenantId !== tenantId) return new AppError("device.not_found");
    const names = [...reading.numbers, ...reading.states].map(([metric]) => metric);
    if (new Set(names).size !== names.length || !names.every((name) => METRIC_KEY.test(name)))
      return new AppError("message.schema");
    const want = wanted.get(key) ?? newWanted(tenantId, deviceId);
    const metrics = new Set([...(known?.metrics ?? []), ...want.metrics, ...names]);
    if (metrics.size > MAX_METRICS_PER_DEVICE)
      return new AppError("message.too_many_metrics", { limit: MAX_METRICS_PER_DEVICE });
    for (const name of names) want.metrics.add(name);
    const numbers = reading.numbers.map(([metric]) => metric).sort();
    if (numbers.length > 0) this.#wantSets(known, want, numbers);
    for (const [metric] of reading.states) if (!known?.states.has(metric)) want.states.add(metric);
    wanted.set(key, want);
    return undefined;
  }

  #wantSets(known: DeviceSeries | undefined, want: Wanted, sorted: readonly string[]): void {
    const isMissing = (set: readonly string[]): boolean =>
      known === undefined || findSet(known, set) === undefined;
    const name = sorted.join(",");
    if (!isMissing(sorted) || want.sets.has(name)) return;
    if ((known?.sets.length ?? 0) + want.sets.size < MAX_SETS_PER_DEVICE) want.sets.add(name);
    else for (const metric of sorted) if (isMissing([metric])) want.sets.add(metric);
  }

  async #create(wanted: readonly Omit<Wanted, "metrics">[]): Promise<void> {
    const sets = wanted.flatMap(({ tenantId, deviceId, sets }) =>
      [...sets].map((metrics) => ({ tenantId, deviceId, metrics })),
    );
    const states = wanted.flatMap(({ tenantId, deviceId, states }) =>
      [...states].map((metric) => ({ tenantId, deviceId, metric })),
    );
    for (const row of sets.length > 0 ? await this.#store.createSets(sets) : []) {
      const device = this.#deviceOf(row.tenantId, row.deviceId);
      if (findSet(device, row.metrics) === undefined)
        this.#addSet(device, row.id, row.metrics, row.lastMs, row.lastValues);
    }
    for (const row of states.length > 0 ? await this.#store.createStates(states) : []) {
      const device = this.#deviceOf(row.tenantId, row.deviceId);
      if (!device.states.has(row.metric))
        this.#addState(device, row.id, row.metric, row.lastMs, row.lastValue);
    }
  }

  /** After the sets exist: remembers where this order of metrics goes. */
  #isComplete(device: DeviceSeries, reading: Reading): boolean {
    if (!reading.states.every(([metric]) => device.states.has(metric))) return false;
    if (reading.numbers.length === 0 || findLayout(device, reading) !== undefined) return true;
    const metrics = reading.numbers.map(([metric]) => metric);
    const whole = findSet(device, [...metrics].sort());
    const sets = whole === undefined ? metrics.map((metric) => findSet(device, [metric])) : [whole];
    const parts: LayoutPart[] = [];
    for (const set of sets) {
      if (set === undefined) return false;
      parts.push({ set, order: set.metrics.map((metric) => metrics.indexOf(metric)) });
    }
    device.layouts.unshift({ metrics, parts });
    device.layouts.length = Math.min(device.layouts.length, MAX_LAYOUTS_PER_DEVICE);
    return true;
  }

  #deviceOf(tenantId: Uuid, deviceId: Uuid): DeviceSeries {
    const known = this.#devices.get(deviceId);
    if (known !== undefined) return known;
    const device: DeviceSeries = {
      tenantId,
      deviceId,
      metrics: new Set(),
      sets: [],
      layouts: [],
      states: new Map(),
      newestMs: NEVER_MS,
    };
    this.#devices.set(deviceId, device);
    return device;
  }

  #addSet(
    device: DeviceSeries,
    id: number,
    metrics: readonly string[],
    lastMs = NEVER_MS,
    lastValues: readonly number[] = [],
  ): void {
    device.sets.push({ id, metrics, lastMs, lastValues, unsaved: false });
    for (const metric of metrics) device.metrics.add(metric);
    device.newestMs = Math.max(device.newestMs, lastMs);
  }

  #addState(
    device: DeviceSeries,
    id: number,
    metric: string,
    lastMs = NEVER_MS,
    lastValue?: boolean | string,
  ): void {
    device.states.set(metric, { id, metric, lastMs, lastValue, unsaved: false });
    device.metrics.add(metric);
  }
}

interface Wanted {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly metrics: Set<string>;
  /** Sorted names, joined by commas. */
  readonly sets: Set<string>;
  readonly states: Set<string>;
}

const newWanted = (tenantId: Uuid, deviceId: Uuid): Wanted => ({
  tenantId,
  deviceId,
  metrics: new Set(),
  sets: new Set(),
  states: new Set(),
});

/** Where this message's numbers go; undefined when its metrics have not been seen in this order. Runs for every message. */
export function findLayout(device: DeviceSeries, reading: Reading): Layout | undefined {
  for (const layout of device.layouts) if (isSameOrder(layout.metrics, reading.numbers)) return layout;
  return undefined;
}

function isSameOrder(metrics: readonly string[], numbers: Reading["numbers"]): boolean {
  if (metrics.length !== numbers.length) return false;
  for (let i = 0; i < metrics.length; i++) if (metrics[i] !== numbers[i]?.[0]) return false;
  return true;
}

export function findSet(device: DeviceSeries, sorted: readonly string[]): MetricSet | undefined {
  return device.sets.find(
    (set) => set.metrics.length === sorted.length && set.metrics.every((metric, i) => metric === sorted[i]),
  );
}

export interface LastValue {
  readonly metric: string;
  readonly tsMs: UnixMs;
  readonly value: MetricValue;
}

/** The newest value of every metric of a device. */
export function lastValuesOf(device: DeviceSeries): LastValue[] {
  const newest = new Map<string, LastValue>();
  const offer = (metric: string, tsMs: UnixMs, value: MetricValue | undefined): void => {
    const known = newest.get(metric);
    if (value !== undefined && (known === undefined || known.tsMs < tsMs))
      newest.set(metric, { metric, tsMs, value });
  };
  for (const set of device.sets)
    for (const [i, metric] of set.metrics.entries()) offer(metric, set.lastMs, set.lastValues[i]);
  for (const state of device.states.values()) offer(state.metric, state.lastMs, state.lastValue);
  return [...newest.values()];
}
