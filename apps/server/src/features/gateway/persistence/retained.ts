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
  readonly #countByDevice = new Map<string, number>();
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

  ofDevice(deviceId: string): QueuedPacket[] {
    return [...this.#byTopic.values()]
      .filter(({ owner }) => owner.deviceId === deviceId)
      .map(({ packet }) => packet);
  }

  dropDevice(deviceId: string): void {
    for (const [topic, retained] of this.#byTopic) {
      if (retained.owner.deviceId === deviceId) this.#delete(topic, retained);
    }
  }

  #hasRoom(packet: QueuedPacket, owner: Owner, known: Retained | undefined): boolean {
    const freed = known === undefined ? 0 : sizeOf(known.packet);
    if (this.#bytes - freed + sizeOf(packet) > SESSION_LIMITS.retainedBytes) return false;
    if (known?.owner.deviceId === owner.deviceId) return true;
    if (known === undefined && this.#byTopic.size >= SESSION_LIMITS.retainedTotal) return false;
    return (this.#countByDevice.get(owner.deviceId) ?? 0) < SESSION_LIMITS.retainedPerDevice;
  }

  #set(topic: string, retained: Retained): void {
    const known = this.#byTopic.get(topic);
    if (known !== undefined) this.#count(known, -1);
    this.#byTopic.set(topic, retained);
    this.#count(retained, 1);
  }

  #delete(topic: string, retained: Retained): void {
    this.#byTopic.delete(topic);
    this.#count(retained, -1);
    this.#journal.remove("retained", keyOf(topic));
  }

  #count({ packet, owner }: Retained, by: 1 | -1): void {
    this.#bytes += by * sizeOf(packet);
    const count = (this.#countByDevice.get(owner.deviceId) ?? 0) + by;
    if (count === 0) this.#countByDevice.delete(owner.deviceId);
    else this.#countByDevice.set(owner.deviceId, count);
  }
}

const sizeOf = (packet: QueuedPacket): number => (packet.payload?.length ?? 0) + (packet.topic?.length ?? 0);
