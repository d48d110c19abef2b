import type { InboundPacket } from "../broker.ts";
import type { Connection, Peer } from "../connection.ts";
import type { Connections } from "../connections.ts";
import type { RetainedMessages } from "../persistence/retained.ts";
import type { GatewaySettings } from "../ports.ts";
import { Refused } from "../refused.ts";
import type { Announcements } from "./announcements.ts";

export interface InboundDiscoveryParts {
  readonly announcements: Announcements;
  readonly connections: Connections;
  readonly settings: GatewaySettings;
  readonly retained: RetainedMessages;
  readonly refuse: (connection: Connection, refused: Refused) => void;
}

/** Home Assistant discovery coming in: announcements make devices, and open the topics they name to their bridge. */
export class InboundDiscovery {
  readonly #parts: InboundDiscoveryParts;

  constructor(parts: InboundDiscoveryParts) {
    this.#parts = parts;
  }

  /** Undefined: taken. */
  async take({ identity, prefix }: Peer, topic: string, payload: Buffer): Promise<Refused | undefined> {
    const { announcements, connections, settings, retained } = this.#parts;
    const owner = retained.ownerOf(prefix + topic);
    if (owner !== undefined && owner.deviceId !== identity.deviceId)
      return new Refused("message.topic_forbidden", topic);
    if (!settings.get(identity.tenantId).acceptDiscovery)
      return new Refused("message.topic_forbidden", "discovery is switched off");
    const changed = await announcements.take(identity, topic, payload);
    if (changed instanceof Refused) return changed;
    const topics = announcements.topicsOf(identity.deviceId);
    for (const { peer } of connections.ofDevice(identity.deviceId)) {
      for (const stateTopic of changed) {
        const entities = topics.get(stateTopic);
        if (entities === undefined) peer?.permissions.forget(stateTopic);
        else peer?.permissions.allow(stateTopic, { use: "announced", entities });
      }
    }
    return undefined;
  }

  receive(_connection: Connection, peer: Peer, packet: InboundPacket): Promise<Refused | undefined> {
    return this.take(peer, packet.topic, packet.payload as Buffer);
  }

  /** A bridge is back: it gets its topics, after a restart from the announcements that were retained. */
  async connected(connection: Connection): Promise<void> {
    const { peer } = connection;
    if (peer?.identity.discovery !== true) return;
    const { announcements, retained, refuse } = this.#parts;
    const { deviceId } = peer.identity;
    if (!announcements.hasBridge(deviceId)) {
      for (const packet of retained.ofDevice(deviceId)) {
        const topic = (packet.topic as string).slice(peer.prefix.length);
        const refused = await this.take(peer, topic, Buffer.from(packet.payload as Buffer));
        if (refused !== undefined) refuse(connection, refused);
      }
    }
    for (const [topic, entities] of announcements.topicsOf(deviceId))
      peer.permissions.allow(topic, { use: "announced", entities });
  }
}
