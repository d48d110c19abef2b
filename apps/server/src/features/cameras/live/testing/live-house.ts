import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { silentLogger, systemClock, type Uuid } from "@gatehouse/base";
import { type Bus, cameras, type Permission } from "@gatehouse/contract";
import { recordingLogger, virtualClock } from "@gatehouse/testkit";
import { parseCookie } from "cookie";
import { WebSocket } from "ws";
import { type Actor, type AuditEvent, currentAsker } from "../../../../platform/audit/index.ts";
import { type RecordingTrail, recordingTrail } from "../../../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../../../platform/bus/bus.ts";
import { createTestDatabase } from "../../../../platform/database/testing/index.ts";
import { KeyFramePictures } from "../../../../platform/ffmpeg/index.ts";
import { mount } from "../../../../platform/http/mount.ts";
import type { PersonPrincipal } from "../../../../platform/http/principal.ts";
import { createHttpServer } from "../../../../platform/http/server.ts";
import { testGates } from "../../../../platform/http/testing/gates.ts";
import { FrameHub } from "../../frame-hub.ts";
import type { CameraFrame } from "../../model.ts";
import { createCameraLive } from "../index.ts";
import type { NewestFound, ShownCamera } from "../ports.ts";
import { TestBrowser } from "./browser.ts";

export const [TENANT, OTHER_TENANT, SITE, OTHER_SITE] = [
  randomUUID(),
  randomUUID(),
  randomUUID(),
  randomUUID(),
] as const;

export interface LiveHouse extends AsyncDisposable {
  readonly url: string;
  readonly bus: Bus;
  readonly hub: FrameHub;
  readonly trail: RecordingTrail;
  /** What the ledger was told, with who did it. */
  readonly viewed: { readonly actor: Actor | undefined; readonly event: AuditEvent }[];
  readonly log: ReturnType<typeof recordingLogger>;
  readonly cameras: Map<Uuid, ShownCamera>;
  /** By what their cookie says; somebody without permissions is let in nowhere. */
  readonly people: Map<string, PersonPrincipal>;
  /** The ledger takes nothing while this is set. */
  ledgerFails: boolean;
  /** What was found before cameras. */
  readonly found: Map<Uuid, NewestFound>;
  addCamera(camera?: Partial<ShownCamera>): Uuid;
  addPerson(name: string, person?: Partial<PersonPrincipal>): PersonPrincipal;
  publish(cameraId: Uuid, frame?: Partial<CameraFrame>): CameraFrame;
  open(name: string, headers?: Record<string, string>): Promise<TestBrowser>;
  /** The HTTP status an upgrade is refused with. */
  refusal(headers: Record<string, string>): Promise<number | undefined>;
}

export const mayView = (reach: "all" | readonly Uuid[] = "all"): PersonPrincipal["permissions"] =>
  new Map<Permission, "all" | { sites: Set<Uuid>; devices: Set<Uuid> }>([
    ["camera.view", reach === "all" ? "all" : { sites: new Set(reach), devices: new Set<Uuid>() }],
  ]);

/** Live pictures behind the real HTTP server; the ledger's transactions are PostgreSQL's. */
export async function liveHouse(
  limits: { readonly maxViewers?: number; readonly maxViewersPerPerson?: number } = {},
): Promise<LiveHouse> {
  const database = await createTestDatabase([]);
  const bus = createBus(silentLogger);
  const hub = new FrameHub(silentLogger);
  const log = recordingLogger();
  const trail = recordingTrail();
  const viewed: LiveHouse["viewed"][number][] = [];
  const known = new Map<Uuid, ShownCamera>();
  const people = new Map<string, PersonPrincipal>();
  const personOf = (header: string | undefined): PersonPrincipal | undefined =>
    people.get(parseCookie(header ?? "").who ?? "");
  const numbers = new Map<Uuid, number>();

  const house: LiveHouse = {
    url: "",
    bus,
    hub,
    trail,
    viewed,
    log,
    cameras: known,
    people,
    ledgerFails: false,
    found: new Map(),
    addCamera(camera = {}) {
      const id = randomUUID();
      known.set(id, { tenantId: TENANT, siteId: SITE, state: "live", ...camera });
      return id;
    },
    addPerson(name, person = {}) {
      const made: PersonPrincipal = {
        kind: "person",
        tenantId: TENANT,
        personId: randomUUID(),
        sessionId: randomUUID(),
        name,
        permissions: mayView(),
        ...person,
      };
      people.set(name, made);
      return made;
    },
    publish(cameraId, frame = {}) {
      const number = (numbers.get(cameraId) ?? 0) + 1;
      numbers.set(cameraId, number);
      const made: CameraFrame = {
        tenantId: known.get(cameraId)?.tenantId ?? TENANT,
        cameraId,
        kind: cameras.FRAME_KINDS.jpeg,
        bytes: Buffer.from(`picture ${number}`),
        width: 640,
        height: 480,
        number,
        takenMs: systemClock.nowMs(),
        deviceMs: undefined,
        ...frame,
      };
      hub.publish(made);
      return made;
    },
    async open(name, headers = {}) {
      const socket = new WebSocket(`${house.url.replace("http", "ws")}${cameras.CAMERAS_LIVE_PATH}`, {
        headers: { cookie: `who=${name}`, origin: house.url, ...headers },
      });
      const browser = new TestBrowser(socket);
      await once(socket, "open");
      await browser.until(() => browser.notes.length > 0);
      return browser;
    },
    async refusal(headers) {
      const socket = new WebSocket(`${house.url.replace("http", "ws")}${cameras.CAMERAS_LIVE_PATH}`, {
        headers,
      });
      socket.on("error", () => undefined);
      const [, response] = (await once(socket, "unexpected-response")) as [unknown, { statusCode?: number }];
      return response.statusCode;
    },
    async [Symbol.asyncDispose]() {
      await feature.stop?.();
      server.server.closeAllConnections();
      await server.close();
      await database[Symbol.asyncDispose]();
    },
  };

  const feature = createCameraLive({
    db: database.db,
    bus,
    clock: systemClock,
    log,
    audit: {
      async record(tx, event) {
        if (house.ledgerFails) throw new Error("the ledger takes nothing");
        await trail.record(tx, event);
        viewed.push({ actor: currentAsker()?.actor, event });
      },
    },
    authenticate: async ({ headers }) => personOf(headers.cookie),
    people: {
      again: async ({ name }) => people.get(name),
    },
    cameras: { frames: hub, find: (id) => known.get(id) },
    found: (id) => house.found.get(id),
    // On a busy machine a picture takes as long as it takes.
    keyFrames: new KeyFramePictures(virtualClock()),
    maxViewers: 20,
    maxViewersPerPerson: 5,
    ...limits,
  });
  const server = await createHttpServer({
    trustedProxies: [],
    perMinute: 10_000,
    maxConnections: 1_000,
    log: silentLogger,
  });
  const gates = testGates({
    person: { authenticate: async ({ headers }) => personOf(headers.cookie) },
    resources: {
      device(id) {
        const camera = known.get(id);
        return (
          camera && {
            tenantId: camera.tenantId,
            places: () => [{ siteId: camera.siteId, deviceId: id }],
          }
        );
      },
    },
  });
  mount(server, feature.routes ?? [], gates, silentLogger);
  server.server.on("upgrade", (request, socket, head) =>
    feature.handleUpgrade(request, socket, head, request.socket.remoteAddress ?? ""),
  );
  await server.listen({ host: "127.0.0.1", port: 0 });
  Object.assign(house, { url: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}` });
  return house;
}
