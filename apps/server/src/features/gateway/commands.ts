import type { Logger } from "@gatehouse/base";
import { type devices, downTopic } from "@gatehouse/contract";
import { ADAPTERS, commandText, type DownMessage } from "./adapters/index.ts";
import { deliver, nextMessageId } from "./aedes-internals.ts";
import type { GatewayBroker } from "./broker.ts";
import type { Connection, Peer } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Announcements } from "./home-assistant/announcements.ts";
import { copyPacket } from "./packet.ts";
import type { CommandSource, SecureChannel } from "./ports.ts";
import { grantedQos } from "./router.ts";

export interface CommandParts {
  readonly log: Logger;
  readonly source: CommandSource;
  readonly connections: Connections;
  readonly announcements: Announcements;
  readonly channel: SecureChannel;
}

interface Way {
  readonly connection: Connection;
  readonly message: Omit<DownMessage, "payload"> & { readonly payload: string | Uint8Array };
  readonly qos: number;
}

/**
 * Commands on their way down: written to a connection of the device that subscribed to a command topic, delivered
 * when the device acknowledges (with QoS 0: when it is written). What was not acknowledged is sent again on the
 * next connection, under the same command id.
 */
export class CommandDelivery {
  readonly #parts: CommandParts;
  /** Written and not yet noted as delivered. */
  readonly #underWay = new Set<string>();
  broker: GatewayBroker | undefined;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  /** Everything that waits for the device of this connection, or for a device it is the bridge of. */
  deliverPending(connection: Connection): void {
    const { peer } = connection;
    if (peer === undefined || connection.client.closed) return;
    const { deviceId } = peer.identity;
    for (const id of [deviceId, ...this.#parts.announcements.devicesOf(deviceId)]) {
      this.#parts.source.pending(id).then(
        (commands) => {
          for (const command of commands) this.deliver(command);
        },
        (error: unknown) => this.#parts.log.error({ err: error, deviceId: id }, "command.not_read"),
      );
    }
  }

  /** Tries once; a device that is away gets it when it comes back. */
  deliver(command: devices.Command): void {
    if (this.#underWay.has(command.id)) return;
    const way = this.#findWay(command);
    if (way !== undefined) this.#send(command, way);
  }

  /** A PUBACK; most are not for commands. */
  acknowledged(connection: Connection, messageId: number | undefined): void {
    const commandId = messageId === undefined ? undefined : connection.inFlight.get(messageId);
    if (commandId === undefined) return;
    connection.inFlight.delete(messageId as number);
    this.#delivered(commandId);
  }

  leave(connection: Connection): void {
    for (const commandId of connection.inFlight.values()) this.#underWay.delete(commandId);
    connection.inFlight.clear();
  }

  #findWay(command: devices.Command): Way | undefined {
    for (const connection of this.#parts.connections.ofDevice(command.deviceId)) {
      const { peer } = connection;
      if (peer === undefined || connection.client.closed) continue;
      const sealed = sealedWay(connection, peer, command);
      if (sealed !== undefined) return sealed;
      if (this.#parts.channel.isRequired(peer.identity)) continue;
      const sequence = connection.commandSequence + 1;
      for (const adapter of ADAPTERS) {
        for (const message of adapter.commands(peer.identity, command, sequence)) {
          const qos = grantedQos(connection.client, peer.prefix + message.topic);
          if (qos !== undefined) return { connection, message, qos };
        }
      }
    }
    return this.#findBridge(command);
  }

  /** A frame of the secure channel, outside any command; lost when the connection is. */
  sendFrame(connection: Connection, frame: Uint8Array): void {
    const way = findFrameTopic(connection);
    if (way === undefined) return;
    const { topic, qos } = way;
    const message = { cmd: "publish", topic, payload: Buffer.from(frame), qos: Math.min(qos, 1) };
    const packet = copyPacket(message, this.broker) as { messageId?: number };
    if (message.qos > 0) packet.messageId = nextMessageId(connection.client);
    deliver(connection.client, packet, () => {});
  }

  /** Outside any command, in the live session of the device; false: it has none here. */
  sendControl(deviceId: string, payload: Uint8Array): boolean {
    for (const connection of this.#parts.connections.ofDevice(deviceId)) {
      if (connection.client.closed || findFrameTopic(connection) === undefined) continue;
      const frame = connection.link?.seal(deviceId, "control", payload);
      if (frame === undefined) continue;
      this.sendFrame(connection, frame);
      return true;
    }
    return false;
  }

  #findBridge(command: devices.Command): Way | undefined {
    const bridged = this.#parts.announcements.findCommand(command);
    if (bridged === undefined) return undefined;
    for (const connection of this.#parts.connections.ofDevice(bridged.bridgeId)) {
      const qos = grantedQos(connection.client, (connection.peer as Peer).prefix + bridged.topic);
      if (qos !== undefined) return { connection, message: bridged, qos };
    }
    return undefined;
  }

  #send(command: devices.Command, { connection, message, qos }: Way): void {
    const { client, peer } = connection;
    const packet = copyPacket(
      { cmd: "publish", topic: message.topic, payload: Buffer.from(message.payload), qos: Math.min(qos, 1) },
      this.broker,
    ) as { messageId?: number };
    connection.commandSequence++;
    this.#underWay.add(command.id);
    if (message.answerTopic !== undefined)
      peer?.permissions.allow(message.answerTopic, { use: "answer", commandId: command.id });
    if (qos === 0) {
      deliver(client, packet, () => this.#delivered(command.id));
      return;
    }
    packet.messageId = nextMessageId(client);
    connection.inFlight.set(packet.messageId, command.id);
    deliver(client, packet, () => {});
  }

  #delivered(commandId: string): void {
    this.#parts.source
      .delivered(commandId)
      .catch((error: unknown) => this.#parts.log.error({ err: error, commandId }, "command.not_noted"))
      .finally(() => this.#underWay.delete(commandId));
  }
}

/** Where the device of this connection listens for frames of the secure channel. */
function findFrameTopic({
  peer,
  client,
}: Connection): { readonly topic: string; readonly qos: number } | undefined {
  if (peer === undefined) return undefined;
  const { deviceId, name } = peer.identity;
  for (const topic of [downTopic(deviceId, "sx"), downTopic(name, "sx")]) {
    const qos = grantedQos(client, peer.prefix + topic);
    if (qos !== undefined) return { topic, qos };
  }
  return undefined;
}

/** Through the device's live session, where it has one and listens. */
function sealedWay(connection: Connection, { identity }: Peer, command: devices.Command): Way | undefined {
  const { link } = connection;
  if (!link?.hasSession(identity.deviceId)) return undefined;
  const way = findFrameTopic(connection);
  const payload = way && link.seal(identity.deviceId, "command", Buffer.from(commandText(command)));
  return way && payload && { connection, message: { topic: way.topic, payload }, qos: way.qos };
}
