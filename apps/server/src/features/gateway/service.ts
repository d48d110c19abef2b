import type { Duplex } from "node:stream";
import { type Clock, isAppError, type Logger, type Random, type Timer } from "@gatehouse/base";
import { type Bus, LIMITS } from "@gatehouse/contract";
import type { Client } from "aedes";
import type { Controls } from "../../platform/controls.ts";
import { peerDevice } from "../../platform/tls/index.ts";
import { guardParser, onPacket, PacketTooLarge, refreshKeepalive, setMarks } from "./aedes-internals.ts";
import type { Attendance } from "./attendance.ts";
import { GatewayBroker, type InboundPacket } from "./broker.ts";
import { CommandDelivery } from "./commands.ts";
import { attach, Connection, connectionOf, type Peer, prefixOf, type Via } from "./connection.ts";
import { Connections } from "./connections.ts";
import type { TenantRates } from "./counters.ts";
import type { Envelopes } from "./envelopes.ts";
import { gatherWrites } from "./gather-writes.ts";
import { Announcements } from "./home-assistant/announcements.ts";
import { InboundDiscovery } from "./home-assistant/inbound-discovery.ts";
import { Inbound } from "./inbound.ts";
import type { Intake } from "./intake.ts";
import { MQTT_LIMITS } from "./limits.ts";
import { Login } from "./login.ts";
import { publishOrphanWills } from "./orphan-wills.ts";
import type { Pacer } from "./pacer.ts";
import { Permissions } from "./permissions.ts";
import { MqttStateStore } from "./persistence/mqtt-state-store.ts";
import { PostgresPersistence } from "./persistence/persistence.ts";
import type {
  CommandSource,
  DeviceAuthenticator,
  DeviceIdentity,
  DeviceLogSink,
  Discovery,
  GatewaySettings,
  SecureChannel,
  SiteGatewayDesk,
} from "./ports.ts";
import type { Refusals } from "./refusals.ts";
import { Refused } from "./refused.ts";
import { Router } from "./router.ts";
import { clientIdOfSession, ownerOfSession } from "./session-id.ts";
import type { GatewayDatabase } from "./tables.ts";

export interface MqttServiceParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bus: Bus;
  readonly db: GatewayDatabase;
  readonly intake: Intake;
  readonly pacer: Pacer;
  readonly refusals: Refusals;
  readonly accepted: TenantRates;
  readonly authenticator: DeviceAuthenticator;
  readonly deviceLog: DeviceLogSink;
  readonly siteGateways: SiteGatewayDesk;
  readonly commands: CommandSource;
  readonly discovery: Discovery;
  readonly settings: GatewaySettings;
  readonly channel: SecureChannel;
  readonly envelopes: Envelopes;
  readonly attendance: Attendance;
  readonly controls: Controls;
  /** MQTT_LIMITS.connectTimeoutMs unless told. */
  readonly connectTimeoutMs?: number;
}

/** What aedes says before it asks us whether a topic is allowed. */
const TOO_MANY_LEVELS = "topic has too many levels";
const SWEEP_EVERY_MS = 1_000;
/** Longest wait for messages that are being stored when the program stops, and how often it looks at the least. */
const STOP_WITHIN_MS = 3_000;
const LEAST_LOOKS = 50;

/** The MQTT broker: sockets in, checked readings out. */
export class MqttService {
  readonly #parts: MqttServiceParts;
  readonly #connections = new Connections();
  readonly #announcements: Announcements;
  readonly #persistence: PostgresPersistence;
  readonly #router: Router;
  readonly #inbound: Inbound;
  readonly #commands: CommandDelivery;
  readonly #login: Login;
  readonly #bridges: InboundDiscovery;
  readonly #unsubscribe: (() => void)[] = [];
  #broker: GatewayBroker | undefined;
  #sweep: Timer | undefined;

  constructor(parts: MqttServiceParts) {
    this.#parts = parts;
    const { clock, log } = parts;
    const refuse = (connection: Connection, refused: Refused): void =>
      this.#inbound.refuse(connection, refused);
    this.#persistence = new PostgresPersistence({
      store: new MqttStateStore(parts.db),
      clock,
      log,
      mayKeep: (sessionId, topic) => this.#find(sessionId)?.allowed.has(topic) ?? false,
      onQueueFull: (sessionId) => this.#queueFull(sessionId),
    });
    this.#announcements = new Announcements(parts.discovery);
    this.#router = new Router({ clock, persistence: this.#persistence, refuse });
    this.#bridges = new InboundDiscovery({
      announcements: this.#announcements,
      connections: this.#connections,
      settings: parts.settings,
      retained: this.#persistence.retained,
      refuse,
    });
    this.#inbound = new Inbound({
      ...parts,
      isRepeated: ({ client }, packet) => this.#persistence.hasIncoming(client, packet.messageId),
      route: (...message) => this.#router.route(...message),
      discover: (...message) => this.#bridges.receive(...message),
      answer: (connection, frame) => this.#commands.sendFrame(connection, frame),
      sessionBegan: (connection) => this.#commands.deliverPending(connection),
    });
    this.#commands = new CommandDelivery({
      log,
      source: parts.commands,
      connections: this.#connections,
      announcements: this.#announcements,
      channel: parts.channel,
    });
    this.#login = new Login({
      ...parts,
      connections: this.#connections,
      certificateOf: peerDevice,
      refuse,
      accepted: ({ early, peer }) => {
        for (const packet of early) prefixFilters(packet, (peer as Peer).prefix);
      },
    });
  }

  get connectedCount(): number {
    return this.#connections.count;
  }

  get connections(): readonly Connection[] {
    return [...this.#connections.all()];
  }

  get routed(): { readonly forwarded: number; readonly dropped: number } {
    return this.#router.counts;
  }

  /** Through a live session of the device over MQTT; false: it has none, or listens to no frames. */
  sendControl(deviceId: string, payload: Uint8Array): boolean {
    return this.#commands.sendControl(deviceId, payload);
  }

  async start(): Promise<void> {
    const { bus, clock, connectTimeoutMs = MQTT_LIMITS.connectTimeoutMs } = this.#parts;
    const broker = await GatewayBroker.start({
      persistence: this.#persistence,
      concurrency: 1_000,
      connectTimeout: connectTimeoutMs,
      drainTimeout: MQTT_LIMITS.drainTimeoutMs,
      maxInflightInbound: MQTT_LIMITS.inboundQos2,
      // The prefix is ours and one level more.
      maxTopicLevels: LIMITS.topicLevels + 1,
      maxClientsIdLength: 1_000,
      preConnect: (client, packet, done) => this.#login.preConnect(client, packet, done),
      authenticate: (client, _name, _password, done) => this.#login.authenticate(client, done),
      authorizePublish: (client, packet, done) =>
        this.#authorizePublish(client, packet as InboundPacket, done),
      authorizeSubscribe: (client, subscription, done) =>
        this.#router.authorizeSubscribe(client, subscription, done),
      authorizeForward: (client, packet) => this.#router.authorizeForward(client, packet),
    });
    this.#broker = broker;
    this.#router.broker = broker;
    this.#commands.broker = broker;
    broker.on("client", (client) => this.#registered(client));
    broker.on("clientReady", (client) => this.#ready(client));
    broker.on("clientDisconnect", (client) => this.#left(client));
    broker.on("clientError", (client, error) => this.#failed(client, error));
    broker.on("connectionError", (client, error) => this.#failed(client, error));
    broker.on(
      "error" as "closed",
      ((error: Error) => this.#parts.log.error({ err: error }, "mqtt.broker_failed")) as () => void,
    );
    broker.on("subscribe", (_, client) => this.#commands.deliverPending(connectionOf(client)));
    broker.on("unsubscribe", (filters, client) => this.#router.unsubscribed(connectionOf(client), filters));
    this.#unsubscribe.push(
      bus.subscribe("device.credentials_ended", ({ deviceId, credentialIds }) =>
        this.#end(deviceId, "revoked", credentialIds),
      ),
      bus.subscribe("device.changed", ({ deviceId, change }) => this.#deviceChanged(deviceId, change)),
      bus.subscribe("command.changed", ({ command }) => {
        if (command.state === "queued") this.#commands.deliver(command);
      }),
    );
    this.#sweep = clock.every(SWEEP_EVERY_MS, () => this.#sweepConnections());
    await publishOrphanWills({
      persistence: this.#persistence,
      authenticator: this.#parts.authenticator,
      receive: (...message) => this.#inbound.receive(...message),
      broker,
    });
  }

  /** Takes over a byte stream. */
  accept(stream: Duplex, via: Via, address: string): void {
    const broker = this.#broker as GatewayBroker;
    setMarks(stream, { readBytes: MQTT_LIMITS.readPortionBytes, writeBytes: MQTT_LIMITS.socketBufferBytes });
    gatherWrites(stream);
    const client = broker.handle(stream as never);
    const connection = new Connection(client, via, address);
    attach(client, connection);
    this.#parts.intake.gate.guard(stream, () => connection.peer !== undefined);
    if (this.#parts.controls.parserGuard)
      guardParser(client, () =>
        connection.peer === undefined ? MQTT_LIMITS.connectPacketBytes : MQTT_LIMITS.packetBytes,
      );
    onPacket(client, (packet) => {
      if (packet.cmd === "puback") this.#commands.acknowledged(connection, packet.messageId);
      else if (packet.cmd === "unsubscribe") {
        if (connection.peer === undefined) connection.early.push(packet);
        else prefixFilters(packet, connection.peer.prefix);
      }
    });
  }

  /** Finishes what was taken, then closes every connection; wills are not published, since no client failed. */
  async stop(): Promise<void> {
    this.#sweep?.cancel();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const { client } of this.#connections.all()) (client as unknown as { pause(): void }).pause();
    const deadlineMs = this.#parts.clock.monotonicMs() + STOP_WITHIN_MS;
    const mayWait = (looks: number): boolean =>
      looks < LEAST_LOOKS || this.#parts.clock.monotonicMs() < deadlineMs;
    // An acknowledgement leaves some turns after its message is let go.
    for (let quiet = 0, looks = 0; quiet < 3 && mayWait(looks); looks++) {
      await new Promise<void>((resolve) => void setTimeout(resolve, 10));
      quiet = this.#isHolding() ? 0 : quiet + 1;
    }
    for (const connection of [...this.#connections.all()]) connection.end("stopping");
    await new Promise<void>((resolve) =>
      this.#broker?.closed === false ? this.#broker.close(resolve) : resolve(),
    );
    await this.#persistence.destroy();
  }

  #isHolding(): boolean {
    for (const { held } of this.#connections.all()) if (held > 0) return true;
    return false;
  }

  #authorizePublish(client: Client | null, packet: InboundPacket, done: (error?: Error | null) => void) {
    // aedes asks without a client only for wills of brokers that died; ours are published at start.
    if (client === null) return done(new Error("nobody published this"));
    this.#inbound.receive(connectionOf(client), packet, done);
  }

  #find(sessionId: string): Connection | undefined {
    const client = (this.#broker as unknown as { clients: Record<string, Client> }).clients[sessionId];
    return client === undefined ? undefined : connectionOf(client);
  }

  #registered(client: Client): void {
    const connection = connectionOf(client);
    if (client.closed) {
      // It closed while its will was being stored: aedes would keep it registered, and the will, for ever.
      setImmediate(() =>
        (this.#broker as unknown as { unregisterClient(c: Client): void }).unregisterClient(client),
      );
      void this.#persistence.delWill(client);
      return;
    }
    const { identity } = connection.peer as Peer;
    this.#connections.add(identity.deviceId, connection);
    this.#catchUp(identity).catch((error: unknown) => this.#notRead(identity.deviceId, error));
    this.#parts.attendance.arrived(identity, connection);
  }

  #ready(client: Client): void {
    const connection = connectionOf(client);
    this.#bridges
      .connected(connection)
      .catch((error: unknown) => this.#parts.log.error({ err: error }, "mqtt.announcements_not_restored"))
      .finally(() => this.#commands.deliverPending(connection));
  }

  #left(client: Client): void {
    const connection = connectionOf(client);
    const { identity } = connection.peer as Peer;
    this.#router.leave(connection);
    this.#commands.leave(connection);
    if (connection.link !== undefined) this.#parts.envelopes.end(connection.link);
    if (this.#connections.remove(identity.deviceId, connection))
      this.#parts.attendance.left(identity, connection);
  }

  #failed(client: Client, error: Error): void {
    const connection = connectionOf(client);
    connection.reason = isAppError(error) ? error.code : reasonOf(error);
    if (error instanceof PacketTooLarge)
      this.#inbound.refuse(connection, new Refused("message.too_large", "packet"));
    else if (connection.reason === "connect_timeout")
      this.#inbound.refuse(connection, new Refused("connection.silent"));
    else if (error.message === TOO_MANY_LEVELS)
      this.#inbound.refuse(connection, new Refused("message.topic_invalid", error.message));
    else if (connection.reason === "protocol" && connection.loginRefused === undefined)
      this.#inbound.refuse(connection, new Refused("message.malformed", error.message));
  }

  #queueFull(sessionId: string): void {
    const refused = new Refused("limit.reached", `queue of client ${clientIdOfSession(sessionId)}`);
    this.#parts.refusals.add(refused, { ...ownerOfSession(sessionId), via: "mqtt", address: "" });
  }

  #end(deviceId: string, reason: string, credentialIds?: readonly string[]): void {
    this.#login.noteEnding(deviceId);
    for (const connection of this.#connections.ofDevice(deviceId)) {
      const { credentialId } = (connection.peer as Peer).identity;
      if (credentialIds === undefined || credentialIds.includes(credentialId)) connection.end(reason);
    }
  }

  #deviceChanged(deviceId: string, change: "added" | "updated" | "removed"): void {
    if (change === "removed") {
      this.#end(deviceId, "removed");
      this.#persistence.dropDevice(deviceId);
      this.#announcements.dropDevice(deviceId);
    } else if (change === "updated") {
      this.#refresh(deviceId).catch((error: unknown) => this.#notRead(deviceId, error));
    }
  }

  #notRead(deviceId: string, err: unknown): void {
    this.#parts.log.error({ err, deviceId }, "mqtt.identity_not_read");
  }

  /** What changed between a log-in and now was told to the connections there were, not to this one. */
  async #catchUp({ deviceId, name, grants }: DeviceIdentity): Promise<void> {
    const found = await this.#parts.authenticator.find(deviceId);
    if (found === undefined || found.name !== name || found.grants !== grants) await this.#refresh(deviceId);
  }

  /** A renamed device gets the topics of its new name at once, and what is no longer granted ends. */
  async #refresh(deviceId: string): Promise<void> {
    const found = await this.#parts.authenticator.find(deviceId);
    if (found === undefined) return this.#end(deviceId, "revoked");
    const permissions = new Permissions(found);
    const prefix = prefixOf(found.tenantId);
    this.#persistence.restrictDevice(deviceId, (filter) => permissions.mayKeep(filter.slice(prefix.length)));
    const connections = this.#connections.ofDevice(deviceId);
    for (const connection of connections) {
      const { credentialId, credentialKind } = (connection.peer as Peer).identity;
      const identity = { ...found, credentialId, credentialKind };
      connection.peer = { identity, permissions: new Permissions(identity), prefix };
      this.#router.review(connection);
    }
    for (const connection of connections) await this.#bridges.connected(connection);
  }

  /** A client whose messages we hold or do not read is alive as far as we know; one whose message waits too long is let go to try again. */
  #sweepConnections(): void {
    this.#parts.accepted.settle();
    this.#parts.refusals.counter.settle();
    const stuckSinceMs = this.#parts.clock.monotonicMs() - MQTT_LIMITS.holdMs - 2 * SWEEP_EVERY_MS;
    for (const connection of this.#connections.all()) {
      const { client, held } = connection;
      if (held === 0 && !this.#parts.intake.gate.isStopped(client.conn)) continue;
      refreshKeepalive(client);
      if (held === 0) continue;
      if (connection.progressMs > stuckSinceMs) continue;
      this.#inbound.refuse(connection, new Refused("server.busy"));
      connection.reason = "server.busy";
      client.close();
    }
  }
}

function prefixFilters(packet: { unsubscriptions?: string[] }, prefix: string): void {
  packet.unsubscriptions = (packet.unsubscriptions ?? []).map((filter) =>
    // An empty filter stays empty, for aedes to refuse.
    filter === "" ? "" : prefix + filter,
  );
}

/** What ends connections in everyday life, as a word for the device's page; anything else is a broken protocol. */
function reasonOf(error: Error & { code?: unknown }): string {
  if (typeof error.code === "string") return "network";
  if (error.message === "keep alive timeout") return "keepalive";
  if (error.message === "connect did not arrive in time") return "connect_timeout";
  if (error.message === "drain timeout") return "slow";
  return error.message === "connection closed" ? "closed" : "protocol";
}
