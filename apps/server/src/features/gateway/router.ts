import { AppError, type Clock } from "@gatehouse/base";
import { LIMITS } from "@gatehouse/contract";
import type { AedesPublishPacket, Client, Subscription } from "aedes";
import { endSubscriptions, subscriptionsOf } from "./aedes-internals.ts";
import type { GatewayBroker, InboundPacket } from "./broker.ts";
import { type Connection, connectionOf, type Peer } from "./connection.ts";
import { MQTT_LIMITS } from "./limits.ts";
import type { PostgresPersistence } from "./persistence/persistence.ts";
import { Refused } from "./refused.ts";
import { ownerOfSession } from "./session-id.ts";
import { isTopicFilter, matchesFilter } from "./topic.ts";

export interface RouterParts {
  readonly clock: Clock;
  readonly persistence: PostgresPersistence;
  readonly refuse: (connection: Connection, refused: Refused) => void;
}

/**
 * Messages between clients: who may subscribe to what, durable hand-over before the acknowledgement, and no
 * stalling by a subscriber that does not read. Inside the broker every topic begins with its tenant.
 */
export class Router {
  readonly #parts: RouterParts;
  /** Subscriptions of connected clients that reach beyond their own device. */
  #granted = 0;
  #forwarded = 0;
  #dropped = 0;
  broker: GatewayBroker | undefined;

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  get counts(): { readonly forwarded: number; readonly dropped: number } {
    return { forwarded: this.#forwarded, dropped: this.#dropped };
  }

  /** Durable first, then `done`; aedes acknowledges and hands it on. What we read ourselves goes on only when somebody listens. */
  route(
    connection: Connection,
    peer: Peer,
    packet: InboundPacket,
    done: (error?: Error | null) => void,
    alreadyRead: boolean,
  ) {
    const { persistence, clock, refuse } = this.#parts;
    const topic = peer.prefix + packet.topic;
    if (alreadyRead) {
      if (this.#granted === 0 && !persistence.hasSubscribers(topic)) return done();
      packet.retain = false;
    }
    packet.topic = topic;
    this.broker?.markRouted(packet, connection.client.id);
    const { durable, kept } = persistence.accept(packet);
    if (!kept) refuse(connection, new Refused("limit.reached", "retained messages"));
    if (durable === undefined) return done();
    if (packet.qos === 0) {
      durable.catch(() => refuse(connection, new Refused("server.busy")));
      return done();
    }
    connection.hold(clock.monotonicMs());
    durable.then(
      () => {
        connection.release(clock.monotonicMs());
        done();
      },
      () => {
        connection.release(clock.monotonicMs());
        refuse(connection, new Refused("server.busy"));
        done(new AppError("server.busy"));
      },
    );
  }

  /** aedes' `authorizeSubscribe`; also asked for the subscriptions of a session that is taken up again. */
  authorizeSubscribe(
    client: Client,
    subscription: Subscription,
    done: (error: Error | null, subscription?: Subscription | null) => void,
  ) {
    const connection = connectionOf(client);
    const { peer } = connection;
    if (peer === undefined || connection.isEnded) return done(new AppError("device.credentials_invalid"));
    const isRestored = subscription.topic.startsWith(peer.prefix);
    const filter = isRestored ? subscription.topic.slice(peer.prefix.length) : subscription.topic;
    const verdict = peer.permissions.forSubscribe(filter);
    const { allowed, bridged } = connection;
    const isKnown = allowed.has(peer.prefix + filter) || bridged.has(peer.prefix + filter);
    const isFull = allowed.size + bridged.size >= LIMITS.subscriptionsPerClient && !isKnown;
    if (verdict === "forbidden" || isFull) {
      const code = isTopicFilter(filter) ? "message.topic_forbidden" : "message.topic_invalid";
      this.#parts.refuse(connection, new Refused(isFull ? "limit.reached" : code, filter));
      if (isRestored) void this.#parts.persistence.removeSubscriptions(client, [subscription.topic]);
      return done(null, null);
    }
    subscription.topic = peer.prefix + filter;
    (verdict === "bridge" ? bridged : allowed).add(subscription.topic);
    if (verdict === "granted" && !connection.granted.has(subscription.topic)) {
      connection.granted.add(subscription.topic);
      this.#granted++;
    }
    done(null, subscription);
  }

  unsubscribed(connection: Connection, filters: readonly string[]): void {
    for (const filter of filters) {
      connection.allowed.delete(filter);
      connection.bridged.delete(filter);
      if (connection.granted.delete(filter)) this.#granted--;
    }
  }

  /** What the device may do has changed: subscriptions that are no longer allowed end. */
  review(connection: Connection): void {
    const { permissions, prefix } = connection.peer as Peer;
    const ended: string[] = [];
    for (const filter of [...connection.allowed, ...connection.bridged]) {
      const verdict = permissions.forSubscribe(filter.slice(prefix.length));
      if (verdict === "own" || verdict === "granted") continue;
      this.unsubscribed(connection, [filter]);
      if (verdict === "bridge") connection.bridged.add(filter);
      else ended.push(filter);
    }
    if (ended.length > 0) endSubscriptions(connection.client, ended);
  }

  leave(connection: Connection): void {
    this.unsubscribed(connection, [...connection.allowed]);
  }

  /**
   * aedes' `authorizeForward`: the last look before a message is written to a client. One that does not read
   * loses QoS 0 and is disconnected for the rest, before its buffer is so full that a write would wait: that
   * would stall every other subscriber.
   */
  authorizeForward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
    const connection = connectionOf(client);
    const { peer } = connection;
    if (peer === undefined || connection.isEnded) return null;
    if (connection.bridged.size > 0 && !this.#mayRead(peer, packet)) return null;
    const isFromQueue = packet.messageId !== undefined;
    if (isFromQueue && !mayReadTopic(peer, packet.topic)) return null;
    if (packet.qos === 2 || (packet.retain && packet.qos > 0))
      packet.qos = Math.min(packet.qos, grantedQos(client, packet.topic) ?? 0) as 0 | 1 | 2;
    if (isFromQueue) packet.dup = this.#parts.persistence.wasSent(client, packet);
    else if (client.conn.writableLength > MQTT_LIMITS.slowSubscriberBytes) {
      this.#dropped++;
      if (Math.min(packet.qos, grantedQos(client, packet.topic) ?? 0) === 0) return null;
      // Answered as if it were sent: a refusal would make aedes forget the message for a kept session.
      connection.reason = "slow";
      setImmediate(() => client.close());
    }
    if (packet.topic.startsWith(peer.prefix)) packet.topic = packet.topic.slice(peer.prefix.length);
    this.#forwarded++;
    return packet;
  }

  /** For a client with filters of its own choice: a message of ours or of its own device, or one it may read anyway. */
  #mayRead(peer: Peer, packet: AedesPublishPacket): boolean {
    const { clientId } = packet as InboundPacket;
    const isRetained = clientId === undefined;
    const publisher = isRetained
      ? this.#parts.persistence.retained.ownerOf(packet.topic)
      : ownerOfSession(clientId);
    return publisher?.deviceId === peer.identity.deviceId || mayReadTopic(peer, packet.topic);
  }
}

/** Whether the client may have the (internal) topic whoever publishes it. A topic without the prefix is a command. */
function mayReadTopic({ permissions, prefix }: Peer, topic: string): boolean {
  return !topic.startsWith(prefix) || permissions.mayKeep(topic.slice(prefix.length));
}

/** The highest QoS under which the client gets the (internal) topic; undefined when it did not subscribe to it. */
export function grantedQos(client: Client, topic: string): number | undefined {
  let best: number | undefined;
  const subscriptions = subscriptionsOf(client);
  for (const filter in subscriptions) {
    const qos = subscriptions[filter]?.qos ?? 0;
    if ((best === undefined || qos > best) && matchesFilter(filter, topic)) best = qos;
  }
  return best;
}
