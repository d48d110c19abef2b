import { SESSION_LIMITS } from "../limits.ts";
import type { Owner } from "../session-id.ts";
import { matchesFilter } from "../topic.ts";
import type { StateItem } from "./mqtt-state-store.ts";
import { itemPacket, keyOf, packetItem, type QueuedPacket } from "./session.ts";
import type { StateJournal } from "./state-journal.ts";

interface Retained {
  readonly packet: QueuedPacket;
  readonly owner: Owner;
}

/** The newest retained message of every topic, each belonging to the device that published it. */
export class RetainedMessages {
  readonly #journal: Pick<StateJournal, "put" | "remove">;
  readonly #byTopic = new Map<string, Retained>();
  readonly #topicsByDevice = new Map<string, Set<string>>();
  #bytes = 0;

  constructor(journal: Pick<StateJournal, "put" | "remove">) {
    this.#journal = journal;
  }

  restore(item: StateItem): void {
    const packet = itemPacket(item);
    this.#set(packet.topic as string, { packet, owner: item });
  }

  /** An empty payload removes. False when a limit is reached: the message is not kept. */
  store(packet: QueuedPacket, owner: Owner): boolean {
    const topic = packet.topic as string;
    const known = this.#byTopic.get(topic);
    if (packet.payload === undefined || packet.payload.length === 0) {
      if (known !== undefined) this.#delete(topic, known);
      return true;
    }
    if (!this.#hasRoom(packet, owner, known)) return false;
    const copy = { ...packet };
    this.#set(topic, { packet: copy, owner });
    this.#journal.put(packetItem("retained", keyOf(topic), owner, copy));
    return true;
  }

  *match(filters: readonly string[]): Generator<QueuedPacket> {
    for (const filter of filters) {
      const exact = /[+#]/.test(filter) ? undefined : this.#byTopic.get(filter);
      if (exact !== undefined) yield exact.packet;
      else for (const [topic, { packet }] of this.#byTopic) if (matchesFilter(filter, topic)) yield packet;
    }
  }

  ownerOf(topic: string): Owner | undefined {
    return this.#byTopic.get(topic)?.owner;
  }

  ofDevice(deviceId: string): QueuedPacket[] {
    const topics = [...(this.#topicsByDevice.get(deviceId) ?? [])];
    return topics.map((topic) => (this.#byTopic.get(topic) as Retained).packet);
  }

  dropDevice(deviceId: string): void {
    for (const topic of [...(this.#topicsByDevice.get(deviceId) ?? [])])
      this.#delete(topic, this.#byTopic.get(topic) as Retained);
  }

  #hasRoom(packet: QueuedPacket, owner: Owner, known: Retained | undefined): boolean {
    const freed = known === undefined ? 0 : sizeOf(known.packet);
    if (this.#bytes - freed + sizeOf(packet) > SESSION_LIMITS.retainedBytes) return false;
    if (known?.owner.deviceId === owner.deviceId) return true;
    if (known === undefined && this.#byTopic.size >= SESSION_LIMITS.retainedTotal) return false;
    return (this.#topicsByDevice.get(owner.deviceId)?.size ?? 0) < SESSION_LIMITS.retainedPerDevice;
  }

  #set(topic: string, retained: Retained): void {
    const known = this.#byTopic.get(topic);
    if (known !== undefined) this.#unlist(topic, known);
    this.#byTopic.set(topic, retained);
    this.#bytes += sizeOf(retained.packet);
    const { deviceId } = retained.owner;
    const topics = this.#topicsByDevice.get(deviceId);
    if (topics === undefined) this.#topicsByDevice.set(deviceId, new Set([topic]));
    else topics.add(topic);
  }

  #delete(topic: string, retained: Retained): void {
    this.#byTopic.delete(topic);
    this.#unlist(topic, retained);
    this.#journal.remove("retained", keyOf(topic));
  }

  #unlist(topic: string, { packet, owner }: Retained): void {
    this.#bytes -= sizeOf(packet);
    const topics = this.#topicsByDevice.get(owner.deviceId);
    topics?.delete(topic);
    if (topics?.size === 0) this.#topicsByDevice.delete(owner.deviceId);
  }
}

const sizeOf = (packet: QueuedPacket): number => (packet.payload?.length ?? 0) + (packet.topic?.length ?? 0);
