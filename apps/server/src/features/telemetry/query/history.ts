import { AppError, type Clock, type UnixMs } from "@gatehouse/base";
import type { access, telemetry } from "@gatehouse/contract";
import { type Catalogue, lastValuesOf } from "../catalogue.ts";
import {
  DAY_MS,
  HOUR_MS,
  type MetricValue,
  MINUTE_MS,
  parseSeriesRef,
  type SeriesKey,
  startOf,
} from "../model.ts";
import type { DeviceDirectory } from "../ports.ts";
import type { Rollup } from "../upkeep/rollup.ts";
import { type Bucket, mergeBuckets } from "./buckets.ts";
import type { HistoryStore, Place, Point } from "./history-store.ts";

export interface HistoryRequest {
  readonly series: readonly string[];
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  readonly maxPoints?: number;
  readonly resolution?: telemetry.Resolution;
}

export interface HistoryDeps {
  readonly catalogue: Catalogue;
  readonly store: HistoryStore;
  readonly rollup: Pick<Rollup, "minutesDoneMs" | "hoursDoneMs">;
  readonly directory: DeviceDirectory;
  readonly clock: Clock;
}

const DEFAULT_MAX_POINTS = 1_000;
const MAX_RANGE_MS = 3_660 * DAY_MS;
/** Late hours this near to now are computed for the reader; older ones appear when the job has been there. */
const LATE_MS = 6 * HOUR_MS;
/** In one answer, whatever was asked for. */
const MAX_POINTS_IN_ALL = 200_000;
/** Minutes behind the stored hours: a week, should the rollup be that late. */
const MAX_TAIL_MINUTES = 10_080;

interface Asked extends SeriesKey {
  readonly index: number;
  readonly ref: string;
}

type BoundedRequest = HistoryRequest & { readonly maxPoints: number };

type Columns = Omit<telemetry.History, "ref" | "fromMs" | "toMs" | "conflicts">;

export function assertRange(fromMs: UnixMs, toMs: UnixMs): void {
  if (fromMs >= toMs || toMs - fromMs > MAX_RANGE_MS) throw new AppError("telemetry.range_invalid");
}

/** Histories at the finest resolution that fits, up to the newest reading. */
export class HistoryReader {
  readonly #deps: HistoryDeps;

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  async read(scope: access.Scope, { maxPoints, ...given }: HistoryRequest): Promise<telemetry.History[]> {
    const { fromMs, toMs } = given;
    assertRange(fromMs, toMs);
    const fitting = Math.floor(MAX_POINTS_IN_ALL / given.series.length);
    const request = { ...given, maxPoints: Math.min(maxPoints ?? DEFAULT_MAX_POINTS, fitting) };
    const asked = given.series.map((ref, index) => ({ ref, index, ...parseSeriesRef(ref) }));
    await this.assertKnown(scope, asked);
    const [states, numbers] = [
      asked.filter((key) => this.#isState(key)),
      asked.filter((key) => !this.#isState(key)),
    ];
    const columns = await this.#numbers(numbers, request);
    for (const key of states) columns.set(key.index, await this.#states(key, request));
    const conflicts = await this.#deps.store.conflicts(asked, fromMs, toMs);
    return asked.map(({ ref, index }) => ({
      ref,
      fromMs,
      toMs,
      conflicts: conflicts.get(index) ?? 0,
      ...(columns.get(index) as Columns),
    }));
  }

  /** Raw values of one series, oldest first, at most `limit`. */
  async values(
    key: SeriesKey,
    fromMs: UnixMs,
    toMs: UnixMs,
    limit: number,
  ): Promise<readonly Point<MetricValue>[]> {
    const asked = { ...key, index: 0, ref: "" };
    if (this.#isState(asked)) return this.#stateChanges(asked, fromMs, toMs, limit);
    const points = await this.#deps.store.raw(this.#places([asked]), fromMs, toMs, limit);
    return (points.get(0) ?? []).slice(0, limit);
  }

  /** Throws unless every series is of a device that the asker may see; a metric without data yet is known too. */
  async assertKnown(scope: access.Scope, keys: readonly SeriesKey[]): Promise<void> {
    const ids = [...new Set(keys.map(({ deviceId }) => deviceId))];
    const found = await this.#deps.directory.find(scope, ids);
    if (found.length < ids.length) throw new AppError("telemetry.series_not_found");
  }

  /** A metric that was both is what its newest value is. */
  #isState({ deviceId, metric }: SeriesKey): boolean {
    const device = this.#deps.catalogue.find(deviceId);
    if (device === undefined || !device.states.has(metric)) return false;
    return typeof lastValuesOf(device).find((last) => last.metric === metric)?.value !== "number";
  }

  #places(asked: readonly Asked[]): Place[] {
    return asked.flatMap(({ index, deviceId, metric }) => {
      const sets = this.#deps.catalogue.find(deviceId)?.sets ?? [];
      return sets.flatMap((set) => {
        const position = set.metrics.indexOf(metric) + 1;
        return position === 0 ? [] : [{ index, setId: set.id, position }];
      });
    });
  }

  async #numbers(asked: readonly Asked[], request: BoundedRequest): Promise<Map<number, Columns>> {
    const { fromMs, toMs, resolution, maxPoints } = request;
    const columns = new Map<number, Columns>();
    let left = asked;
    const settle = (index: number, found: Columns): void => void columns.set(index, found);
    if (resolution === undefined || resolution === "raw") {
      const points = await this.#deps.store.raw(this.#places(left), fromMs, toMs, maxPoints + 1);
      for (const { index } of left) {
        const found = points.get(index) ?? [];
        if (found.length <= maxPoints || resolution === "raw") settle(index, rawColumns(found, maxPoints));
      }
      left = left.filter(({ index }) => !columns.has(index));
    }
    if (resolution === "1m" || (resolution === undefined && toMs - fromMs <= (maxPoints - 1) * MINUTE_MS)) {
      const minutes = await this.#minutes(this.#places(left), fromMs, toMs, maxPoints + 1);
      for (const { index } of left) settle(index, bucketColumns("1m", minutes.get(index) ?? [], maxPoints));
    } else if (left.length > 0) {
      // Auto: buckets of as many hours as make the range fit. One more is touched where it begins within one.
      const hoursEach = resolution === undefined ? Math.ceil((toMs - fromMs) / HOUR_MS / (maxPoints - 1)) : 1;
      const hours = await this.#hours(this.#places(left), fromMs, toMs, hoursEach * HOUR_MS, maxPoints + 1);
      for (const { index } of left) settle(index, bucketColumns("1h", hours.get(index) ?? [], maxPoints));
    }
    return columns;
  }

  /** Minutes that begin in the range: stored ones, and computed ones where none are stored yet. */
  async #minutes(
    places: readonly Place[],
    rangeFromMs: UnixMs,
    toMs: UnixMs,
    limit: number,
  ): Promise<Map<number, Bucket[]>> {
    const { store, rollup, clock } = this.#deps;
    const fromMs = startOf(rangeFromMs, MINUTE_MS);
    const edgeMs = Math.min(toMs, Math.max(fromMs, rollup.minutesDoneMs));
    const lateFromMs = startOf(Math.max(fromMs, clock.nowMs() - LATE_MS), HOUR_MS);
    const setIds = [...new Set(places.map(({ setId }) => setId))];
    const late = lateFromMs < edgeMs ? await store.dirtyHours(setIds, lateFromMs, edgeMs) : [];
    const parts = [await store.minutes(places, fromMs, edgeMs, limit)];
    for (const hourMs of late)
      parts.push(
        await store.liveMinutes(places, Math.max(fromMs, hourMs), Math.min(edgeMs, hourMs + HOUR_MS)),
      );
    parts.push(await store.liveMinutes(places, edgeMs, toMs));
    const isLate = new Set(late);
    const byIndex = new Map<number, Bucket[]>();
    for (const [partNumber, part] of parts.entries()) {
      for (const [index, buckets] of part) {
        const kept =
          partNumber > 0 ? buckets : buckets.filter(({ tsMs }) => !isLate.has(startOf(tsMs, HOUR_MS)));
        byIndex.set(index, [...(byIndex.get(index) ?? []), ...kept]);
      }
    }
    for (const [index, buckets] of byIndex) byIndex.set(index, mergeBuckets(buckets, MINUTE_MS));
    return byIndex;
  }

  /** Buckets of `widthMs`, whole hours: out of stored hours, then out of minutes. */
  async #hours(
    places: readonly Place[],
    rangeFromMs: UnixMs,
    toMs: UnixMs,
    widthMs: number,
    limit: number,
  ): Promise<Map<number, Bucket[]>> {
    const { store, rollup, clock } = this.#deps;
    const fromMs = startOf(rangeFromMs, HOUR_MS);
    // Recent hours may wait for late readings, so they too are made of minutes.
    const recentMs = startOf(clock.nowMs() - LATE_MS, HOUR_MS);
    const edgeMs = Math.min(toMs, Math.max(fromMs, Math.min(rollup.hoursDoneMs, recentMs)));
    const hours = await store.hours(places, fromMs, edgeMs, widthMs, limit);
    const minutes = await this.#minutes(places, edgeMs, toMs, MAX_TAIL_MINUTES);
    for (const index of new Set(places.map((place) => place.index)))
      hours.set(index, mergeBuckets([...(hours.get(index) ?? []), ...(minutes.get(index) ?? [])], widthMs));
    return hours;
  }

  async #states(key: Asked, { fromMs, toMs, maxPoints }: BoundedRequest): Promise<Columns> {
    const changes = await this.#stateChanges(key, fromMs, toMs, maxPoints + 1);
    const kept = changes.slice(0, maxPoints);
    return {
      resolution: "raw",
      truncated: changes.length > kept.length,
      t: kept.map(({ tsMs }) => Math.max(tsMs, fromMs)),
      v: kept.map(({ value }) => (value === true ? 1 : 0)),
      s: kept.map(({ value }) => value),
    };
  }

  #stateChanges(
    { deviceId, metric }: SeriesKey,
    fromMs: UnixMs,
    toMs: UnixMs,
    limit: number,
  ): Promise<Point<boolean | string>[]> {
    const series = this.#deps.catalogue.find(deviceId)?.states.get(metric);
    return series === undefined
      ? Promise.resolve([])
      : this.#deps.store.states(series.id, fromMs, toMs, limit);
  }
}

function rawColumns(points: readonly Point<number>[], maxPoints: number): Columns {
  const kept = points.slice(0, maxPoints);
  return {
    resolution: "raw",
    truncated: points.length > kept.length,
    t: kept.map(({ tsMs }) => tsMs),
    v: kept.map(({ value }) => value),
  };
}

function bucketColumns(resolution: "1m" | "1h", buckets: readonly Bucket[], maxPoints: number): Columns {
  const kept = buckets.slice(0, maxPoints);
  return {
    resolution,
    truncated: buckets.length > kept.length,
    t: kept.map(({ tsMs }) => tsMs),
    v: kept.map(({ sum, n }) => sum / n),
    min: kept.map(({ min }) => min),
    max: kept.map(({ max }) => max),
    n: kept.map(({ n }) => n),
  };
}
