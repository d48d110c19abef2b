import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { newUuid, silentLogger, systemClock, systemRandom, type Uuid } from "@gatehouse/base";
import { maskPicture } from "@gatehouse/capture/pictures";
import { access, type Bus, type BusMessages, cameras } from "@gatehouse/contract";
import { type VirtualClock, virtualClock } from "@gatehouse/testkit";
import { WebSocket } from "ws";
import { type RecordingTrail, recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import { createTestDatabase, type TestDatabase } from "../../../platform/database/testing/index.ts";
import type { FeatureMigrations } from "../../../platform/feature.ts";
import {
  type CameraFrame,
  type CamerasFeature,
  type CameraTables,
  camerasMigrations,
  createCameras,
} from "../index.ts";
import type { CameraDevices, DescribedCamera, Masker } from "../ports.ts";

export const SITE: Uuid = "00000000-0000-4000-8000-0000000000aa";

/** A device without pictures. */
export const THERMOMETER: Uuid = "00000000-0000-4000-8000-0000000000bb";

/** What the slice points to in other features' tables, no more. */
const neighbours: FeatureMigrations = {
  feature: "cameras-test-devices",
  migrations: [
    {
      id: "001-create",
      up: `create table tenants (id uuid primary key);
        create table devices (id uuid primary key, tenant_id uuid not null references tenants (id) on delete cascade)`,
    },
  ],
};

interface HouseOptions {
  readonly cameras?: number;
  readonly masker?: Masker;
}

/** Tests: the feature on a real database and behind a real HTTP server; time is moved by hand. */
export class CameraHouse {
  readonly bus: Bus = createBus(silentLogger);
  readonly clock: VirtualClock = virtualClock();
  readonly audit: RecordingTrail = recordingTrail();
  readonly refused: BusMessages["message.refused"][] = [];
  readonly states: BusMessages["camera.state"][] = [];
  readonly presence: string[] = [];
  readonly heard: Uuid[] = [];
  readonly frames: CameraFrame[] = [];
  readonly known = new Map<Uuid, DescribedCamera>();
  /** Gateway by camera. */
  readonly gatewayOf = new Map<Uuid, Uuid>();
  readonly tenantId: Uuid;
  readonly ids: readonly Uuid[];
  readonly database: TestDatabase<CameraTables>;
  feature!: CamerasFeature;
  url = "";
  readonly #masker: Masker;
  readonly #server = createServer();
  readonly #sockets = new Set<Socket>();

  private constructor(
    database: TestDatabase<CameraTables>,
    tenantId: Uuid,
    ids: readonly Uuid[],
    masker: Masker,
  ) {
    this.database = database;
    this.tenantId = tenantId;
    this.ids = ids;
    this.#masker = masker;
    for (const [at, cameraId] of ids.entries()) this.add(cameraId, { name: `camera-${at + 1}` });
    this.bus.subscribe("message.refused", (message) => this.refused.push(message));
    this.bus.subscribe("camera.state", (message) => this.states.push(message));
    this.bus.subscribe("device.connected", ({ via }) => this.presence.push(`+${via}`));
    this.bus.subscribe("device.disconnected", ({ reason }) => this.presence.push(`-${reason}`));
  }

  static async open({ cameras: count = 2, masker = { mask: maskPicture } }: HouseOptions = {}) {
    const database = await createTestDatabase<CameraTables>([neighbours, camerasMigrations]);
    const [tenantId = "", ...ids] = Array.from({ length: count + 1 }, () =>
      newUuid(systemClock, systemRandom),
    );
    await database.pool.query("insert into tenants (id) values ($1)", [tenantId]);
    await database.pool.query("insert into devices (id, tenant_id) select unnest($1::uuid[]), $2", [
      ids,
      tenantId,
    ]);
    const house = new CameraHouse(database, tenantId, ids, masker);
    await house.start();
    house.#server.on("connection", (socket: Socket) => {
      house.#sockets.add(socket);
      socket.once("close", () => house.#sockets.delete(socket));
    });
    house.#server.on("upgrade", (request, socket, head) =>
      house.feature.handleFeedUpgrade(request, socket, head, "192.0.2.7"),
    );
    house.#server.listen(0, "127.0.0.1");
    await once(house.#server, "listening");
    const { port } = house.#server.address() as AddressInfo;
    house.url = `ws://127.0.0.1:${port}${cameras.CAMERAS_FEED_PATH}`;
    return house;
  }

  /** As after a restart, on the same database. */
  async start(): Promise<void> {
    await this.feature?.stop?.();
    const { bus, clock, audit } = this;
    this.feature = createCameras({
      db: this.database.db,
      clock,
      log: silentLogger,
      bus,
      audit,
      devices: this.#devices(),
      activity: {
        isRecording: () => false,
        isMoving: () => undefined,
        fetchingOf: () => ({}),
        detectionProblemOf: () => undefined,
      },
      authenticator: {
        authenticate: async ({ password }) => {
          if (password === "key-of-thermometer")
            return { tenantId: this.tenantId, deviceId: THERMOMETER, credentialId: "1" };
          const camera = [...this.known.values()].find(({ name }) => password === `key-of-${name}`);
          if (camera === undefined) return { refused: "device.credentials_invalid" };
          const { tenantId, cameraId: deviceId } = camera;
          if (camera.revoked) return { refused: "device.revoked", tenantId, deviceId };
          return { tenantId, deviceId, credentialId: `credential of ${camera.name}` };
        },
      },
      masker: this.#masker,
      hasDetector: async (_tenantId, id) => id === "built_in",
    });
    this.feature.frames.subscribe((frame) => this.frames.push(frame));
    await this.feature.start?.();
  }

  add(cameraId: Uuid, more: Partial<DescribedCamera> = {}): void {
    const { tenantId } = this;
    this.known.set(cameraId, {
      tenantId,
      cameraId,
      name: "camera",
      label: "",
      typeId: "esp32-cam",
      siteId: SITE,
      siteName: "House",
      revoked: false,
      demo: false,
      ...more,
    });
  }

  /** A route of the slice, as the mount calls it. */
  call(
    endpoint: { readonly path: string; readonly method: string },
    input: {
      readonly id?: Uuid;
      readonly body?: object;
      readonly query?: object;
      readonly tenantId?: Uuid;
      readonly reach?: access.Reach;
    } = {},
  ): Promise<unknown> {
    const found = this.feature.routes?.find(
      (one) => one.endpoint.path === endpoint.path && one.endpoint.method === endpoint.method,
    );
    if (found === undefined) throw new Error(`${endpoint.method} ${endpoint.path} is not there`);
    const { tenantId = this.tenantId, reach = "all" } = input;
    return found.handler({
      principal: { tenantId, name: "Ada" },
      scope: { ...access.wholeTenant(tenantId), reach },
      params: { id: input.id },
      query: input.query ?? {},
      body: input.body,
    });
  }

  /** Chosen over the default. */
  async choose(cameraId: Uuid, change: Partial<cameras.CameraSettings>): Promise<cameras.Camera> {
    const before = (await this.call(cameras.getCamera, { id: cameraId })) as cameras.Camera;
    const body = { settings: { ...before.settings, ...change }, settingsMs: before.settingsMs };
    return (await this.call(cameras.updateCamera, { id: cameraId, body })) as cameras.Camera;
  }

  async camera(cameraId: Uuid): Promise<cameras.Camera> {
    return (await this.call(cameras.getCamera, { id: cameraId })) as cameras.Camera;
  }

  /** A camera that sends plain JPEG, connected. */
  async connect(name = "camera-1"): Promise<TestCamera> {
    const socket = new WebSocket(this.url, { headers: { authorization: `Bearer key-of-${name}` } });
    const camera = new TestCamera(socket);
    await once(socket, "open");
    return camera;
  }

  /** Connections of the test before may still be ending. */
  async quiet(): Promise<void> {
    await this.until(() => this.feature.stats().connections === 0);
    for (const list of [this.refused, this.frames, this.presence, this.states, this.heard]) list.length = 0;
  }

  statesOf(cameraId: Uuid): string[] {
    return this.states.filter((message) => message.cameraId === cameraId).map(({ state }) => state);
  }

  codes(): string[] {
    return this.refused.map(({ code }) => code);
  }

  /** Waits for what comes over real sockets; the limit is no measure of anything. */
  async until(isSo: () => boolean): Promise<void> {
    const limitMs = Date.now() + 60_000;
    while (!isSo()) {
      if (Date.now() > limitMs) throw new Error(`it does not happen: ${isSo}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.feature.stop?.();
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await this.database[Symbol.asyncDispose]();
  }

  #devices(): CameraDevices {
    return {
      find: (id) => this.known.get(id),
      idsWithin: ({ tenantId, reach }) =>
        [...this.known.values()]
          .filter((camera) => camera.tenantId === tenantId && !camera.revoked)
          .filter(({ siteId, cameraId: deviceId }) => access.reaches(reach, { siteId, deviceId }))
          .map(({ cameraId }) => cameraId),
      describe: async (ids) => ids.flatMap((id) => this.known.get(id) ?? []),
      heard: (id) => void this.heard.push(id),
      isAssigned: (gatewayId, cameraId) => this.gatewayOf.get(cameraId) === gatewayId,
      carriesCameras: (gatewayId) => [...this.gatewayOf.values()].includes(gatewayId),
    };
  }
}

/** The camera's end of the wire. */
export class TestCamera {
  readonly socket: WebSocket;
  /** Codes that the server told. */
  readonly told: string[] = [];
  /** Code and reason of the end. */
  closed: readonly [code: number, reason: string] | undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => this.told.push(JSON.parse(String(data)).refused));
    socket.on("close", (code, reason) => {
      this.closed = [code, String(reason)];
    });
    socket.on("error", () => undefined);
  }

  send(...frames: readonly (Uint8Array | string)[]): void {
    for (const frame of frames) this.socket.send(frame);
  }

  /** Bytes below the messages: for what a library would not send. */
  raw(bytes: Uint8Array): void {
    (this.socket as unknown as { _socket: Socket })._socket.write(bytes);
  }
}
