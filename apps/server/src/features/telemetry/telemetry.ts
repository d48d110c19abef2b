import type { AppError, Clock, Logger, Random, UnixMs, Uuid } from "@gatehouse/base";
import type { access, Bus, Reading, telemetry } from "@gatehouse/contract";
import type { Pool } from "pg";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Feature } from "../../platform/feature.ts";
import { findBoardOwner } from "./boards/board-store.ts";
import { Boards, devicesOn } from "./boards/boards.ts";
import { Catalogue, type LastValue, lastValuesOf } from "./catalogue.ts";
import { CatalogueStore } from "./catalogue-store.ts";
import { type Alongside, BatchWriter, type Horizon } from "./ingest/batch-writer.ts";
import { Ingest } from "./ingest/ingest.ts";
import { IngestStore } from "./ingest/ingest-store.ts";
import { preparePartitions, telemetryJobs } from "./jobs.ts";
import { DAY_MS, type MetricValue, MINUTE_MS, refusalOf } from "./model.ts";
import type { DeviceDirectory, Originals, ReadingScreen, SealedMarks, TelemetrySettings } from "./ports.ts";
import { HistoryReader, type HistoryRequest } from "./query/history.ts";
import { HistoryStore } from "./query/history-store.ts";
import { telemetryRoutes } from "./routes.ts";
import { StatsStore } from "./stats-store.ts";
import type { TelemetryDatabase } from "./tables.ts";
import { Pack } from "./upkeep/pack.ts";
import { PackStore } from "./upkeep/pack-store.ts";
import { RetentionStore } from "./upkeep/retention-store.ts";
import { Rollup } from "./upkeep/rollup.ts";
import { RollupStore } from "./upkeep/rollup-store.ts";

export interface TelemetryDeps {
  readonly pool: Pool;
  readonly db: TelemetryDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bus: Bus;
  readonly settings: TelemetrySettings;
  readonly directory: DeviceDirectory;
  readonly audit: AuditTrail;
  readonly sealedMarks?: SealedMarks;
  readonly originals?: Originals;
  readonly screen?: ReadingScreen;
}

export interface TelemetryStats {
  /** Waiting or being written. */
  readonly queued: number;
  /** Readings since start. */
  readonly accepted: number;
  readonly refused: number;
  /** Values that contradicted an earlier one, since start. */
  readonly conflicts: number;
}

export interface TelemetryFeature extends Feature {
  /**
   * Takes a reading and calls `done` after it is committed, or with why it is not kept; in order of arrival.
   * False: no room, nothing taken, `done` is never called. The same reading again is kept once.
   */
  submit(reading: Reading, done: (error?: AppError) => void): boolean;
  /**
   * Makes history of readings that were kept apart, with what `alongside` writes, in one transaction: all or nothing.
   * `kept` are those that are not too old for it; answers how many. No `readings.stored` is said of them.
   */
  moveIn(readings: readonly Reading[], alongside: Alongside): Promise<number>;
  /** Resolves when everything submitted so far has its answer. */
  flush(): Promise<void>;
  /** The newest committed value of every metric of these devices. */
  lastValues(deviceIds: readonly Uuid[]): ReadonlyMap<Uuid, readonly LastValue[]>;
  history(scope: access.Scope, request: HistoryRequest): Promise<telemetry.History[]>;
  /** Raw values of a series of a known device, oldest first, at most `limit`. */
  values(
    deviceId: Uuid,
    metric: string,
    fromMs: UnixMs,
    toMs: UnixMs,
    limit: number,
  ): Promise<readonly { readonly tsMs: UnixMs; readonly value: MetricValue }[]>;
  stats(): TelemetryStats;
  /** Values kept, and those of the last 24 h, as far as they are rolled up; the total at most a quarter of an hour old. */
  points(): Promise<{ readonly total: number; readonly perDay: number }>;
}

export function createTelemetry(deps: TelemetryDeps): TelemetryFeature {
  const { pool, clock, log, bus, settings, directory } = deps;
  const catalogue = new Catalogue(new CatalogueStore(pool));
  const horizon: Horizon = { rolledUpToMs: 0, packedBeforeMs: 0 };
  const store = new IngestStore(pool, deps);
  const writer = new BatchWriter(catalogue, store, horizon, clock, log);
  // A reading older than what is kept would be all that its hour's rollup is made of.
  const maxAgeDays = (): number => settings.retention().rawDays - 1;
  const maxPastDays = (tenantId: Uuid): number => Math.min(settings.maxPastDays(tenantId), maxAgeDays());
  const ingest = new Ingest({ writer, clock, log, bus, screen: deps.screen, maxPastDays });
  const rollup = new Rollup({ store: new RollupStore(pool), catalogue, ingest, writer, horizon, clock, log });
  const pack = new Pack({ pool, store: new PackStore(pool), ingest, writer, horizon, rollup, clock, log });
  const reader = new HistoryReader({ catalogue, store: new HistoryStore(pool), rollup, directory, clock });
  const retention = new RetentionStore(pool);
  const unsubscribe = bus.subscribe("device.changed", ({ deviceId, change }) => {
    if (change === "removed") catalogue.forget(deviceId);
  });
  return {
    name: "telemetry",
    names: [{ kind: "board", permission: "board.read", list: (scope) => new Boards(deps, scope).list() }],
    routes: telemetryRoutes({ ...deps, catalogue, reader }),
    resources: {
      async board(id) {
        const found = await findBoardOwner(deps.db, id);
        if (found === undefined) return undefined;
        const { tenantId, board } = found;
        return { tenantId, places: () => directory.placesOf(tenantId, devicesOn(board)) };
      },
    },
    jobs: telemetryJobs({ pool, catalogue, ingest, rollup, pack, retention, settings, clock, log }),
    async start() {
      horizon.packedBeforeMs = Pack.edgeMs(clock.nowMs());
      await preparePartitions(pool, clock);
      await catalogue.load();
      await rollup.load();
    },
    async stop() {
      unsubscribe();
      await ingest.stop();
      store.disconnect();
      await catalogue
        .saveLast()
        .catch((error: unknown) => log.warn({ err: error }, "telemetry.last_not_saved"));
    },
    submit: (reading, done) => ingest.submit(reading, done),
    moveIn: (readings, alongside) =>
      ingest.exclusively(async () => {
        const nowMs = clock.nowMs();
        const fits = readings.filter(
          (reading) => refusalOf(reading, nowMs, maxAgeDays() * DAY_MS) === undefined,
        );
        const refused = await writer.moveIn(fits, alongside);
        return fits.filter((reading) => !refused.has(reading)).length;
      }),
    flush: () => ingest.flush(),
    lastValues: (deviceIds) => lastOf(catalogue, deviceIds),
    history: (scope, request) => reader.read(scope, request),
    values: (deviceId, metric, fromMs, toMs, limit) =>
      reader.values({ deviceId, metric }, fromMs, toMs, limit),
    stats: () => ({
      queued: ingest.queued,
      accepted: writer.counts.accepted,
      refused: writer.counts.refused,
      conflicts: writer.counts.conflicts,
    }),
    points: countPoints(new StatsStore(pool), rollup, settings, clock),
  };
}

function lastOf(catalogue: Catalogue, deviceIds: readonly Uuid[]): Map<Uuid, LastValue[]> {
  const found = new Map<Uuid, LastValue[]>();
  for (const deviceId of deviceIds) {
    const device = catalogue.find(deviceId);
    if (device !== undefined) found.set(deviceId, lastValuesOf(device));
  }
  return found;
}

function countPoints(
  store: StatsStore,
  rollup: Rollup,
  settings: TelemetrySettings,
  clock: Clock,
): TelemetryFeature["points"] {
  const since = (ageMs: number) => store.pointsSince(clock.nowMs() - ageMs, rollup.hoursDoneMs);
  const total = remembered(clock, 15 * MINUTE_MS, () => since(settings.retention().rawDays * DAY_MS));
  const perDay = remembered(clock, MINUTE_MS, () => since(DAY_MS));
  return async () => ({ total: await total(), perDay: await perDay() });
}

/** Asks again when the answer is older than `forMs`, or was an error. */
function remembered<T>(clock: Clock, forMs: number, ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly atMs: number; readonly answer: Promise<T> } | undefined;
  return () => {
    const atMs = clock.monotonicMs();
    if (last === undefined || atMs - last.atMs > forMs) {
      const answer = ask();
      answer.catch(() => {
        last = undefined;
      });
      last = { atMs, answer };
    }
    return last.answer;
  };
}
