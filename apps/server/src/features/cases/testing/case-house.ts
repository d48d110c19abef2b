import { type Clock, newUuid, silentLogger, systemRandom, type UnixMs, type Uuid } from "@gatehouse/base";
import type { access } from "@gatehouse/contract";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import type { FeatureMigrations } from "../../../platform/feature.ts";
import { mount } from "../../../platform/http/mount.ts";
import { createHttpServer } from "../../../platform/http/server.ts";
import { ownerOf, testGates } from "../../../platform/http/testing/gates.ts";
import { type CasesDeps, casesMigrations, createCases } from "../index.ts";
import type { Bundles, KnownDevice, KnownEvent, Pins } from "../ports.ts";
import type { CaseTables } from "../tables.ts";

const tenantTables: FeatureMigrations = {
  feature: "cases-test-tenants",
  migrations: [{ id: "001-create", up: "create table tenants (id uuid primary key)" }],
};

/** Nothing is recorded anywhere, and nothing is made. */
const noBundles = {
  worker: () => ({ start: () => undefined, stop: async () => undefined }),
  addOwner: () => undefined,
} as unknown as Bundles;

const nobody = async (): Promise<never> => {
  throw new Error("nothing is lent here");
};

type Pin = Parameters<Pins["set"]>[1];

export interface Answer<T = Record<string, never>> {
  readonly status: number;
  readonly body: T & { readonly code?: string };
}

export type CaseHouse = Awaited<ReturnType<typeof caseHouse>>;

/** Cases on a database of their own, behind real routes; what they ask of others is kept in memory. */
export async function caseHouse(clock: Clock, more: Partial<CasesDeps> = {}) {
  const database = await createTestDatabase<CaseTables>([tenantTables, casesMigrations]);
  const trail = recordingTrail();
  const devices = new Map<Uuid, KnownDevice>();
  const events = new Map<Uuid, KnownEvent>();
  const people = new Map<Uuid, string>();
  const pins = new Map<Uuid, Pin>();
  const cases = createCases({
    ...{ db: database.db, clock, random: systemRandom, log: silentLogger, audit: trail },
    events: { find: async (id) => events.get(id) },
    devices: { find: (id) => devices.get(id) },
    cameras: {
      find: (id) => devices.get(id),
      aroundOf: () => ({ beforeMs: 10_000, afterMs: 5_000 }),
      timeZoneOf: async () => "Europe/Paris",
    },
    pins: {
      set: async (_tx, pin) => void pins.set(pin.eventId, pin),
      clear: async (_tx, { eventId }) => void pins.delete(eventId),
    },
    recorded: { coverage: async (_tenantId, spans) => spans.map(() => "all" as const) },
    lending: { lend: nobody, listed: async () => [], revoke: nobody },
    ...{ bundles: noBundles, exportLimits: { keepMs: 86_400_000, maxExports: 50 } },
    sealingKey: new Uint8Array(32).fill(7),
    people: { nameOf: async (_tenantId, id) => people.get(id), organisationOf: () => "Harbour" },
    ...more,
  });
  const asker: { tenantId: Uuid | undefined; reach: access.Reach } = { tenantId: undefined, reach: "all" };
  const app = await createHttpServer({
    ...{ trustedProxies: [], perMinute: 100_000, maxConnections: 100, log: silentLogger },
  });
  const person = () => {
    if (asker.tenantId === undefined) return undefined;
    const owner = ownerOf(asker.tenantId, clock.nowMs());
    const permissions = new Map([...owner.permissions.keys()].map((one) => [one, asker.reach]));
    return { ...owner, permissions };
  };
  const gates = testGates({
    person: { authenticate: async () => person() },
    resources: cases.resources ?? {},
    nowMs: () => clock.nowMs(),
  });
  await app.register(async (scope) => void mount(scope, cases.routes ?? [], gates, silentLogger));
  await app.ready();
  return {
    ...{ database, trail, devices, events, people, pins, cases, asker },
    async addTenant(tenantId = newUuid(clock, systemRandom)): Promise<Uuid> {
      await database.pool.query("insert into tenants (id) values ($1)", [tenantId]);
      people.set(tenantId, "Nadia Owner");
      return tenantId;
    },
    addCamera(tenantId: Uuid, siteId: Uuid, id = newUuid(clock, systemRandom)): Uuid {
      devices.set(id, { tenantId, siteId, name: "gate-west", label: "" });
      return id;
    },
    addEvent(tenantId: Uuid, cameraId: Uuid, startMs: UnixMs, endMs: UnixMs | undefined): Uuid {
      const id = newUuid(clock, systemRandom);
      events.set(id, { id, tenantId, cameraId, kind: "person", startMs, endMs, bestMs: startMs + 1_000 });
      return id;
    },
    endEvent(id: Uuid, endMs: UnixMs): void {
      const event = events.get(id);
      if (event !== undefined) events.set(id, { ...event, endMs });
    },
    runJob: () =>
      Promise.all((cases.jobs ?? []).map((job) => job.run(undefined as never, new AbortController().signal))),
    get: (path: string, range?: string) =>
      app.inject({
        url: `/api/v1/cases${path}`,
        ...(range === undefined ? {} : { headers: { range } }),
      }),
    async ask<T>(
      method: "GET" | "POST" | "PATCH" | "DELETE",
      path: string,
      body?: object,
    ): Promise<Answer<T>> {
      const reply = await app.inject({
        method,
        url: `/api/v1/cases${path}`,
        ...(body === undefined ? {} : { payload: body }),
      });
      return { status: reply.statusCode, body: reply.json() };
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
