import { Readable } from "node:stream";
import type { Clock, Logger } from "@gatehouse/base";
import { FilterTrie } from "../filter-trie.ts";
import { type Owner, ownerOfSession } from "../session-id.ts";
import type { StateItem } from "./mqtt-state-store.ts";
import { OutgoingQueues } from "./outgoing-queues.ts";
import { RetainedMessages } from "./retained.ts";
import {
  copyIncoming,
  itemPacket,
  keyOf,
  newSession,
  packetItem,
  type QueuedPacket,
  type Session,
  type Subscription,
} from "./session.ts";
import { Sessions } from "./sessions.ts";
import { StateJournal, type StateWriter } from "./state-journal.ts";

interface Client {
  readonly id: string;
}

interface Matched extends Subscription {
  readonly clientId: string;
}

interface BrokerView {
  readonly id: string;
  readonly clients?: Readonly<Record<string, unknown>>;
}

export interface StateLoader extends StateWriter {
  load(): Promise<StateItem[]>;
}

export interface PersistenceOptions {
  readonly store: StateLoader;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ownerOf?: (sessionId: string | undefined) => Owner;
  /** Whether a client may keep this subscription: aedes hands over refused ones too. */
  readonly mayKeep?: (sessionId: string, topic: string) => boolean;
  /** A message that does not fit into a client's queue. */
  readonly onQueueFull?: (sessionId: string) => void;
}

type Will = QueuedPacket & { clientId?: string };

/**
 * aedes-persistence 11 on PostgreSQL: everything is in memory and every change goes through the journal, so
 * the hot path asks no database, and what resolves here is committed. `accept` does the durable part of a
 * publish before it is acknowledged (aedes itself would do it afterwards).
 */
export class PostgresPersistence {
  readonly #options: PersistenceOptions;
  readonly #ownerOf: (sessionId: string | undefined) => Owner;
  readonly #journal: StateJournal;
  readonly #sessions: Sessions;
  readonly #queues: OutgoingQueues;
  readonly #trie = new FilterTrie<Matched>();
  readonly #wills = new Map<string, Will>();
  readonly retained: RetainedMessages;
  #broker: BrokerView = { id: "" };

  constructor(options: PersistenceOptions) {
    this.#options = options;
    this.#ownerOf = options.ownerOf ?? ((id) => ownerOfSession(id ?? ""));
    this.#journal = new StateJournal({ ...options, writer: options.store });
    this.retained = new RetainedMessages(this.#journal);
    this.#queues = new OutgoingQueues(this.#journal, (id) => options.onQueueFull?.(id));
    this.#sessions = new Sessions((id) => newSession(id, this.#ownerOf(id)));
  }

  get broker(): BrokerView {
    return this.#broker;
  }

  async setup(broker: BrokerView): Promise<void> {
    this.#broker = broker;
    for (const item of await this.#options.store.load()) this.#restore(item);
    for (const session of this.#sessions.all()) this.#queues.sort(session);
  }

  /**
   * `durable` resolves when retained message and queues are committed, and is undefined when nothing is to be
   * written; `kept` is false when a limit left the retained message out.
   */
  accept(packet: QueuedPacket & { clientId?: string }): {
    durable: Promise<void> | undefined;
    kept: boolean;
  } {
    const kept = !packet.retain || this.retained.store(packet, this.#ownerOf(packet.clientId));
    let isChanged = packet.retain === true && kept;
    if ((packet.qos ?? 0) > 0 && this.#trie.size > 0) {
      for (const [clientId, qos] of this.#subscribers(packet.topic as string)) {
        const session = this.#sessions.open(clientId);
        const copy = { ...packet, retain: false, qos: Math.min(qos, packet.qos as number) };
        isChanged = this.#queues.enqueue(session, copy) || isChanged;
      }
    }
    return { durable: isChanged ? this.#journal.committed() : undefined, kept };
  }

  /** Whether a message of this topic waits for or reaches any remembered client. */
  hasSubscribers(topic: string): boolean {
    return this.#trie.size > 0 && this.#trie.match(topic).length > 0;
  }

  wasSent(client: Client, packet: QueuedPacket): boolean {
    return this.#queues.wasSent(this.#sessions.find(client.id), packet);
  }

  hasIncoming(client: Client, messageId: number | undefined): boolean {
    return messageId !== undefined && this.#sessions.find(client.id)?.incoming.has(messageId) === true;
  }

  /** The wills that the process before us left behind. */
  wills(): readonly Will[] {
    return [...this.#wills.values()];
  }

  /** Ends the device's kept subscriptions, of clients that are there and away, whose (internal) filter is not allowed. */
  restrictDevice(deviceId: string, isAllowed: (filter: string) => boolean): void {
    for (const session of this.#sessions.ofDevice(deviceId)) {
      for (const topic of [...session.subscriptions.keys()])
        if (!isAllowed(topic)) this.#removeSubscription(session, topic);
      this.#sessions.closeIfEmpty(session);
    }
  }

  dropDevice(deviceId: string): void {
    for (const session of this.#sessions.ofDevice(deviceId)) this.#forget(session);
    this.retained.dropDevice(deviceId);
  }

  // aedes-persistence 11

  async storeRetained(packet: QueuedPacket & { clientId?: string }): Promise<void> {
    if (this.retained.store(packet, this.#ownerOf(packet.clientId))) await this.#journal.committed();
  }

  createRetainedStream(filter: string): Readable {
    return this.createRetainedStreamCombi([filter]);
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return Readable.from(this.retained.match(filters));
  }

  async addSubscriptions(client: Client, subscriptions: readonly Subscription[]): Promise<void> {
    const kept = subscriptions.filter(({ topic }) => this.#options.mayKeep?.(client.id, topic) ?? true);
    if (kept.length === 0) return;
    const session = this.#sessions.open(client.id, (oldest) => {
      if (this.#broker.clients?.[oldest.id] !== undefined) return false;
      this.#forget(oldest);
      return true;
    });
    for (const sub of kept) {
      const { topic, qos, rh, rap, nl, subscriptionIdentifier } = sub;
      const record = {
        topic,
        qos,
        ...(rh === undefined ? {} : { rh }),
        ...(rap === undefined ? {} : { rap }),
        ...(nl === undefined ? {} : { nl }),
        ...(subscriptionIdentifier === undefined ? {} : { subscriptionIdentifier }),
      };
      this.#setSubscription(session, record);
      const key = keyOf(client.id, topic);
      const value = { clientId: client.id, ...record };
      this.#journal.put({ kind: "subscription", key, ...session.owner, value, payload: undefined });
    }
    await this.#journal.committed();
  }

  async removeSubscriptions(client: Client, topics: readonly string[]): Promise<void> {
    const session = this.#sessions.find(client.id);
    if (session === undefined) return;
    for (const topic of topics) this.#removeSubscription(session, topic);
    this.#sessions.closeIfEmpty(session);
    await this.#journal.committed();
  }

  async subscriptionsByClient(client: Client): Promise<Subscription[]> {
    return [...(this.#sessions.find(client.id)?.subscriptions.values() ?? [])];
  }

  async countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    let clientsCount = 0;
    for (const session of this.#sessions.all()) if (session.subscriptions.size > 0) clientsCount++;
    return { subsCount: this.#trie.size, clientsCount };
  }

  async subscriptionsByTopic(topic: string): Promise<Matched[]> {
    return this.#trie.match(topic);
  }

  /** A client that starts afresh: its subscriptions and what waits for it go. */
  async cleanSubscriptions(client: Client): Promise<void> {
    const session = this.#sessions.find(client.id);
    if (session === undefined) return;
    for (const topic of session.subscriptions.keys()) this.#removeSubscription(session, topic);
    this.#queues.clear(session);
    this.#sessions.closeIfEmpty(session);
    await this.#journal.committed();
  }

  async outgoingEnqueue(sub: { clientId: string }, packet: QueuedPacket): Promise<void> {
    await this.outgoingEnqueueCombi([sub], packet);
  }

  async outgoingEnqueueCombi(subs: readonly { clientId: string }[], packet: QueuedPacket): Promise<void> {
    for (const { clientId } of subs) this.#queues.enqueue(this.#sessions.open(clientId), packet);
    if (subs.length > 0) await this.#journal.committed();
  }

  /** A packet that is not in the queue (a command, or one the full queue did not take) is none of ours. */
  async outgoingUpdate(client: Client, packet: QueuedPacket): Promise<void> {
    const session = this.#sessions.find(client.id);
    if (session !== undefined && this.#queues.update(session, packet)) await this.#journal.committed();
  }

  async outgoingClearMessageId(client: Client, packet: QueuedPacket): Promise<QueuedPacket | undefined> {
    const session = this.#sessions.find(client.id);
    if (session === undefined) return undefined;
    const cleared = this.#queues.remove(session, packet.messageId);
    this.#sessions.closeIfEmpty(session);
    return cleared;
  }

  outgoingStream(client: Client): Readable {
    return Readable.from(this.#queues.packets(this.#sessions.find(client.id)));
  }

  async incomingStorePacket(client: Client, packet: QueuedPacket): Promise<void> {
    const session = this.#sessions.open(client.id);
    const copy = copyIncoming(packet);
    session.incoming.set(packet.messageId as number, copy);
    const key = keyOf(client.id, packet.messageId);
    this.#journal.put(packetItem("incoming", key, session.owner, copy, { clientId: client.id }));
    await this.#journal.committed();
  }

  async incomingGetPacket(client: Client, { messageId }: QueuedPacket): Promise<QueuedPacket> {
    const packet = this.#sessions.find(client.id)?.incoming.get(messageId as number);
    if (packet === undefined) throw new Error("no such packet");
    return packet;
  }

  async incomingDelPacket(client: Client, { messageId }: QueuedPacket): Promise<void> {
    const session = this.#sessions.find(client.id);
    if (!session?.incoming.delete(messageId as number)) throw new Error("no such packet");
    this.#journal.remove("incoming", keyOf(client.id, messageId));
    this.#sessions.closeIfEmpty(session);
  }

  async cleanIncoming(client: Client): Promise<void> {
    const session = this.#sessions.find(client.id);
    if (session === undefined) return;
    for (const messageId of session.incoming.keys())
      this.#journal.remove("incoming", keyOf(client.id, messageId));
    session.incoming.clear();
    this.#sessions.closeIfEmpty(session);
  }

  async putWill(client: Client, packet: Will): Promise<void> {
    packet.brokerId = this.#broker.id;
    packet.clientId = client.id;
    this.#wills.set(client.id, packet);
    this.#journal.put(packetItem("will", keyOf(client.id), this.#ownerOf(client.id), packet));
    await this.#journal.committed();
  }

  async getWill(client: Client): Promise<Will | undefined> {
    return this.#wills.get(client.id);
  }

  async delWill(client: Client): Promise<Will | undefined> {
    const will = this.#wills.get(client.id);
    if (this.#wills.delete(client.id)) this.#journal.remove("will", keyOf(client.id));
    return will;
  }

  streamWill(brokers: Readonly<Record<string, unknown>> = {}): Readable {
    return Readable.from(this.wills().filter((will) => brokers[will.brokerId as string] === undefined));
  }

  getClientList(topic: string): Readable {
    const having = [...this.#sessions.all()].filter((session) => session.subscriptions.has(topic));
    return Readable.from(having.map((session) => session.id));
  }

  /** Writes what is left. */
  async destroy(): Promise<void> {
    await this.#journal.stop();
  }

  #restore(item: StateItem): void {
    const clientId = String(item.value.clientId);
    if (item.kind === "retained") this.retained.restore(item);
    else if (item.kind === "will") this.#wills.set(clientId, { ...itemPacket(item), clientId });
    else {
      const session = this.#sessions.open(clientId);
      if (item.kind === "outgoing") this.#queues.restore(session, item);
      else if (item.kind === "incoming") session.incoming.set(Number(item.value.messageId), itemPacket(item));
      else {
        const { clientId: _, ...subscription } = item.value;
        this.#setSubscription(session, subscription as unknown as Subscription);
      }
    }
  }

  /** Every client with a subscription that takes the topic, with the highest QoS it asked for. */
  #subscribers(topic: string): Map<string, number> {
    const found = new Map<string, number>();
    for (const { clientId, qos } of this.#trie.match(topic))
      found.set(clientId, Math.max(qos, found.get(clientId) ?? 0));
    return found;
  }

  #setSubscription(session: Session, subscription: Subscription) {
    session.subscriptions.set(subscription.topic, subscription);
    // QoS 0 is not kept for a client that is away.
    if (subscription.qos === 0) return this.#trie.delete(subscription.topic, session.id);
    const { subscriptionIdentifier: _, ...matched } = subscription;
    this.#trie.set(subscription.topic, session.id, { clientId: session.id, ...matched });
  }

  #removeSubscription(session: Session, topic: string): void {
    if (!session.subscriptions.delete(topic)) return;
    this.#trie.delete(topic, session.id);
    this.#journal.remove("subscription", keyOf(session.id, topic));
  }

  #forget(session: Session): void {
    for (const topic of session.subscriptions.keys()) this.#removeSubscription(session, topic);
    this.#queues.clear(session);
    for (const messageId of session.incoming.keys())
      this.#journal.remove("incoming", keyOf(session.id, messageId));
    session.incoming.clear();
    this.#sessions.closeIfEmpty(session);
    if (this.#wills.delete(session.id)) this.#journal.remove("will", keyOf(session.id));
  }
}
