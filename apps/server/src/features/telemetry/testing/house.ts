import {
  type AppError,
  type Clock,
  silentLogger,
  systemClock,
  systemRandom,
  type Uuid,
} from "@gatehouse/base";
import type { Bus, Reading } from "@gatehouse/contract";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import { createTestDatabase, type TestDatabase } from "../../../platform/database/testing/index.ts";
import {
  createTelemetry,
  type TelemetryFeature,
  type TelemetryTables,
  telemetryMigrations,
} from "../index.ts";
import type { DeviceDirectory, SealedMarks } from "../ports.ts";
import { addDevices, deviceTables } from "./device-tables.ts";

export const MIGRATIONS = [deviceTables, telemetryMigrations];

/** Says every device of the tenant is called by its id. */
export function directoryOf(pool: TestDatabase<TelemetryTables>["pool"]): DeviceDirectory {
  const find = async (tenantId: Uuid, ids: readonly Uuid[] | undefined) => {
    const { rows } = await pool.query<{ id: string }>(
      "select id from devices where tenant_id = $1 and ($2::uuid[] is null or id = any($2)) order by id",
      [tenantId, ids ?? null],
    );
    return rows.map(({ id }) => ({
      deviceId: id,
      name: `dev-${id.slice(-6)}`,
      label: "",
      siteId: tenantId,
      siteName: "Café",
      metrics: [
        { key: "t", kind: "number" as const, unit: "°C", label: { en: "Temperature", fr: "Température" } },
      ],
    }));
  };
  return {
    list: ({ tenantId }) => find(tenantId, undefined),
    find: ({ tenantId }, ids) => find(tenantId, ids),
    seesAll: () => true,
    placesOf: () => [],
  };
}

export interface House extends AsyncDisposable {
  readonly database: TestDatabase<TelemetryTables>;
  readonly telemetry: TelemetryFeature;
  readonly bus: Bus;
  readonly tenantId: Uuid;
  readonly deviceIds: Uuid[];
  /** Submits and waits for the answers, in order; undefined = kept. */
  send(...readings: Partial<Reading>[]): Promise<(AppError | undefined)[]>;
  /** Runs one of the feature's jobs. */
  run(job: string): Promise<void>;
  /** The same database under a new program. */
  restart(): Promise<TelemetryFeature>;
}

export const START_MS = Date.UTC(2026, 5, 1, 12);

/** A clock that stands still until the test moves it; its timers are real. */
export function testClock(nowMs = START_MS): Clock & { nowAt: number } {
  return {
    nowAt: nowMs,
    nowMs() {
      return this.nowAt;
    },
    monotonicMs: () => systemClock.monotonicMs(),
    after: (delayMs, run) => systemClock.after(delayMs, run),
    every: (periodMs, run) => systemClock.every(periodMs, run),
  };
}

export interface HouseOptions {
  readonly devices?: number;
  readonly clock?: Clock;
  readonly sealedMarks?: SealedMarks;
}

export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const database = await createTestDatabase<TelemetryTables>(MIGRATIONS);
  const clock = options.clock ?? testClock();
  const { tenantId, deviceIds } = await addDevices(database.pool, options.devices ?? 1);
  const make = async (bus: Bus): Promise<TelemetryFeature> => {
    const feature = createTelemetry({
      ...(options.sealedMarks === undefined ? {} : { sealedMarks: options.sealedMarks }),
      pool: database.pool,
      db: database.db,
      clock,
      random: systemRandom,
      log: silentLogger,
      bus,
      settings: { maxPastDays: () => 400, retention: () => ({ rawDays: 400, rollupDays: 800 }) },
      directory: directoryOf(database.pool),
      audit: recordingTrail(),
    });
    await feature.start?.();
    return feature;
  };
  const bus = createBus(silentLogger);
  const house = {
    database,
    bus,
    tenantId,
    deviceIds,
    telemetry: await make(bus),
    send: (...readings: Partial<Reading>[]) =>
      Promise.all(
        readings.map((partial) => {
          const tsMs = partial.tsMs ?? clock.nowMs();
          const reading = {
            tenantId,
            deviceId: deviceIds[0] as Uuid,
            typeId: "generic",
            numbers: [],
            states: [],
            receivedMs: tsMs,
            ...partial,
            tsMs,
          };
          return new Promise<AppError | undefined>((resolve, reject) => {
            if (!house.telemetry.submit(reading, resolve)) reject(new Error("the queue is full"));
          });
        }),
      ),
    async run(name: string) {
      const job = house.telemetry.jobs?.find((known) => known.name === name);
      if (job === undefined) throw new Error(`no job ${name}`);
      await job.run({}, new AbortController().signal);
    },
    async restart() {
      await house.telemetry.stop?.();
      house.telemetry = await make(createBus(silentLogger));
      return house.telemetry;
    },
    async [Symbol.asyncDispose]() {
      await house.telemetry.stop?.();
      await database[Symbol.asyncDispose]();
    },
  };
  return house;
}
