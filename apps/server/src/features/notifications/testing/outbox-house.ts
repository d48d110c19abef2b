import { randomBytes, randomUUID } from "node:crypto";
import { type Clock, Secret, seededRandom, systemClock, systemRandom, type Uuid } from "@gatehouse/base";
import type { alerts, Bus } from "@gatehouse/contract";
import { recordingLogger } from "@gatehouse/testkit";
import type { Pool } from "pg";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import type { FeatureMigrations } from "../../../platform/feature.ts";
import type { Caps } from "../caps.ts";
import type { DirectCaps } from "../direct-message.ts";
import {
  createNotifications,
  type Notice,
  type NotificationsFeature,
  type NotificationTables,
  notificationsMigrations,
} from "../index.ts";
import type { NotificationDatabase } from "../tables.ts";

const neighbours: FeatureMigrations = {
  feature: "neighbours",
  migrations: [{ id: "001-create", up: "create table tenants (id uuid primary key)" }],
};

export const ALERT: alerts.Alert = {
  id: "0198f000-0000-7000-8000-000000000001",
  ruleId: "0198f000-0000-7000-8000-000000000002",
  ruleName: "Too warm",
  severity: "warning",
  state: "active",
  deviceId: "0198f000-0000-7000-8000-000000000003",
  deviceName: "cellar-1",
  siteName: "Home",
  metric: "temperature",
  condition: { kind: "threshold", metric: "temperature", op: "above", limit: 30 },
  value: 31.25,
  unit: "°C",
  raisedMs: 1_772_366_400_000,
};

type Delivery = alerts.Delivery;

const DAY_MS = 86_400_000;

/** The feature on a real database, with a wall clock that the test can put forward. */
export interface OutboxHouse extends AsyncDisposable {
  readonly tenantId: Uuid;
  readonly pool: Pool;
  readonly db: NotificationDatabase;
  nowMs(): number;
  readonly bus: Bus;
  readonly feature: NotificationsFeature;
  readonly trail: { alertId: Uuid; kind: string; detail: string }[];
  readonly log: ReturnType<typeof recordingLogger>;
  /** Of the installation. */
  language: "en" | "fr";
  /** Of people with an account, by e-mail address. */
  readonly languages: Map<string, "en" | "fr">;
  /** People who may hear nothing. */
  readonly deaf: Set<Uuid>;
  /** Of alerts. */
  readonly pictures: Map<Uuid, Uint8Array>;
  /** Events that links may lead to. */
  readonly linked: Map<Uuid, { tenantId: Uuid }>;
  /** Puts the clock forward and looks for work. */
  later(ms: number): Promise<void>;
  /** The next noon (UTC): no day ends while a test counts what belongs to one. */
  atNoon(): Promise<void>;
  addChannel(settings: alerts.ChannelSettings, part?: Partial<alerts.ChannelBody>): Promise<alerts.Channel>;
  notify(channelIds: readonly Uuid[], part?: Partial<alerts.Alert>, kind?: Notice["kind"]): Promise<void>;
  /** Everything due is sent or has failed. */
  settled(): Promise<void>;
  outbox(query?: object): Promise<Delivery[]>;
  channel(id: Uuid): Promise<alerts.Channel>;
  call<T>(
    path: string,
    input?: {
      params?: object;
      query?: object;
      body?: object;
      tenantId?: Uuid;
      permissions?: readonly string[];
      /** Ada unless told. */
      who?: { readonly personId: Uuid; readonly sessionId: Uuid };
    },
  ): Promise<T>;
  /** A second program on the same database, as after a crash of the first. */
  another(): NotificationsFeature;
}

export async function openOutboxHouse(
  options: { readonly caps?: Caps; readonly directCaps?: DirectCaps; readonly attemptMs?: number } = {},
): Promise<OutboxHouse> {
  const database = await createTestDatabase<NotificationTables>([neighbours, notificationsMigrations]);
  const { db, pool } = database;
  const tenantId = randomUUID();
  await pool.query("insert into tenants (id) values ($1)", [tenantId]);
  let offsetMs = 0;
  const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + offsetMs };
  const log = recordingLogger();
  const bus = createBus(log);
  const trail: OutboxHouse["trail"] = [];
  const masterKey = new Secret<Uint8Array>(randomBytes(32));
  const place: { language: "en" | "fr" } = { language: "en" };
  const languages = new Map<string, "en" | "fr">();
  const pictures = new Map<Uuid, Uint8Array>();
  const linked = new Map<Uuid, { tenantId: Uuid }>();
  const make = () =>
    createNotifications({
      ...options,
      db,
      bus,
      clock,
      random: { ...seededRandom(1), bytes: systemRandom.bytes },
      log,
      masterKey,
      audit: recordingTrail(),
      directCaps: () => options.directCaps ?? { perPerson: 100, perTenant: 1_000, perInstallation: 10_000 },
      settings: {
        get: () => ({ organisation: "Home", timeZone: "Europe/Paris", retentionLogDays: 30, ...place }),
        publicUrl: () => "https://gatehouse.example",
      },
      audience: {
        mayHear: async (_tenantId, listeners) =>
          new Map(
            listeners
              .filter(({ personId }) => !house.deaf.has(personId))
              .map(({ personId, sessionId }) => [
                sessionId,
                { name: "Ada", language: languages.get(personId) ?? place.language },
              ]),
          ),
      },
      pictures: { ofAlert: async (alertId) => pictures.get(alertId) },
      events: { find: async (eventId) => linked.get(eventId) },
      people: { languageOf: (_tenantId, email) => languages.get(email) },
      trail: { record: async (alertId, kind, _atMs, detail) => void trail.push({ alertId, kind, detail }) },
    });
  const feature = make();
  await feature.start?.();
  const house: OutboxHouse = {
    tenantId,
    pool,
    db,
    nowMs: () => clock.nowMs(),
    bus,
    feature,
    trail,
    log,
    languages,
    pictures,
    linked,
    deaf: new Set(),
    get language() {
      return place.language;
    },
    set language(language) {
      place.language = language;
    },
    async later(ms) {
      offsetMs += ms;
      await house.settled();
    },
    atNoon: () => house.later(DAY_MS - ((clock.nowMs() - DAY_MS / 2) % DAY_MS)),
    addChannel: (settings, part = {}) =>
      house.call("POST /api/v1/channels", {
        body: {
          name: `My ${settings.kind}`,
          enabled: true,
          settings,
          minSeverity: "info",
          allowPrivate: true,
          dailyCap: 1_000,
          ...part,
        },
      }),
    async notify(channelIds, part = {}, kind = "raised") {
      const alert = { ...ALERT, ...part };
      await db
        .transaction()
        .execute((tx) => feature.notifier.enqueue(tx, { tenantId, kind, alert, channelIds }));
      await house.settled();
    },
    async settled() {
      bus.publish("alert.changed", { tenantId, alert: ALERT, event: "raised" });
      feature.messenger.wake();
      await feature.idle();
    },
    async outbox(query = {}) {
      return (await house.call<{ items: Delivery[] }>("GET /api/v1/outbox", { query })).items;
    },
    async channel(id) {
      const { items } = await house.call<{ items: alerts.Channel[] }>("GET /api/v1/channels");
      return items.find((channel) => channel.id === id) as alerts.Channel;
    },
    call<T>(path: string, input: { tenantId?: Uuid; permissions?: readonly string[]; who?: object } = {}) {
      const [method, url] = path.split(" ");
      const found = feature.routes?.find(
        ({ endpoint }) => endpoint.method === method && endpoint.path === url,
      );
      if (found === undefined) throw new Error(`no route ${path}`);
      const { tenantId: asTenant = tenantId, permissions = ["alert.read"], who = {}, ...rest } = input;
      const principal = {
        kind: "person",
        tenantId: asTenant,
        personId: tenantId,
        sessionId: tenantId,
        ...who,
        name: "Ada",
        permissions: new Map(permissions.map((name) => [name, "all"])),
      };
      return found.handler({ params: {}, query: {}, body: {}, ...rest, principal }) as Promise<T>;
    },
    another: make,
    async [Symbol.asyncDispose]() {
      await feature.stop?.();
      await database[Symbol.asyncDispose]();
    },
  };
  return house;
}
