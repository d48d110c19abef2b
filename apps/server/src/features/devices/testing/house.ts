import { type Clock, newUuid, Secret, silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import type { Bus, BusMessages, BusSubject, devices } from "@gatehouse/contract";
import { type VirtualClock, virtualClock } from "@gatehouse/testkit";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import { createTestDatabase, type TestDatabase } from "../../../platform/database/testing/index.ts";
import type { FeatureMigrations } from "../../../platform/feature.ts";
import { devicesMigrations } from "../index.ts";
import type { Actor } from "../model.ts";
import { DeviceHouse, type DevicesDeps } from "../service.ts";
import type { DevicesTables } from "../tables.ts";

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

/** Tests: the slice on a real database, with a clock that is moved by hand. */
export interface TestHouse extends AsyncDisposable {
  readonly house: DeviceHouse;
  readonly deps: DevicesDeps;
  readonly database: TestDatabase<DevicesTables>;
  readonly clock: VirtualClock;
  readonly bus: Bus;
  readonly actor: Actor;
  readonly site: devices.Site;
  /** A tenant that owns nothing. */
  readonly stranger: Actor;
  addDevice(name: string, more?: Partial<Parameters<DeviceHouse["inventory"]["create"]>[1]>): Promise<Added>;
  /** What was published on a subject since the start. */
  heardOf<S extends BusSubject>(subject: S): BusMessages[S][];
  /** The slice again on the same database, as after a restart. */
  restart(): Promise<DeviceHouse>;
}

type Added = { device: devices.Device; key: devices.NewApiKey; claim: devices.ClaimCode };

export async function createTestHouse(overrides: Partial<DevicesDeps> = {}): Promise<TestHouse> {
  const database = await createTestDatabase<DevicesTables>([tenants, devicesMigrations]);
  const clock = virtualClock();
  const bus = createBus(silentLogger);
  const deps: DevicesDeps = {
    db: database.db,
    clock,
    random: systemRandom,
    bus,
    log: silentLogger,
    masterKey: new Secret(new Uint8Array(32).fill(7)),
    issuer: {
      authority: { certificatePem: "" },
      issueDeviceCertificate: () => Promise.reject(new Error("no authority in this test")),
    },
    lastValues: { lastValues: async () => new Map() },
    audit: recordingTrail(),
    revocations: { record: async () => undefined, endChannelKeys: async () => undefined },
    publicUrl: () => "https://gate.example",
    retentionLogDays: () => 30,
    ...overrides,
  };
  const heard = new Map<BusSubject, unknown[]>();
  const listen = (subject: BusSubject): void => {
    const list: unknown[] = [];
    heard.set(subject, list);
    bus.subscribe(subject, (message) => list.push(message));
  };
  for (const subject of SUBJECTS) listen(subject);
  const houses: DeviceHouse[] = [];
  const open = async (): Promise<DeviceHouse> => {
    const house = new DeviceHouse(deps);
    houses.push(house);
    await house.start();
    return house;
  };
  const house = await open();
  const actor = { tenantId: await addTenant(database, clock), name: "Ada" };
  const stranger = { tenantId: await addTenant(database, clock), name: "Eve" };
  const site = await house.sites.create(actor.tenantId, { name: "House", timeZone: "Europe/Paris" });
  return {
    house,
    deps,
    database,
    clock,
    bus,
    actor,
    stranger,
    site,
    addDevice: (name, more = {}) =>
      house.inventory.create(actor, { name, typeId: "thermometer", siteId: site.id, ...more }),
    heardOf: <S extends BusSubject>(subject: S) => heard.get(subject) as BusMessages[S][],
    async restart() {
      await houses.at(-1)?.stop();
      return open();
    },
    async [Symbol.asyncDispose]() {
      await houses.at(-1)?.stop();
      await database[Symbol.asyncDispose]();
    },
  };
}

const SUBJECTS: readonly BusSubject[] = [
  "device.changed",
  "device.credentials_ended",
  "device.status",
  "device.log",
  "message.refused",
  "command.changed",
];

async function addTenant(database: TestDatabase<DevicesTables>, clock: Clock): Promise<Uuid> {
  const id = newUuid(clock, systemRandom);
  await database.pool.query("insert into tenants values ($1, 'Tenant', now())", [id]);
  return id;
}
