import { randomUUID } from "node:crypto";
import { silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import { access, type alerts, type Bus, type Reading } from "@gatehouse/contract";
import { type VirtualClock, virtualClock } from "@gatehouse/testkit";
import type { Pool } from "pg";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import type { FeatureMigrations } from "../../../platform/feature.ts";
import { type AlertsFeature, alertsMigrations, createAlerts } from "../index.ts";
import type {
  CameraEvents,
  DeviceDirectory,
  NoticeKind,
  Notifier,
  SeenEvent,
  StoredValue,
  TelemetryReader,
  WatchedDevice,
} from "../ports.ts";
import type { AlertTables } from "../tables.ts";

/** The columns of other features that alerts refer to. */
export const neighbours: FeatureMigrations = {
  feature: "neighbours",
  migrations: [
    {
      id: "001-create",
      up: `
        create table tenants (id uuid primary key);
        create table devices (id uuid primary key, tenant_id uuid not null references tenants (id));`,
    },
  ],
};

/** Whose organisation asks, and which part of it. */
export interface Asked {
  readonly tenantId?: Uuid;
  readonly reach?: access.Reach;
}

export interface Notice {
  readonly kind: NoticeKind;
  readonly alert: alerts.Alert;
  readonly channelIds: readonly Uuid[];
}

/** A house around the feature: real database and bus, a clock that the test moves, devices it makes up. */
export interface House extends AsyncDisposable {
  readonly tenantId: Uuid;
  readonly pool: Pool;
  readonly clock: VirtualClock;
  readonly bus: Bus;
  readonly feature: AlertsFeature;
  readonly notices: Notice[];
  /** Alert changes the bus said. */
  readonly said: string[];
  readonly channels: Set<Uuid>;
  readonly history: Map<string, { tsMs: number; value: number | boolean | string }[]>;
  addDevice(part?: Partial<WatchedDevice>): Promise<WatchedDevice>;
  changeDevice(device: WatchedDevice, part: Partial<WatchedDevice>): void;
  deleteDevice(device: WatchedDevice): Promise<void>;
  /** Stores a reading, as telemetry would, and says so. */
  send(device: WatchedDevice, values: Record<string, number | boolean | string>, ageMs?: number): void;
  /** Lets time go by and everything queued finish. */
  pass(ms: number): Promise<void>;
  settled(): Promise<void>;
  /** Stops the feature, or just drops it as a crash would, and starts another on the same database. */
  restart(options?: { crash?: boolean; downMs?: number }): Promise<void>;
  addRule(body: Partial<alerts.RuleBody>): Promise<alerts.Rule>;
  call<T>(path: string, input?: { params?: object; query?: object; body?: object } & Asked): Promise<T>;
  failNextNotice(error: Error): void;
  /** What happens before cameras, as its feature would answer. */
  readonly seen: Map<Uuid, SeenEvent>;
  /** Cameras that look for people. */
  readonly looking: Set<Uuid>;
}

export const RULE: alerts.RuleBody = {
  name: "Too warm",
  enabled: true,
  severity: "warning",
  scope: {},
  condition: { kind: "threshold", metric: "temperature", op: "above", limit: 30, hysteresis: 1 },
  holdMs: 0,
  channelIds: [],
  repeatMs: 0,
};

const TYPES = {
  thermometer: [{ key: "temperature", kind: "number", unit: "°C" }],
  contact: [{ key: "open", kind: "state", unit: "" }],
  generic: [],
} as const;

export async function openHouse(): Promise<House> {
  const database = await createTestDatabase<AlertTables>([neighbours, alertsMigrations]);
  const { pool, db } = database;
  const clock = virtualClock();
  const tenantId = randomUUID();
  await pool.query("insert into tenants (id) values ($1)", [tenantId]);
  const bus = createBus(silentLogger);
  const devices = new Map<Uuid, WatchedDevice>();
  const last = new Map<Uuid, Map<string, StoredValue>>();
  const notices: Notice[] = [];
  const said: string[] = [];
  const channels = new Set<Uuid>();
  const history: House["history"] = new Map();
  const seen = new Map<Uuid, SeenEvent>();
  const looking = new Set<Uuid>();
  const events: CameraEvents = {
    find: async (id) => seen.get(id),
    alarmsSince: async (sinceMs) =>
      [...seen.values()].filter(
        ({ detection }) => detection?.armed === true && (detection.alarmMs ?? 0) >= sinceMs,
      ),
    eventsIn: async (_tenant, ids, fromMs, toMs) =>
      [...seen.values()].filter(
        ({ cameraId, endMs = toMs, startMs }) => ids.includes(cameraId) && startMs < toMs && endMs > fromMs,
      ),
  };
  let nextFailure: Error | undefined;

  const typeMetrics = (typeId: string) => {
    const metrics = TYPES[typeId as keyof typeof TYPES] as (typeof TYPES)["thermometer"] | undefined;
    return metrics === undefined ? undefined : { metrics, open: typeId === "generic" };
  };
  const directory: DeviceDirectory = {
    list: async () => [...devices.values()],
    find: async (ids) => ids.flatMap((id) => devices.get(id) ?? []),
    within: ({ reach }) =>
      reach === "all"
        ? "all"
        : [...devices.values()].filter((one) => access.reaches(reach, one)).map(({ deviceId }) => deviceId),
    placesOf: (_tenant, ids) => ids.flatMap((id) => devices.get(id) ?? []),
    typeMetrics,
  };
  const telemetry: TelemetryReader = {
    last: async (ids) => new Map(ids.map((id) => [id, [...(last.get(id)?.values() ?? [])]])),
    history: async (_tenant, deviceId, metric, fromMs, toMs, limit) =>
      (history.get(`${deviceId}:${metric}`) ?? [])
        .filter(({ tsMs }) => tsMs >= fromMs && tsMs <= toMs)
        .slice(0, limit),
  };
  const notifier: Notifier = {
    async enqueue(_tx, { kind, alert, channelIds }) {
      const failure = nextFailure;
      nextFailure = undefined;
      if (failure !== undefined) throw failure;
      notices.push({ kind, alert, channelIds });
    },
    channelNames: async () => new Map([...channels].map((id) => [id, `channel ${id.slice(0, 4)}`])),
    unknownChannels: async (_tenant, ids) => ids.filter((id) => !channels.has(id)),
  };
  bus.subscribe("alert.changed", ({ event }) => void said.push(event));
  let cuts: (() => void)[] = [];
  /** What ties the running feature to the world can be cut, as when its process is killed. */
  const make = () =>
    createAlerts({
      db,
      bus: {
        publish: (subject, message) => bus.publish(subject, message),
        subscribe(subject, handler) {
          const leave = bus.subscribe(subject, handler);
          cuts.push(leave);
          return leave;
        },
      },
      clock: {
        ...clock,
        every(periodMs, run) {
          const timer = clock.every(periodMs, run);
          cuts.push(() => timer.cancel());
          return timer;
        },
      },
      random: systemRandom,
      log: silentLogger,
      audit: recordingTrail(),
      directory,
      telemetry,
      notifier,
      events,
      looks: (cameraId) => looking.has(cameraId),
      language: () => "en",
      settings: { get: () => ({ retentionLogDays: 30 }) },
      tenantIds: async () => [tenantId],
    });
  let feature = make();
  await feature.start?.();

  const settled = async (): Promise<void> => {
    await feature.idle();
  };
  return {
    tenantId,
    pool,
    clock,
    bus,
    notices,
    said,
    channels,
    history,
    seen,
    looking,
    get feature() {
      return feature;
    },
    async addDevice(part = {}) {
      const typeId = part.typeId ?? "thermometer";
      const known = typeMetrics(typeId);
      const device: WatchedDevice = {
        tenantId,
        deviceId: randomUUID(),
        name: `device-${devices.size + 1}`,
        siteId: randomUUID(),
        siteName: "Home",
        timeZone: "Europe/Paris",
        typeId,
        tags: [],
        revoked: false,
        intervalMs: 10_000,
        metrics: known?.metrics ?? [],
        openMetrics: known?.open ?? false,
        ...part,
      };
      await pool.query("insert into devices (id, tenant_id) values ($1, $2)", [device.deviceId, tenantId]);
      devices.set(device.deviceId, device);
      bus.publish("device.changed", { tenantId, deviceId: device.deviceId, change: "added" });
      clock.advance(1_000);
      await settled();
      return device;
    },
    changeDevice(device, part) {
      devices.set(device.deviceId, { ...device, ...part });
      bus.publish("device.changed", { tenantId, deviceId: device.deviceId, change: "updated" });
    },
    async deleteDevice({ deviceId }) {
      devices.delete(deviceId);
      await pool.query("delete from devices where id = $1", [deviceId]);
      bus.publish("device.changed", { tenantId, deviceId, change: "removed" });
    },
    send(device, values, ageMs = 0) {
      const receivedMs = clock.nowMs();
      const tsMs = receivedMs - ageMs;
      const known = last.get(device.deviceId) ?? new Map<string, StoredValue>();
      last.set(device.deviceId, known);
      for (const [metric, value] of Object.entries(values)) {
        if ((known.get(metric)?.tsMs ?? 0) <= tsMs) known.set(metric, { metric, tsMs, value });
      }
      const current = devices.get(device.deviceId);
      if (current !== undefined) devices.set(device.deviceId, { ...current, lastSeenMs: receivedMs });
      const entries = Object.entries(values);
      const numbers = entries.filter((entry): entry is [string, number] => typeof entry[1] === "number");
      const states = entries.filter(
        (entry): entry is [string, boolean | string] => typeof entry[1] !== "number",
      );
      const { deviceId, typeId } = device;
      const reading: Reading = { tenantId, deviceId, typeId, tsMs, receivedMs, numbers, states };
      bus.publish("readings.stored", { readings: [reading] });
    },
    async pass(ms) {
      clock.advance(ms);
      await settled();
    },
    settled,
    async restart({ crash = false, downMs = 0 } = {}) {
      if (crash) for (const cut of cuts) cut();
      else await feature.stop?.();
      cuts = [];
      clock.setWall(clock.nowMs() + downMs);
      feature = make();
      await feature.start?.();
      await settled();
    },
    addRule: (body) => feature.rules.create(access.wholeTenant(tenantId), { ...RULE, ...body }),
    call<T>(path: string, input = {}) {
      const [method, url] = path.split(" ");
      const found = feature.routes?.find(
        ({ endpoint }) => endpoint.method === method && endpoint.path === url,
      );
      if (found === undefined) throw new Error(`no route ${path}`);
      const { tenantId: asTenant = tenantId, reach = "all", ...rest } = input as Asked;
      const principal = { kind: "person", tenantId: asTenant, personId: tenantId, name: "Ada" };
      return found.handler({
        params: {},
        query: {},
        body: {},
        ...rest,
        principal,
        scope: { tenantId: asTenant, reach },
      }) as Promise<T>;
    },
    failNextNotice(error) {
      nextFailure = error;
    },
    async [Symbol.asyncDispose]() {
      await feature.stop?.();
      await database[Symbol.asyncDispose]();
    },
  };
}
