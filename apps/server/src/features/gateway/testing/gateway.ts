import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import {
  type AppError,
  type Clock,
  type Logger,
  silentLogger,
  systemClock,
  systemRandom,
  type Uuid,
} from "@gatehouse/base";
import type { Bus, BusMessages, devices, Reading } from "@gatehouse/contract";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { createBus } from "../../../platform/bus/bus.ts";
import type { TestDatabase } from "../../../platform/database/testing/index.ts";
import type { BridgeSettings } from "../home-assistant/bridge.ts";
import type { CameraWatch } from "../home-assistant/camera-signs.ts";
import { createGateway, type GatewayFeature, type GatewayParts, type SecureChannel } from "../index.ts";
import type {
  AnnouncedDevice,
  Announcement,
  DeviceIdentity,
  DeviceLogLine,
  FrameDesk,
  TopicGrant,
} from "../ports.ts";
import type { GatewayTables } from "../tables.ts";
import { createGatewayDatabase, deviceId, TENANT } from "./database.ts";
import {
  NO_CAMERAS,
  NO_CHANNEL,
  NO_DEVICE_SETTINGS,
  NO_FRAMES,
  NO_SITE_GATEWAYS,
  NO_WITNESSES,
} from "./no-channel.ts";

/** Takes readings like the real store: commits when told, or at once. */
export class FakeSink {
  readonly readings: Reading[] = [];
  readonly held: (() => void)[] = [];
  /** When true, nothing is committed before `commit()`. */
  isHolding = false;
  /** How many readings may wait for the commit; beyond, `submit` says no. */
  room = Number.POSITIVE_INFINITY;
  error: AppError | undefined;

  submit(reading: Reading, done: (error?: AppError) => void): boolean {
    if (this.held.length >= this.room) return false;
    const finish = (): void => {
      if (this.error === undefined) this.readings.push(reading);
      done(this.error);
    };
    if (this.isHolding) this.held.push(finish);
    else setImmediate(finish);
    return true;
  }

  commit(): void {
    for (const finish of this.held.splice(0)) finish();
  }
}

export interface TestDevice {
  readonly identity: DeviceIdentity;
  readonly password: string;
}

export interface TestGateway extends AsyncDisposable {
  readonly gateway: GatewayFeature;
  readonly bus: Bus;
  readonly sink: FakeSink;
  readonly database: TestDatabase<GatewayTables>;
  readonly devices: Map<string, TestDevice>;
  readonly refused: BusMessages["message.refused"][];
  readonly presence: string[];
  readonly log: { deviceId: string; line: DeviceLogLine }[];
  readonly pending: Map<string, devices.Command[]>;
  readonly delivered: string[];
  readonly answered: { deviceId: string; id: string; ok: boolean; reason: string | undefined }[];
  readonly announcements: Announcement[];
  readonly sent: { deviceId: string; key: string; params: unknown }[];
  readonly inventory: devices.Device[];
  readonly watched: Map<Uuid, CameraWatch>;
  readonly settings: { maxTimestampPastDays: number; acceptDiscovery: boolean };
  bridge: BridgeSettings | undefined;
  /** While set, log-ins wait for it. */
  loginGate: Promise<void> | undefined;
  readonly loginsWaiting: number;
  /** Called when a log-in has found its device and is not answered yet. */
  afterIdentified: (() => void) | undefined;
  readonly port: number;
  addDevice(name: string, more?: Partial<DeviceIdentity>): TestDevice;
  /** mqtt.js as the device, connected. */
  client(name: string, options?: IClientOptions & { messages?: string[] }): Promise<MqttClient>;
  /** Ends every client made so far. */
  dropClients(): Promise<void>;
  raw(): Promise<Socket>;
  /** An HTTP server that passes upgrades on; answers its port. */
  http(): Promise<number>;
  codes(): string[];
  /** Buffer marks of the broker's own sockets. */
  marks(): { via: string; readBytes: number; writeBytes: number }[];
  stop(): Promise<void>;
}

export interface TestOptions {
  readonly database?: TestDatabase<GatewayTables>;
  readonly mqtt?: Partial<GatewayParts["mqtt"]>;
  readonly tls?: GatewayParts["tls"];
  readonly connectTimeoutMs?: number;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly devices?: Map<string, TestDevice>;
  readonly channel?: SecureChannel;
  readonly frames?: FrameDesk;
}

/** The whole gateway on free ports, with small stand-ins for the other features and the real PostgreSQL. */
export async function startGateway(options: TestOptions = {}): Promise<TestGateway> {
  const database = options.database ?? (await createGatewayDatabase());
  const bus = createBus(silentLogger);
  const sink = new FakeSink();
  const known = options.devices ?? new Map<string, TestDevice>();
  const clients: MqttClient[] = [];
  const sockets: Socket[] = [];
  const servers: Server[] = [];
  const state = {
    refused: [] as BusMessages["message.refused"][],
    presence: [] as string[],
    log: [] as { deviceId: string; line: DeviceLogLine }[],
    pending: new Map<string, devices.Command[]>(),
    delivered: [] as string[],
    answered: [] as { deviceId: string; id: string; ok: boolean; reason: string | undefined }[],
    announcements: [] as Announcement[],
    sent: [] as { deviceId: string; key: string; params: unknown }[],
    inventory: [] as devices.Device[],
    watched: new Map<Uuid, CameraWatch>(),
    settings: { maxTimestampPastDays: 7, acceptDiscovery: true },
    bridge: undefined as BridgeSettings | undefined,
    loginGate: undefined as Promise<void> | undefined,
    loginsWaiting: 0,
    afterIdentified: undefined as (() => void) | undefined,
  };
  bus.subscribe("message.refused", (message) => state.refused.push(message));
  bus.subscribe("device.connected", ({ deviceId: id, via }) => state.presence.push(`+${id} ${via}`));
  bus.subscribe("device.disconnected", ({ deviceId: id, reason }) => state.presence.push(`-${id} ${reason}`));
  const discovered = new Map<string, AnnouncedDevice>();
  const gateway = createGateway({
    clock: options.clock ?? systemClock,
    random: systemRandom,
    log: options.log ?? silentLogger,
    bus,
    db: database.db,
    sink,
    channel: options.channel ?? NO_CHANNEL,
    mqtt: {
      host: "127.0.0.1",
      port: 0,
      tlsHost: options.tls === undefined ? "" : "127.0.0.1",
      tlsPort: 0,
      maxConnections: 2_000,
      maxConnectionsPerAddress: 1_000,
      maxMessagesPerSecond: 100_000,
      ...options.mqtt,
    },
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.connectTimeoutMs === undefined ? {} : { connectTimeoutMs: options.connectTimeoutMs }),
    authenticator: {
      async authenticate({ username, password, certificate }) {
        if (state.loginGate !== undefined) {
          state.loginsWaiting++;
          await state.loginGate;
          state.loginsWaiting--;
        }
        const all = [...known.values()];
        const byCertificate = all.find(({ identity }) => identity.deviceId === certificate?.deviceId);
        if (byCertificate !== undefined) return { ...byCertificate.identity, credentialKind: "certificate" };
        const device = all.find(
          ({ identity }) => identity.name === username || identity.deviceId === username,
        );
        state.afterIdentified?.();
        return device?.password === password ? device?.identity : undefined;
      },
      async find(id) {
        return [...known.values()].find(({ identity }) => identity.deviceId === id)?.identity;
      },
    },
    siteGateways: NO_SITE_GATEWAYS,
    deviceSettings: NO_DEVICE_SETTINGS,
    witnesses: NO_WITNESSES,
    cameras: NO_CAMERAS,
    clips: { piece: async () => "camera.none" },
    frames: options.frames ?? NO_FRAMES,
    deviceLog: {
      async append(device, lines) {
        for (const line of lines) state.log.push({ deviceId: device.deviceId, line });
      },
    },
    commands: {
      pending: async (id) => state.pending.get(id) ?? [],
      async delivered(id) {
        state.delivered.push(id);
        for (const [device, list] of state.pending)
          state.pending.set(
            device,
            list.filter((command) => command.id !== id),
          );
      },
      async answered(id, commandId, ok, reason) {
        state.answered.push({ deviceId: id, id: commandId, ok, reason });
      },
    },
    discovery: {
      async announce(by, announcement) {
        state.announcements.push(announcement);
        const before = discovered.get(announcement.discoveryId);
        const device = before ?? {
          tenantId: by.tenantId,
          deviceId: deviceId(60 + discovered.size),
          typeId: "generic",
          name: announcement.name,
        };
        discovered.set(announcement.discoveryId, device);
        return device;
      },
    },
    settings: { get: () => state.settings },
    homeAssistant: {
      bridgeSettings: () => state.bridge,
      bridgedDevices: {
        list: async () => state.inventory,
        find: async (_, id) => state.inventory.find((device) => device.id === id),
        watchOf: (id) => state.watched.get(id),
        async sendCommand(_, id, key, params) {
          state.sent.push({ deviceId: id, key, params });
        },
      },
    },
  });
  await gateway.start?.();
  const port = gateway.listening().find(({ kind }) => kind === "mqtt")?.port ?? 0;
  let isStopped = false;
  const test: TestGateway = {
    ...state,
    get loginGate() {
      return state.loginGate;
    },
    set loginGate(gate) {
      state.loginGate = gate;
    },
    get afterIdentified() {
      return state.afterIdentified;
    },
    set afterIdentified(listener) {
      state.afterIdentified = listener;
    },
    get loginsWaiting() {
      return state.loginsWaiting;
    },
    get bridge() {
      return state.bridge;
    },
    set bridge(settings) {
      state.bridge = settings;
    },
    gateway,
    bus,
    sink,
    database,
    devices: known,
    port,
    addDevice(name, more = {}) {
      const identity: DeviceIdentity = {
        tenantId: TENANT,
        deviceId: deviceId(known.size + 1),
        name,
        typeId: "generic",
        credentialId: deviceId(900 + known.size),
        credentialKind: "api_key",
        ...more,
      };
      const device = { identity, password: `key of ${name}` };
      known.set(name, device);
      return device;
    },
    async client(name, { messages, ...more } = {}) {
      const client = mqtt.connect({
        host: "127.0.0.1",
        port,
        username: name,
        password: known.get(name)?.password ?? "",
        clientId: "test",
        reconnectPeriod: 0,
        ...more,
      });
      clients.push(client);
      if (messages !== undefined) client.on("message", (_, payload) => messages.push(payload.toString()));
      client.on("error", () => {});
      await Promise.race([
        new Promise((resolve) => client.once("connect", resolve)),
        new Promise((_, reject) => client.once("close", () => reject(new Error("the broker closed")))),
      ]);
      return client;
    },
    async dropClients() {
      for (const client of clients.splice(0)) client.end(true);
      for (const socket of sockets.splice(0)) socket.destroy();
      await until(() => gateway.connectedCount() === 0);
    },
    async raw() {
      const socket = connect(port, "127.0.0.1");
      sockets.push(socket);
      socket.on("error", () => {});
      await once(socket, "connect");
      return socket;
    },
    async http() {
      const server = createServer();
      servers.push(server);
      server.on("upgrade", (request, socket, head) =>
        gateway.handleUpgrade(request, socket, head, request.socket.remoteAddress ?? ""),
      );
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      return (server.address() as { port: number }).port;
    },
    marks: () =>
      gateway.connections().map(({ via, client: { conn } }) => ({
        via,
        readBytes: conn.readableHighWaterMark,
        writeBytes: conn.writableHighWaterMark,
      })),
    codes: () => state.refused.map(({ code }) => code),
    async stop() {
      if (isStopped) return;
      isStopped = true;
      for (const client of clients) client.end(true);
      for (const socket of sockets) socket.destroy();
      for (const server of servers) server.close();
      sink.room = Number.POSITIVE_INFINITY;
      sink.isHolding = false;
      sink.commit();
      await gateway.stop?.();
    },
    async [Symbol.asyncDispose]() {
      await test.stop();
      if (options.database === undefined) await database[Symbol.asyncDispose]();
    },
  };
  return test;
}

/** Waits until it is so; the test's own time limit decides when it never is. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

export const grant = (pattern: string): TopicGrant => ({ pattern, publish: true, subscribe: true });

/** Messages a client receives from now on. */
export function inbox(client: MqttClient): { topic: string; text: string; qos: number; retain: boolean }[] {
  const messages: { topic: string; text: string; qos: number; retain: boolean }[] = [];
  client.on("message", (topic, payload, { qos, retain }) =>
    messages.push({ topic, text: payload.toString(), qos, retain }),
  );
  return messages;
}

export const closing = (client: MqttClient): Promise<void> =>
  new Promise((resolve) => void client.once("close", () => resolve()));
