import { copyPacket } from "../packet.ts";
import type { Owner } from "../session-id.ts";
import type { StateItem } from "./mqtt-state-store.ts";

export interface Subscription {
  readonly topic: string;
  readonly qos: number;
  readonly rh?: number;
  readonly rap?: boolean;
  readonly nl?: boolean;
  readonly subscriptionIdentifier?: number;
}

/** What aedes hands over: a PUBLISH, or the PUBREL that replaced one. */
export interface QueuedPacket {
  cmd: string;
  brokerId?: string | undefined;
  brokerCounter?: number | undefined;
  messageId?: number | undefined;
  topic?: string;
  payload?: Buffer | string;
  qos?: number;
  retain?: boolean;
  dup?: boolean;
}

export interface QueueEntry {
  readonly seq: number;
  packet: QueuedPacket;
  readonly bytes: number;
  /** True after the packet was handed to a connection: sent again, it is a duplicate. */
  sent: boolean;
}

/** What is remembered for one client, online or not. */
export interface Session {
  readonly id: string;
  readonly owner: Owner;
  readonly subscriptions: Map<string, Subscription>;
  /** By broker id and counter, oldest first. */
  readonly queue: Map<string, QueueEntry>;
  readonly byMessageId: Map<number, QueueEntry>;
  readonly incoming: Map<number, QueuedPacket>;
  queuedBytes: number;
}

export const newSession = (id: string, owner: Owner): Session => ({
  id,
  owner,
  subscriptions: new Map(),
  queue: new Map(),
  byMessageId: new Map(),
  incoming: new Map(),
  queuedBytes: 0,
});

export const isEmpty = (session: Session): boolean =>
  session.subscriptions.size === 0 && session.queue.size === 0 && session.incoming.size === 0;

/** How the queue knows a packet again: who published it first and under which number. */
export const queueKey = (packet: QueuedPacket): string => `${packet.brokerId}:${packet.brokerCounter}`;

const EMPTY = Buffer.alloc(0);
/** Of an incoming QoS 2 message only the identifier matters; a large payload is not kept for it. */
const INCOMING_PAYLOAD_BYTES = 1024;

export function copyIncoming(packet: QueuedPacket): QueuedPacket {
  const copy = copyPacket(packet);
  copy.messageId = packet.messageId;
  if (copy.payload !== undefined && copy.payload.length > INCOMING_PAYLOAD_BYTES) copy.payload = EMPTY;
  return copy;
}

export const keyOf = (...parts: readonly (string | number | undefined)[]): string => JSON.stringify(parts);

/** A packet as an item of the journal. */
export function packetItem(
  kind: StateItem["kind"],
  key: string,
  owner: Owner,
  packet: QueuedPacket,
  more: object = {},
): StateItem {
  const { payload, ...fields } = packet;
  return {
    kind,
    key,
    ...owner,
    value: { ...fields, ...more },
    payload: payload === undefined ? undefined : Buffer.from(payload),
  };
}

/** And back. */
export function itemPacket({ value, payload }: StateItem): QueuedPacket {
  const { clientId: _, seq: __, ...fields } = value;
  const packet = fields as unknown as QueuedPacket;
  return payload === undefined ? packet : { ...packet, payload: Buffer.from(payload) };
}
