import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newUuid, Secret, silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import { type Bus, type BusMessages, type BusSubject, devices as contract } from "@gatehouse/contract";
import { type VirtualClock, virtualClock } from "@gatehouse/testkit";
import { type ChannelDeps, type ChannelTables, channelMigrations } from "../../features/channel/index.ts";
import { operatorRoutes as channelOperatorRoutes, deviceRoutes } from "../../features/channel/routes.ts";
import { ChannelHouse } from "../../features/channel/service.ts";
import {
  createDevices,
  type DevicesFeature,
  type DevicesTables,
  devicesMigrations,
} from "../../features/devices/index.ts";
import { recordingTrail } from "../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../platform/bus/bus.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/database/testing/index.ts";
import type { FeatureMigrations } from "../../platform/feature.ts";
import type { Route } from "../../platform/http/route.ts";
import { channelInventory } from "../wiring.ts";

/** As much of the accounts' tables as devices refer to. */
const tenants: FeatureMigrations = {
  feature: "accounts",
  migrations: [
    {
      id: "001-tenants",
      up: "create table tenants (id uuid primary key, name text not null, created_at timestamptz not null)",
    },
  ],
};

type Tables = DevicesTables & ChannelTables;
type Actor = { readonly tenantId: Uuid; readonly name: string };

export const IDENTITY_MIGRATIONS = [tenants, devicesMigrations, channelMigrations];

/** Inventory and identities as compose wires them, in one process's life. */
export interface Life {
  readonly devices: DevicesFeature;
  readonly channel: ChannelHouse;
  readonly routes: readonly Route[];
  stop(): Promise<void>;
}

/** Tests: real devices and channel slices on a real database and data folder, with a clock that is moved by hand. */
export interface IdentityHouse extends AsyncDisposable, Omit<Life, "stop"> {
  readonly database: TestDatabase<Tables>;
  readonly dataDir: string;
  readonly clock: VirtualClock;
  readonly bus: Bus;
  readonly actor: Actor;
  readonly stranger: Actor;
  readonly site: contract.Site;
  /** How often people's sessions were ended. */
  readonly peopleEnded: () => number;
  heardOf<S extends BusSubject>(subject: S): BusMessages[S][];
  addDevice(
    name: string,
    typeId?: string,
  ): Promise<{ device: contract.Device; key: contract.NewApiKey; claim: contract.ClaimCode }>;
  /** A fresh claim code for a device. */
  newCode(deviceId: Uuid): Promise<contract.ClaimCode>;
  /** The program again, on the same data folder and the same or another database. */
  restart(database?: TestDatabase<Tables>): Promise<Life>;
}

const SUBJECTS: readonly BusSubject[] = ["device.credentials_ended", "message.refused", "device.log"];
export const TEST_MASTER_KEY = new Secret(new Uint8Array(32).fill(7));

export async function createIdentityHouse(overrides: Partial<ChannelDeps> = {}): Promise<IdentityHouse> {
  const database = await createTestDatabase<Tables>(IDENTITY_MIGRATIONS);
  const dataDir = await mkdtemp(join(tmpdir(), "gatehouse identities "));
  const clock = virtualClock();
  const audit = recordingTrail();
  const bus = createBus(silentLogger);
  const heard = new Map<BusSubject, unknown[]>();
  for (const subject of SUBJECTS) {
    const list: unknown[] = [];
    heard.set(subject, list);
    bus.subscribe(subject, (message) => list.push(message));
  }
  let peopleEnded = 0;
  const open = async ({ db }: TestDatabase<Tables>): Promise<Life> => {
    const shared = {
      db,
      clock,
      random: systemRandom,
      bus,
      log: silentLogger,
      masterKey: TEST_MASTER_KEY,
      audit,
    };
    const devices = createDevices({
      ...shared,
      issuer: {
        authority: { certificatePem: "" },
        issueDeviceCertificate: () => Promise.reject(new Error("no authority in this test")),
      },
      lastValues: { lastValues: async () => new Map() },
      revocations: {
        record: (tx, ended) => channel.revocations.record(tx, ended),
        endChannelKeys: async (tx, _tenantId, deviceId) =>
          void (await channel.bundles.revokeWithin(tx as never, deviceId)),
      },
      publicUrl: () => "https://gate.example",
      retentionLogDays: () => 30,
    });
    const channel: ChannelHouse = new ChannelHouse({
      ...shared,
      dataDir,
      devices: channelInventory(devices),
      people: { endAll: async () => void peopleEnded++ },
      caPem: () => undefined,
      ...overrides,
    });
    await devices.start?.();
    await channel.start();
    return {
      devices,
      channel,
      routes: [...deviceRoutes(channel), ...channelOperatorRoutes(channel)],
      async stop() {
        await channel.stop();
        await devices.stop?.();
      },
    };
  };
  let life = await open(database);
  const addTenant = async (name: string): Promise<Actor> => {
    const tenantId = newUuid(clock, systemRandom);
    await database.pool.query("insert into tenants values ($1, 'Tenant', now())", [tenantId]);
    return { tenantId, name };
  };
  const actor = await addTenant("Ada");
  const stranger = await addTenant("Eve");
  const site = await life.devices.createSite(actor.tenantId, { name: "House", timeZone: "Europe/Paris" });
  return {
    database,
    dataDir,
    clock,
    bus,
    actor,
    stranger,
    site,
    get devices() {
      return life.devices;
    },
    get channel() {
      return life.channel;
    },
    get routes() {
      return life.routes;
    },
    peopleEnded: () => peopleEnded,
    heardOf: <S extends BusSubject>(subject: S) => heard.get(subject) as BusMessages[S][],
    addDevice: (name, typeId = "thermometer") =>
      life.devices.createDevice(actor, { name, typeId, siteId: site.id }),
    async newCode(id) {
      const found = life.devices.routes?.find(({ endpoint }) => endpoint === contract.createClaimCode);
      return (await found?.handler({ principal: actor, params: { id }, body: {} })) as contract.ClaimCode;
    },
    async restart(other = database) {
      await life.stop();
      life = await open(other);
      return life;
    },
    async [Symbol.asyncDispose]() {
      await life.stop();
      await database[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
