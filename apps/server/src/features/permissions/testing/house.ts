import { randomUUID } from "node:crypto";
import { Secret, silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import type { AnyEndpoint, Role } from "@gatehouse/contract";
import { type VirtualClock, virtualClock } from "@gatehouse/testkit";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type RecordingTrail, recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { createPermissions, type PermissionsFeature, permissionsMigrations } from "../index.ts";
import type { KnownPerson } from "../ports.ts";
import type { PermissionTables } from "../tables.ts";

/** As much of other features' tables as this slice refers to. */
const others = {
  feature: "others",
  migrations: [
    {
      id: "001",
      up: `create table tenants (id uuid primary key);
create table people (id uuid primary key);
create table sites (id uuid primary key);
create table devices (id uuid primary key);`,
    },
  ],
};

/** Whom the command line stands for has no row. */
const NOBODY: KnownPerson = {
  ...{ id: randomUUID(), name: "command line", email: "", language: "en" },
  ...{ role: "owner", active: true },
};

export const [TENANT, SITE, OTHER_SITE] = [randomUUID(), randomUUID(), randomUUID()] as const;

interface Input {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

export interface PermissionsHouse extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly trail: RecordingTrail;
  /** Who was told that an act waits, by the name of each. */
  readonly told: string[];
  readonly feature: PermissionsFeature;
  /** Somebody with a main role in the whole organisation. */
  person(role: Role): Promise<KnownPerson>;
  /** Locks somebody, as the accounts do. */
  lock(person: KnownPerson): void;
  /** Does what a route of this slice does, behind the second person where the policy wants one. */
  // biome-ignore lint/suspicious/noExplicitAny: tests ask for what the endpoint answers
  act(who: KnownPerson | "command line", endpoint: AnyEndpoint, input?: Input): Promise<any>;
  /** Another server on the same database, as after a crash. */
  again(): Promise<PermissionsFeature>;
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** The slice on a database of its own, with people in memory. */
export async function permissionsHouse(): Promise<PermissionsHouse> {
  const database = await createTestDatabase<PermissionTables>([others, permissionsMigrations]);
  const insert = (table: string, id: Uuid) =>
    database.pool.query(`insert into ${table} (id) values ($1)`, [id]);
  await insert("tenants", TENANT);
  for (const site of [SITE, OTHER_SITE]) await insert("sites", site);
  const clock = virtualClock();
  const trail = recordingTrail();
  const told: string[] = [];
  const people = new Map<Uuid, KnownPerson>();
  const principalOf = (feature: PermissionsFeature, { id, name, role }: KnownPerson): PersonPrincipal => ({
    kind: "person",
    tenantId: TENANT,
    personId: id,
    sessionId: id,
    name,
    permissions: feature.accessOf({ tenantId: TENANT, personId: id, role }),
    stepUpMs: clock.nowMs(),
  });

  const open = async (): Promise<PermissionsFeature> => {
    const feature: PermissionsFeature = createPermissions({
      db: database.db,
      clock,
      random: systemRandom,
      log: silentLogger,
      bus: createBus(silentLogger),
      masterKey: new Secret(new Uint8Array(32).fill(9)),
      audit: trail,
      people: {
        find: async (_, id) => people.get(id),
        list: async () => [...people.values()],
        async setRole(_tx, _tenantId, id, role) {
          people.set(id, { ...(people.get(id) as KnownPerson), role });
        },
        async principalOf(_, id) {
          const found = people.get(id);
          return found?.active === true ? principalOf(feature, found) : undefined;
        },
        hostTenantId: async () => TENANT,
      },
      places: {
        siteOf: () => undefined,
        deviceName: () => undefined,
        siteNames: async () =>
          new Map([
            [SITE, "Here"],
            [OTHER_SITE, "There"],
          ]),
      },
      notifier: {
        waiting: async (_tx, _request, able) => void told.push(...able.map(({ name }) => name)),
      },
      tenantIds: async () => [TENANT],
    });
    await feature.start?.();
    const routes = new Map(
      (feature.routes ?? []).map((one) => [`${one.endpoint.method} ${one.endpoint.path}`, one]),
    );
    feature.useMounted({
      acts: { find: (key) => routes.get(key) },
      resources: { ...feature.resources, person: () => ({ tenantId: TENANT }) },
    });
    return feature;
  };
  const feature = await open();

  return {
    clock,
    trail,
    told,
    feature,
    async person(role) {
      const id = randomUUID();
      const name = `${role} ${people.size}`;
      const person = { id, name, email: `${id}@example.org`, language: "en", role, active: true } as const;
      people.set(id, person);
      await insert("people", id);
      return person;
    },
    lock: ({ id }) => void people.set(id, { ...(people.get(id) as KnownPerson), active: false }),
    async act(who, endpoint, { params = {}, query = {}, body } = {}) {
      const route = feature.routes?.find((one) => one.endpoint === endpoint);
      if (route === undefined) throw new Error(`${endpoint.path} is not of this slice`);
      const principal =
        who === "command line"
          ? { ...principalOf(feature, NOBODY), isMachine: true }
          : principalOf(feature, people.get(who.id) as KnownPerson);
      if (endpoint.fourEyes !== undefined)
        await feature.secondPerson.hold({ endpoint, principal, params, query, body });
      const via = { address: "192.0.2.1", request: {} as FastifyRequest, reply: {} as FastifyReply };
      return route.handler({ ...via, principal, params, query, body });
    },
    again: open,
    query: async (text, values) => (await database.pool.query(text, values)).rows,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
