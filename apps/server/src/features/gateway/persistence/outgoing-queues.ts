import { SESSION_LIMITS } from "../limits.ts";
import { copyPacket } from "../packet.ts";
import type { StateItem } from "./mqtt-state-store.ts";
import {
  itemPacket,
  keyOf,
  packetItem,
  type QueuedPacket,
  type QueueEntry,
  queueKey,
  type Session,
} from "./session.ts";
import type { StateJournal } from "./state-journal.ts";

/** QoS 1 and 2 messages on their way to clients that keep their session, oldest first, bounded. */
export class OutgoingQueues {
  readonly #journal: Pick<StateJournal, "put" | "remove">;
  readonly #onFull: (sessionId: string) => void;
  #bytes = 0;
  #seq = 0;

  constructor(journal: Pick<StateJournal, "put" | "remove">, onFull: (sessionId: string) => void) {
    this.#journal = journal;
    this.#onFull = onFull;
  }

  /** False when the queue is full: then the newest message is the one that is lost, as mosquitto does. */
  enqueue(session: Session, packet: QueuedPacket): boolean {
    const bytes = (packet.payload?.length ?? 0) + (packet.topic?.length ?? 0) + 100;
    if (
      session.queue.size >= SESSION_LIMITS.queuedMessages ||
      session.queuedBytes + bytes > SESSION_LIMITS.queuedBytes ||
      this.#bytes + bytes > SESSION_LIMITS.allQueuedBytes
    ) {
      this.#onFull(session.id);
      return false;
    }
    const entry = { seq: ++this.#seq, packet: copyPacket(packet), bytes, sent: false };
    this.#add(session, entry);
    this.#write(session, entry);
    return true;
  }

  restore(session: Session, item: StateItem): void {
    const seq = Number(item.value.seq);
    this.#seq = Math.max(this.#seq, seq);
    const packet = itemPacket(item);
    const bytes = (packet.payload?.length ?? 0) + (packet.topic?.length ?? 0) + 100;
    this.#add(session, { seq, packet, bytes, sent: true });
  }

  /** Rows come in any order; called once after `restore`. */
  sort(session: Session): void {
    const entries = [...session.queue].sort(([, a], [, b]) => a.seq - b.seq);
    session.queue.clear();
    for (const [key, entry] of entries) session.queue.set(key, entry);
  }

  /**
   * Notes the message id a packet goes out with, or that PUBREL takes its place. True when that must be durable
   * first: with QoS 2 it decides whether the message is delivered once or twice.
   */
  update(session: Session, packet: QueuedPacket): boolean {
    const entry = session.queue.get(queueKey(packet)) ?? session.byMessageId.get(packet.messageId as number);
    if (entry === undefined) return false;
    if (packet.cmd === "pubrel") entry.packet = packet;
    else entry.packet.messageId = packet.messageId;
    session.byMessageId.set(packet.messageId as number, entry);
    const mustWrite = packet.cmd === "pubrel" || packet.qos === 2;
    if (mustWrite) this.#write(session, entry);
    return mustWrite;
  }

  wasSent(session: Session | undefined, packet: QueuedPacket): boolean {
    const entry = session?.queue.get(queueKey(packet));
    if (entry === undefined) return false;
    const wasSent = entry.sent;
    entry.sent = true;
    return wasSent;
  }

  /** The end of a delivery; written without anybody waiting, as a crash only repeats the message. */
  remove(session: Session, messageId: number | undefined): QueuedPacket | undefined {
    // aedes asks with no id for a packet it did not forward; that must not take another one.
    if (messageId === undefined) return undefined;
    const entry = session.byMessageId.get(messageId);
    if (entry === undefined) return undefined;
    this.#delete(session, entry);
    return entry.packet;
  }

  packets(session: Session | undefined): readonly QueuedPacket[] {
    return session === undefined ? [] : [...session.queue.values()].map((entry) => entry.packet);
  }

  clear(session: Session): void {
    for (const entry of [...session.queue.values()]) this.#delete(session, entry);
  }

  #add(session: Session, entry: QueueEntry): void {
    session.queue.set(entry.packet.brokerId === undefined ? `#${entry.seq}` : queueKey(entry.packet), entry);
    if (entry.packet.messageId !== undefined) session.byMessageId.set(entry.packet.messageId, entry);
    session.queuedBytes += entry.bytes;
    this.#bytes += entry.bytes;
  }

  #delete(session: Session, entry: QueueEntry): void {
    for (const [key, known] of session.queue) {
      if (known === entry) {
        session.queue.delete(key);
        break;
      }
    }
    const { messageId } = entry.packet;
    if (messageId !== undefined && session.byMessageId.get(messageId) === entry)
      session.byMessageId.delete(messageId);
    session.queuedBytes -= entry.bytes;
    this.#bytes -= entry.bytes;
    this.#journal.remove("outgoing", keyOf(session.id, entry.seq));
  }

  #write(session: Session, entry: QueueEntry): void {
    const key = keyOf(session.id, entry.seq);
    this.#journal.put(
      packetItem("outgoing", key, session.owner, entry.packet, { clientId: session.id, seq: entry.seq }),
    );
  }
}
