import { type ErrorCode, newUuid, silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import type { access, Bus } from "@gatehouse/contract";
import { findDeviceType, validateReading } from "@gatehouse/device-types";
import { encodeMeterReading, type MeterReading } from "@gatehouse/device-types/meter-reading";
import { openTrustRoot, signSiteKey } from "@gatehouse/secure-channel";
import {
  createSiteGateways,
  type SiteGatewayFeature,
  type SiteGatewayTables,
  siteGatewaysMigrations,
} from "../../features/site-gateways/index.ts";
import type { KnownDevice } from "../../features/site-gateways/ports.ts";
import {
  createTelemetry,
  type TelemetryFeature,
  type TelemetryTables,
  telemetryMigrations,
} from "../../features/telemetry/index.ts";
import { addDevices, deviceTables } from "../../features/telemetry/testing/device-tables.ts";
import { testClock } from "../../features/telemetry/testing/house.ts";
import { recordingTrail } from "../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../platform/bus/bus.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/database/testing/index.ts";

type Tables = TelemetryTables & SiteGatewayTables;
export type Sent = { readonly to: Uuid; readonly message: Record<string, unknown> };

/** Tests: telemetry and this slice on one real database, as compose wires them; the inventory is a list. */
interface RouteInput {
  readonly id?: Uuid;
  readonly body?: object;
  readonly query?: object;
  readonly tenantId?: Uuid;
  readonly reach?: access.Reach;
}

export class SiteHouse {
  readonly bus: Bus = createBus(silentLogger);
  readonly clock = testClock();
  readonly audit = recordingTrail();
  readonly root = openTrustRoot(systemRandom.bytes(32));
  readonly devices = new Map<Uuid, KnownDevice>();
  readonly gatewayOf = new Map<Uuid, Uuid>();
  readonly online = new Set<Uuid>();
  readonly sent: Sent[] = [];
  readonly heard: Uuid[] = [];
  readonly database: TestDatabase<Tables>;
  readonly tenantId: Uuid;
  readonly stranger: Uuid;
  telemetry!: TelemetryFeature;
  sites!: SiteGatewayFeature;
  #free: Uuid[];

  private constructor(database: TestDatabase<Tables>, tenantId: Uuid, stranger: Uuid, deviceIds: Uuid[]) {
    this.database = database;
    this.tenantId = tenantId;
    this.stranger = stranger;
    this.#free = deviceIds;
  }

  static async open(deviceCount: number): Promise<SiteHouse> {
    const database = await createTestDatabase<Tables>([
      deviceTables,
      telemetryMigrations,
      siteGatewaysMigrations,
    ]);
    const { tenantId, deviceIds } = await addDevices(database.pool, deviceCount);
    const other = await addDevices(database.pool, 0);
    const house = new SiteHouse(database, tenantId, other.tenantId, deviceIds);
    await house.start();
    return house;
  }

  /** A device of the list; the rows are there already. */
  add(typeId: string, name: string, gatewayId?: Uuid): Uuid {
    const deviceId = this.#free.pop() as Uuid;
    const { tenantId } = this;
    this.devices.set(deviceId, { tenantId, deviceId, name, typeId, siteId: "site", revoked: false });
    if (gatewayId !== undefined) this.gatewayOf.set(deviceId, gatewayId);
    return deviceId;
  }

  async start(): Promise<void> {
    const { database, bus, clock } = this;
    this.telemetry = createTelemetry({
      pool: database.pool,
      db: database.db,
      clock,
      random: systemRandom,
      log: silentLogger,
      bus,
      audit: this.audit,
      settings: { maxPastDays: () => 30, retention: () => ({ rawDays: 40, rollupDays: 80 }) },
      directory: { list: async () => [], find: async () => [], seesAll: () => true, placesOf: () => [] },
      originals: { write: (client, readings) => this.sites.writeOriginals(client, readings) },
    });
    this.sites = createSiteGateways({
      db: database.db,
      clock,
      random: systemRandom,
      log: silentLogger,
      bus,
      audit: this.audit,
      devices: {
        find: (deviceId) => this.devices.get(deviceId),
        list: (tenantId) => [...this.devices.values()].filter((one) => one.tenantId === tenantId),
        gatewayOf: (deviceId) => this.gatewayOf.get(deviceId),
        assignedTo: (gatewayId) =>
          new Set([...this.gatewayOf].flatMap(([id, of]) => (of === gatewayId ? [id] : []))),
        keysOf: () => [],
        statusOf: () => "online",
        lastSeenOf: () => undefined,
        heard: (deviceId) => void this.heard.push(deviceId),
        siteNames: async () => new Map([["site", "House"]]),
      },
      signSiteKey: (terms) => signSiteKey(this.root, terms),
      sessions: {
        has: (deviceId) => this.online.has(deviceId),
        send: (to, payload) => {
          if (!this.online.has(to)) return false;
          this.sent.push({ to, message: JSON.parse(Buffer.from(payload).toString()) });
          return true;
        },
      },
      settings: { retentionLogDays: () => 90, retentionRollupDays: () => 365 },
      tenantIds: async () => [this.tenantId],
    });
    await this.telemetry.start?.();
    await this.sites.start?.();
  }

  /** As after a kill: nothing is finished, memory is gone. */
  async restart(): Promise<void> {
    await this.stop();
    this.sent.length = 0;
    await this.start();
  }

  async stop(): Promise<void> {
    await this.sites.stop?.();
    await this.telemetry.stop?.();
  }

  async end(): Promise<void> {
    await this.stop();
    await this.database[Symbol.asyncDispose]();
  }

  connect(deviceId: Uuid): void {
    this.online.add(deviceId);
    const { tenantId, clock } = this;
    this.bus.publish("device.session_began", { tenantId, deviceId, atMs: clock.nowMs() });
  }

  /** Through the slice and telemetry, as the door for devices does it. */
  read(deviceId: Uuid, reading: Partial<MeterReading> = {}): Promise<ErrorCode | undefined> {
    const payload = encodeMeterReading({
      v: 1,
      n: 1,
      t: Math.floor(this.clock.nowMs() / 1_000),
      kind: "asked",
      registers: { "1.8.0": 1_000 },
      flags: 0,
      serial: "GH1",
      digits: 8,
      ...reading,
    });
    return this.readBytes(deviceId, payload);
  }

  readBytes(deviceId: Uuid, payload: Uint8Array): Promise<ErrorCode | undefined> {
    const { tenantId, clock } = this;
    const signed = Buffer.concat([Buffer.alloc(112, 7), payload]);
    const message = { tenantId, deviceId, senderKeyId: "00112233445566aa", payload, signed };
    return this.sites.meterReading(message, ({ tsMs, values, original }) => {
      const type = findDeviceType("meter");
      const checked = type && validateReading(type, values);
      if (!checked?.ok) throw new Error("a meter's reading fits its type");
      const { numbers, states } = checked;
      const receivedMs = clock.nowMs();
      const reading = { tenantId, deviceId, typeId: "meter", tsMs, receivedMs, numbers, states, original };
      return new Promise((resolve) => {
        this.telemetry.submit(reading, (error) => resolve(error?.code));
      });
    });
  }

  control(deviceId: Uuid, message: object): Promise<ErrorCode | undefined> {
    return this.sites.control({ tenantId: this.tenantId, deviceId }, message);
  }

  // biome-ignore lint/suspicious/noExplicitAny: a route's reply, looked at field by field
  call(operation: string, input: RouteInput = {}): any {
    const [method, end = ""] = operation.split(" ");
    const found = this.sites.routes?.find(
      ({ endpoint }) => endpoint.path.endsWith(end) && endpoint.method === method,
    );
    if (found === undefined) throw new Error(`no route ${operation}`);
    return found.handler({
      principal: { tenantId: input.tenantId ?? this.tenantId, name: "Ada" },
      scope: { tenantId: input.tenantId ?? this.tenantId, reach: input.reach ?? "all" },
      params: { id: input.id },
      body: input.body ?? {},
      query: input.query ?? {},
      reply: { header: () => undefined },
    });
  }

  /** Waits for what happens in the background. */
  async eventually<T>(ask: () => Promise<T> | T, isRight: (value: T) => boolean): Promise<T> {
    for (let i = 0; ; i++) {
      const value = await ask();
      if (isRight(value) || i === 1_500) return value;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

export const freshId = (): Uuid => newUuid({ nowMs: () => 1 } as never, systemRandom);
