import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type ErrorCode, isAppError, type Uuid } from "@gatehouse/base";
import type { operations } from "@gatehouse/contract";
import type { WebSocket } from "ws";
import { ALL_ON, type Controls } from "../../platform/controls.ts";
import type { Feature } from "../../platform/feature.ts";
import { assertSameOrigin } from "../../platform/http/cross-site.ts";
import { endWithReply } from "../../platform/http/refuse-upgrade.ts";
import { WebSocketProgress } from "../../platform/http/websocket-progress.ts";
import { Attendance } from "./attendance.ts";
import { CHANNEL_SUBPROTOCOL, ChannelSockets, createChannelSocketServer } from "./channel-sockets.ts";
import { ConnectLimits } from "./connect-limits.ts";
import type { Connection, Via } from "./connection.ts";
import { type RateCounter, TenantRates } from "./counters.ts";
import { envelopeRoute } from "./envelope-route.ts";
import { Envelopes } from "./envelopes.ts";
import { HomeAssistantBridge, type HomeAssistantParts } from "./home-assistant/bridge.ts";
import { Intake } from "./intake.ts";
import { Listeners, type ListenerTls, type Listening } from "./listeners.ts";
import { Pacer } from "./pacer.ts";
import type {
  CameraDesk,
  ClipDesk,
  DeviceSettingsDesk,
  DeviceWitnessDesk,
  FrameDesk,
  ReadingSink,
} from "./ports.ts";
import { Refusals } from "./refusals.ts";
import { Refused } from "./refused.ts";
import { ingestRoute } from "./routes.ts";
import { MqttService, type MqttServiceParts } from "./service.ts";
import { chooseSubprotocol, createMqttWebSocketServer, WebSocketBytes } from "./websocket.ts";

export interface MqttSettings {
  readonly host: string;
  readonly port: number;
  /** Empty: no TLS listener. */
  readonly tlsHost: string;
  readonly tlsPort: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxMessagesPerSecond: number;
}

type Given = Omit<
  MqttServiceParts,
  "intake" | "pacer" | "refusals" | "accepted" | "envelopes" | "attendance" | "controls"
>;

export interface GatewayParts extends Given {
  readonly mqtt: MqttSettings;
  readonly tls?: ListenerTls;
  readonly controls?: Controls;
  readonly sink: ReadingSink;
  readonly deviceSettings: DeviceSettingsDesk;
  readonly witnesses: DeviceWitnessDesk;
  readonly cameras: CameraDesk;
  readonly clips: ClipDesk;
  readonly frames: FrameDesk;
  readonly homeAssistant: Omit<HomeAssistantParts, keyof Given>;
}

export interface GatewayStats {
  readonly connections: number;
  readonly accepted: {
    readonly total: number;
    readonly perSecond: number;
    readonly spark: readonly number[];
  };
  readonly refused: {
    readonly total: number;
    readonly spark: readonly number[];
    readonly byCode: ReadonlyMap<ErrorCode, number>;
  };
  /** Messages that wait for room in the store. */
  readonly waiting: number;
  readonly forwarded: number;
  readonly dropped: number;
}

export interface GatewayFeature extends Feature {
  connectedCount(): number;
  stats(): GatewayStats;
  /** What was accepted from the organisation's devices, and how much was refused since start. */
  statsOf(tenantId: Uuid): Pick<GatewayStats, "accepted"> & { readonly refused: number };
  /** Connections whose device is logged in. */
  connections(): readonly Connection[];
  /** Open MQTT listeners with the ports they got. */
  listening(): readonly Listening[];
  homeAssistant(): operations.NetworkInfo["homeAssistant"];
  /** A message of content type 10 in the device's live session; false: it has none. Nothing is kept for later. */
  sendControl(deviceId: string, payload: Uint8Array): boolean;
  /** Whether the device has a live session over a WebSocket. */
  hasSession(deviceId: string): boolean;
  /** MQTT over WebSocket at MQTT_WEBSOCKET_PATH; answers refusals itself. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, address: string): void;
  /** The secure channel over WebSocket at CHANNEL_PATH. */
  handleChannelUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, address: string): void;
}

/** Connects one address may open a second, in the mean. A site that lost its power comes back all at once. */
const CONNECTS_PER_SECOND = 200;

/**
 * Frames of the secure channel from one address before anybody is known: each may cost a key agreement, some
 * milliseconds. Enough for a site of a thousand meters behind one address.
 */
const STRANGER_FRAMES_PER_SECOND = 50;

export function createGateway(parts: GatewayParts): GatewayFeature {
  const { clock, log, mqtt, controls = ALL_ON } = parts;
  const refusals = new Refusals(parts);
  const accepted = new TenantRates(clock);
  const intake = new Intake(parts);
  const perSecond = controls.rateLimit ? mqtt.maxMessagesPerSecond : Number.MAX_SAFE_INTEGER;
  const pacer = new Pacer({ clock, perSecond });
  const envelopes = new Envelopes({ ...parts, refusals, accepted, intake });
  const attendance = new Attendance(parts);
  const strangers = new Pacer({ clock, perSecond: STRANGER_FRAMES_PER_SECOND });
  const given = { ...parts, controls, refusals, accepted, intake, pacer };
  const shared = { ...given, envelopes, attendance, strangers };
  const service = new MqttService(shared);
  const limits = new ConnectLimits({ ...mqtt, connectsPerSecond: CONNECTS_PER_SECOND }, clock);
  const bridge = new HomeAssistantBridge({ ...parts, ...parts.homeAssistant });
  const webSockets = createMqttWebSocketServer();
  const channelServer = createChannelSocketServer();
  const channelSockets = new ChannelSockets(shared);

  /** The place of a new connection, or undefined when there is none; that is counted. */
  const enter = (via: Via, address: string): (() => void) | undefined => {
    const leave = limits.enter(address);
    if (leave === undefined)
      refusals.add(new Refused("request.rate_limited", "connections"), { via, address });
    return leave;
  };
  /** Whether this upgrade may become a WebSocket; answers it itself when not. */
  const admit = (
    request: IncomingMessage,
    socket: Duplex,
    address: string,
    speaksOurs: boolean,
  ): { readonly via: Via; readonly address: string } | undefined => {
    const via = "encrypted" in request.socket ? "wss" : "ws";
    try {
      assertSameOrigin(request.headers, request.headers.host);
    } catch (error) {
      if (!isAppError(error)) throw error;
      refusals.add(new Refused(error.code, request.headers.origin), { via, address });
      endWithReply(socket, "403 Forbidden");
      return undefined;
    }
    if (!speaksOurs) {
      endWithReply(socket, "400 Bad Request");
      return undefined;
    }
    const leave = enter(via, address);
    if (leave === undefined) {
      endWithReply(socket, "503 Service Unavailable");
      return undefined;
    }
    socket.once("close", leave);
    return { via, address };
  };
  const listeners = new Listeners({
    log,
    enter,
    accept: (socket, via) => service.accept(socket, via, socket.remoteAddress ?? ""),
    handshakeFailed: (via, address, reason) =>
      refusals.add(new Refused("connection.tls_failed", reason), { via, address }),
  });

  return {
    name: "gateway",
    routes: [ingestRoute(shared), envelopeRoute(shared)],
    async start() {
      await service.start();
      await listeners.openPlain(mqtt);
      if (parts.tls !== undefined && mqtt.tlsHost !== "")
        await listeners.openTls({ host: mqtt.tlsHost, port: mqtt.tlsPort }, parts.tls);
      bridge.start();
    },
    async stop() {
      listeners.close();
      channelSockets.stop();
      await bridge.stop();
      await service.stop();
    },
    connectedCount: () => service.connectedCount,
    connections: () => service.connections,
    listening: () => listeners.listening,
    homeAssistant: () => bridge.state(),
    stats: () => ({
      connections: service.connectedCount,
      accepted: ratesOf(accepted.all),
      refused: { total: refusals.counter.total, spark: refusals.counter.spark(), byCode: refusals.byCode() },
      waiting: intake.waitingCount,
      ...service.routed,
    }),
    statsOf: (tenantId) => ({
      accepted: ratesOf(accepted.of(tenantId)),
      refused: refusals.countOf(tenantId),
    }),
    sendControl: (deviceId, payload) =>
      channelSockets.sendControl(deviceId, payload) || service.sendControl(deviceId, payload),
    hasSession: (deviceId) => channelSockets.hasSession(deviceId),
    handleUpgrade(request, socket, head, address) {
      const place = admit(request, socket, address, chooseSubprotocol(request) !== undefined);
      if (place === undefined) return;
      webSockets.handleUpgrade(request, socket, head, (opened: WebSocket) =>
        service.accept(new WebSocketBytes(opened), place.via, place.address),
      );
    },
    handleChannelUpgrade(request, socket, head, address) {
      const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
      const place = admit(request, socket, address, offered.includes(CHANNEL_SUBPROTOCOL));
      if (place === undefined) return;
      // Before the reader of the messages, which waits for them to be whole.
      const progress = new WebSocketProgress(clock);
      socket.on("data", (bytes: Buffer) => progress.push(bytes));
      channelServer.handleUpgrade(request, socket, head, (opened: WebSocket) =>
        channelSockets.accept(opened, { ...place, progress, stream: socket }),
      );
    },
  };
}

const ratesOf = (counter: RateCounter): GatewayStats["accepted"] => ({
  total: counter.total,
  perSecond: counter.perSecond(),
  spark: counter.spark(),
});
