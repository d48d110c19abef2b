import { randomUUID } from "node:crypto";
import { silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import { access, type Bus, type BusMessages, cameras } from "@gatehouse/contract";
import type { CameraOrders } from "@gatehouse/device-types/camera-words";
import { LUMA_HEIGHT, LUMA_WIDTH } from "@gatehouse/motion";
import { Scene, type Shot } from "@gatehouse/motion/testing";
import { type VirtualClock, virtualClock } from "@gatehouse/testkit";
import type { Pool } from "pg";
import sharp from "sharp";
import { type RecordingTrail, recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import type { FeatureMigrations } from "../../../platform/feature.ts";
import { ownerOf } from "../../../platform/http/testing/gates.ts";
import { type CameraEventsFeature, cameraEventsMigrations, createCameraEvents } from "../index.ts";
import type { CameraLine, Detectors, Frame, Pin, Span } from "../ports.ts";
import type { MorningWord } from "../search/ports.ts";
import type { CameraEventDatabase, CameraEventTables } from "../tables.ts";
import { type TestDetector, testDetector } from "./test-detector.ts";

/** The columns of other features that events refer to. */
const neighbours: FeatureMigrations = {
  feature: "neighbours",
  migrations: [
    {
      id: "001-create",
      up: `
        create table tenants (id uuid primary key);
        create table devices (id uuid primary key, tenant_id uuid not null references tenants (id));
        create table sites (id uuid primary key);
        create table pins (event_id uuid not null, from_ms bigint not null, to_ms bigint);`,
    },
  ],
};

export interface TestCamera {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly siteId: Uuid;
  readonly name: string;
  readonly label: string;
  readonly scene: Scene;
  settings: cameras.CameraSettings;
}

/** A house around the feature: real database and bus, real JPEG, a clock that the test moves. */
export interface House extends AsyncDisposable {
  readonly tenantId: Uuid;
  readonly pool: Pool;
  readonly db: CameraEventDatabase;
  readonly clock: VirtualClock;
  readonly bus: Bus;
  readonly feature: CameraEventsFeature;
  readonly pins: Pin[];
  /** What cameras that judge for themselves were told. */
  readonly orders: { readonly cameraId: Uuid; readonly orders: CameraOrders }[];
  readonly told: BusMessages["camera.event"][];
  /** Other words to cameras. */
  readonly words: { readonly cameraId: Uuid; readonly word: Parameters<CameraLine["send"]>[1] }[];
  /** What `recorded` answers, and what it was asked. */
  readonly recorded: { answer: cameras.CameraEvent["recorded"]; asked: Span[] };
  readonly audit: RecordingTrail;
  readonly channels: Set<Uuid>;
  readonly mornings: MorningWord[];
  /** Events of cases. */
  readonly collected: Map<Uuid, readonly Uuid[]>;
  readonly detector: TestDetector;
  addCamera(part?: Partial<TestCamera>): Promise<TestCamera>;
  change(camera: TestCamera, motion: Partial<cameras.CameraSettings["motion"]>): void;
  look(camera: TestCamera, detection: Partial<cameras.DetectionSettings>): void;
  remove(camera: TestCamera): Promise<void>;
  frame(camera: TestCamera, part?: Partial<Frame> & { readonly shot?: Shot }): Promise<Frame>;
  give(frame: Frame): void;
  /** Five frames a second for this long, each looked at. */
  film(camera: TestCamera, seconds: number, shot?: (atSeconds: number) => Shot): Promise<void>;
  pass(ms: number): Promise<void>;
  /** The next transactions fail at the pin. */
  failPins(times: number): void;
  restart(options: { readonly crash: boolean; readonly downMs?: number }): Promise<void>;
  call<T>(route: string, input?: Asked): Promise<T>;
}

interface Asked {
  readonly params?: object;
  readonly query?: object;
  readonly body?: object;
  readonly tenantId?: Uuid;
  readonly reach?: access.Reach;
}

/** Somebody who walks through the picture, 20 pixels a second. */
export const walker = (at: number): Shot => ({
  blocks: [{ x: at * 20 - 10, y: 50, width: 24, height: 60, luma: 20 }],
});

export const jpegOf = (luma: Uint8Array): Promise<Uint8Array> =>
  sharp(luma.slice(), { raw: { width: LUMA_WIDTH, height: LUMA_HEIGHT, channels: 1 } })
    .jpeg({ quality: 85 })
    .toBuffer();

/** `detectors`: instead of one that finds what the test says. */
export async function openHouse(detectors?: Detectors): Promise<House> {
  const database = await createTestDatabase<CameraEventTables>([neighbours, cameraEventsMigrations]);
  const { pool, db } = database;
  const clock = virtualClock();
  const bus = createBus(silentLogger);
  const tenantId = randomUUID();
  await pool.query("insert into tenants (id) values ($1)", [tenantId]);
  const known = new Map<Uuid, TestCamera>();
  const detector = testDetector();
  const listeners = new Set<(frame: Frame) => void>();
  const pins: Pin[] = [];
  const orders: House["orders"] = [];
  const told: House["told"] = [];
  const words: House["words"] = [];
  const recorded: House["recorded"] = { answer: "all", asked: [] };
  const collected: House["collected"] = new Map();
  const channels = new Set<Uuid>();
  const mornings: MorningWord[] = [];
  const audit = recordingTrail();
  let failing = 0;
  let cuts: (() => void)[] = [];
  bus.subscribe("camera.event", (message) => void told.push(message));

  const cutting = (end: () => void): (() => void) => {
    cuts.push(end);
    return end;
  };
  const make = (): CameraEventsFeature =>
    createCameraEvents({
      db,
      random: systemRandom,
      log: silentLogger,
      bus: { ...bus, subscribe: (subject, handler) => cutting(bus.subscribe(subject, handler)) },
      clock: {
        ...clock,
        every(periodMs, run) {
          const timer = clock.every(periodMs, run);
          cutting(() => timer.cancel());
          return timer;
        },
      },
      frames: {
        subscribe(listener) {
          listeners.add(listener);
          return cutting(() => listeners.delete(listener));
        },
        initOf: () => undefined,
      },
      cameras: {
        find: (id) => known.get(id),
        settingsOf: (id) => known.get(id)?.settings,
        timeZoneOf: async () => "Europe/Paris",
        within: ({ reach }, site) =>
          reach === "all" && site === undefined
            ? "all"
            : [...known.values()]
                .filter(({ id: deviceId, siteId }) => access.reaches(reach, { siteId, deviceId }))
                .filter(({ siteId }) => site === undefined || siteId === site)
                .map(({ id }) => id),
      },
      pins: {
        async set(tx, pin) {
          if (failing-- > 0) throw new Error("the ring is busy");
          pins.push(pin);
          await tx
            .insertInto("pins")
            .values({ event_id: pin.eventId, from_ms: pin.fromMs, to_ms: pin.toMs ?? null })
            .execute();
        },
      },
      recorded: {
        async coverage(_tenantId, spans) {
          recorded.asked = [...spans];
          return spans.map(() => recorded.answer);
        },
        clipEvidence: async (_who, cameraId, { fromMs, toMs }) => ({
          ...{ cameraId, fromMs, toMs, isCut: false },
          ...{ segments: [], gaps: [], log: [] },
        }),
        still: async (_who, cameraId, { atMs }) => new TextEncoder().encode(`${cameraId} ${atMs}`),
      },
      detectors: detectors ?? detector,
      audit,
      search: {
        cases: {
          eventIdsOf: async (_tenantId, caseId) => collected.get(caseId) ?? [],
          eventIdsAt: async () => [...collected.values()].flat(),
          casesOf: async (_tenantId, eventIds) =>
            [...collected].flatMap(([id, ids]) =>
              eventIds
                .filter((one) => ids.includes(one))
                .map((eventId) => ({ eventId, id, number: 1, title: "Break-in" })),
            ),
        },
        mornings: {
          timeZoneOf: () => "Europe/Paris",
          unknownChannels: async (_tenantId, ids) => ids.filter((id) => !channels.has(id)),
          tell: async (tx, word) => {
            if (!tx.isTransaction) throw new Error("told outside a transaction");
            mornings.push(word);
          },
          wake: () => undefined,
        },
        named: ({ reach }, site) =>
          [...known.values()]
            .filter(({ id: deviceId, siteId }) => access.reaches(reach, { siteId, deviceId }))
            .filter(({ siteId }) => site === undefined || siteId === site)
            .map(({ id, siteId, name, label }) => ({ id, siteId, name, title: label || name })),
        sites: async () =>
          [...new Set([...known.values()].map(({ siteId }) => siteId))].map((id) => ({
            ...{ id, name: "House", timeZone: "Europe/Paris" },
          })),
      },
      line: {
        send(cameraId, word) {
          if ("enabled" in word) orders.push({ cameraId, orders: word });
          else words.push({ cameraId, word });
          return true;
        },
      },
      clips: { offered: async () => ({ result: "later", from: 0 }) },
    });
  let feature = make();
  await feature.start?.();

  const house: House = {
    tenantId,
    pool,
    db,
    clock,
    bus,
    pins,
    orders,
    told,
    words,
    recorded,
    detector,
    collected,
    channels,
    mornings,
    audit,
    get feature() {
      return feature;
    },
    async addCamera(part = {}) {
      const camera: TestCamera = {
        id: randomUUID(),
        tenantId,
        siteId: randomUUID(),
        name: `camera-${known.size + 1}`,
        label: "",
        scene: new Scene(),
        settings: cameras.DEFAULT_CAMERA_SETTINGS,
        ...part,
      };
      await pool.query("insert into tenants (id) values ($1) on conflict do nothing", [camera.tenantId]);
      await pool.query("insert into devices (id, tenant_id) values ($1, $2)", [camera.id, camera.tenantId]);
      known.set(camera.id, camera);
      return camera;
    },
    change(camera, motion) {
      camera.settings = { ...camera.settings, motion: { ...camera.settings.motion, ...motion } };
      bus.publish("camera.changed", { tenantId: camera.tenantId, cameraId: camera.id });
    },
    look(camera, detection) {
      camera.settings = { ...camera.settings, detection: { ...camera.settings.detection, ...detection } };
      bus.publish("camera.changed", { tenantId: camera.tenantId, cameraId: camera.id });
    },
    async remove({ id, tenantId: ownerId }) {
      known.delete(id);
      await pool.query("delete from devices where id = $1", [id]);
      bus.publish("device.changed", { tenantId: ownerId, deviceId: id, change: "removed" });
    },
    async frame({ id, tenantId: ownerId, scene }, { shot = {}, ...part } = {}) {
      const bytes = part.bytes ?? (await jpegOf(scene.shoot(shot)));
      const { kind = cameras.FRAME_KINDS.jpeg, takenMs = clock.nowMs() } = part;
      return { tenantId: ownerId, cameraId: id, kind, takenMs, bytes };
    },
    give(frame) {
      for (const listener of listeners) listener(frame);
    },
    async film(camera, seconds, shot = () => ({})) {
      for (let i = 0; i < seconds * 5; i++) {
        house.give(await house.frame(camera, { shot: shot(i / 5) }));
        await feature.idle();
        clock.advance(200);
        await feature.idle();
      }
    },
    async pass(ms) {
      clock.advance(ms);
      await feature.idle();
    },
    failPins(times) {
      failing = times;
    },
    async restart({ crash, downMs = 0 }) {
      if (crash) for (const cut of cuts) cut();
      else await feature.stop?.();
      cuts = [];
      clock.setWall(clock.nowMs() + downMs);
      feature = make();
      await feature.start?.();
    },
    call<T>(route: string, input: Asked = {}) {
      const [method, path] = route.split(" ");
      const found = feature.routes?.find(
        ({ endpoint }) => endpoint.method === method && endpoint.path === path,
      );
      if (found === undefined) throw new Error(`no route ${route}`);
      const { tenantId: asTenant = tenantId, reach = "all", params = {}, query = {}, body } = input;
      return found.handler({
        params,
        query,
        body,
        scope: { tenantId: asTenant, reach },
        principal: ownerOf(asTenant),
      }) as Promise<T>;
    },
    async [Symbol.asyncDispose]() {
      await feature.stop?.();
      await database[Symbol.asyncDispose]();
    },
  };
  return house;
}
