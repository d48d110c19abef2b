import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AppError,
  type Clock,
  silentLogger,
  systemClock,
  systemRandom,
  type Uuid,
} from "@gatehouse/base";
import { expect, test } from "vitest";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import { createDatabase, createPool, migrate, startPostgres } from "../../../platform/database/index.ts";
import { createTelemetry, type TelemetryTables } from "../index.ts";
import { addDevices } from "../testing/device-tables.ts";
import { directoryOf, MIGRATIONS } from "../testing/house.ts";

/** A server of its own with fsync on: the run's test server neither syncs nor may be killed. */
async function openCrashable(clock: Clock = systemClock) {
  const folder = await mkdtemp(join(tmpdir(), "gatehouse-crash-"));
  const postgres = await startPostgres({
    dataDir: join(folder, "pg"),
    log: silentLogger,
    clock: systemClock,
  });
  const pool = createPool({ connection: postgres.connection, log: silentLogger });
  await migrate(pool, MIGRATIONS, { log: silentLogger, clock: systemClock });
  const { tenantId, deviceIds } = await addDevices(pool, 20);
  const telemetry = createTelemetry({
    pool,
    db: createDatabase<TelemetryTables>(pool),
    clock,
    random: systemRandom,
    log: silentLogger,
    bus: createBus(silentLogger),
    settings: { maxPastDays: () => 30, retention: () => ({ rawDays: 90, rollupDays: 900 }) },
    directory: directoryOf(pool),
    audit: recordingTrail(),
  });
  await telemetry.start?.();
  return {
    postgres,
    pool,
    tenantId,
    deviceIds,
    telemetry,
    async [Symbol.asyncDispose]() {
      await telemetry.stop?.();
      await pool.end();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

test("PostgreSQL is killed under load: every answered reading is there, none twice, and ingest goes on by itself", async () => {
  await using house = await openCrashable();
  const { postgres, pool, telemetry, tenantId, deviceIds } = house;
  const startMs = systemClock.nowMs() - 3_600_000;
  const kept = new Map<Uuid, Set<number>>(deviceIds.map((id) => [id, new Set()]));
  const errors: (AppError | undefined)[] = [];
  let stopping = false;
  /** As a QoS 1 client does: sends the next when the last is answered, and the same again when it was refused. */
  const device = async (deviceId: Uuid): Promise<void> => {
    for (let i = 0; !stopping; i++) {
      const tsMs = startMs + i;
      const reading = {
        tenantId,
        deviceId,
        typeId: "x",
        tsMs,
        receivedMs: tsMs,
        numbers: [
          ["n", i],
          ["m", -i],
        ] as [string, number][],
        states: [["odd", i % 2 === 1]] as [string, boolean][],
      };
      for (;;) {
        const error = await new Promise<AppError | undefined>((resolve) =>
          telemetry.submit(reading, resolve),
        );
        errors.push(error);
        if (error === undefined) break;
        await sleep(50);
      }
      kept.get(deviceId)?.add(tsMs);
    }
  };
  const answered = (): number => [...kept.values()].reduce((sum, set) => sum + set.size, 0);
  const more = async (count: number): Promise<void> => {
    const target = answered() + count;
    while (answered() < target) await sleep(20);
  };
  const running = deviceIds.map(device);
  await more(500);
  process.kill(postgres.pid, "SIGKILL");
  await more(500);
  stopping = true;
  await Promise.all(running);
  // What was on its way when the server died may have been answer enough: then it is still starting.
  while ((await pool.query("select 1").catch(() => undefined)) === undefined) await sleep(50);
  const { rows } = await pool.query<{ device_id: string; ms: number }>(
    `select s.device_id, (extract(epoch from t.ts) * 1000)::float8 as ms
     from telemetry t join metric_sets s on s.id = t.set_id`,
  );
  const stored = Map.groupBy(rows, (row) => row.device_id);
  for (const [deviceId, times] of kept) {
    const found = (stored.get(deviceId) ?? []).map(({ ms }) => ms);
    expect(new Set(found).size).toBe(found.length);
    expect([...times].filter((tsMs) => !found.includes(tsMs))).toEqual([]);
    expect(found.length).toBe(times.size);
  }
  const conflicts = await pool.query("select count(*)::int as n from telemetry_conflicts");
  expect(conflicts.rows).toEqual([{ n: 0 }]);
  expect(errors.every((error) => error === undefined || error.code === "database.unavailable")).toBe(true);
}, 90_000);

test("while the database is away for long, devices are told so, and nothing waits without end", async () => {
  // Twenty times as impatient as usual.
  const monotonicMs = (): number => systemClock.monotonicMs() * 20;
  await using house = await openCrashable({ ...systemClock, monotonicMs });
  const { postgres, telemetry, tenantId, deviceIds } = house;
  const send = (tsMs: number): Promise<AppError | undefined> =>
    new Promise((resolve) =>
      telemetry.submit(
        {
          tenantId,
          deviceId: deviceIds[0] as string,
          typeId: "x",
          tsMs,
          receivedMs: tsMs,
          numbers: [["n", 1]],
          states: [],
        },
        resolve,
      ),
    );
  const nowMs = systemClock.nowMs();
  expect(await send(nowMs)).toBeUndefined();
  await postgres.stop();
  expect((await send(nowMs + 1))?.code).toBe("database.unavailable");
  expect((await send(nowMs + 2))?.code).toBe("database.unavailable");
}, 60_000);
