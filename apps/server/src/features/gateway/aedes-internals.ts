import type { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import type { Client } from "aedes";

/**
 * The few inner parts of aedes 1.2.0 and mqtt-packet 9.0.2 without which its limits cannot be set from outside.
 * Both are pinned; a test holds each of these in place.
 */
interface Parser extends EventEmitter {
  packet: { length: number };
  _parseLength(): boolean;
  _emitError(error: Error): false;
  parse(chunk: Buffer): number;
}

export interface ParsedPacket {
  readonly cmd: string;
  readonly messageId?: number;
  unsubscriptions?: string[];
}

interface Internals {
  readonly _parser: Parser;
  _nextId: number;
  readonly _keepaliveTimer?: NodeJS.Timeout | null;
  readonly subscriptions: Readonly<Record<string, { readonly qos: number }>>;
  deliverQoS(packet: object, done: () => void): void;
}

const internalsOf = (client: Client): Internals => client as unknown as Internals;

/**
 * Ends the connection when a packet announces more than `limitBytes()`, before its body is buffered (mqtt-packet
 * would collect up to 256 MiB), and turns a parser that throws into a protocol error.
 */
export function guardParser(client: Client, limitBytes: () => number): void {
  const parser = internalsOf(client)._parser;
  const { _parseLength: parseLength, parse } = parser;
  parser._parseLength = () => {
    const isComplete = parseLength.call(parser);
    if (isComplete && parser.packet.length > limitBytes()) return parser._emitError(new PacketTooLarge());
    return isComplete;
  };
  parser.parse = (chunk) => {
    try {
      return parse.call(parser, chunk);
    } catch (error) {
      parser.emit("error", error);
      return 0;
    }
  };
}

export class PacketTooLarge extends Error {}

/** Sees every packet before aedes does, and may rewrite it. */
export function onPacket(client: Client, listener: (packet: ParsedPacket) => void): void {
  internalsOf(client)._parser.prependListener("packet", listener);
}

/** A message identifier that no other message to this client uses at the moment. */
export function nextMessageId(client: Client): number {
  const internals = internalsOf(client);
  const messageId = internals._nextId;
  internals._nextId = messageId >= 65_535 ? 1 : messageId + 1;
  return messageId;
}

/** Sends one message to one client, whatever it subscribed to. `done` is called when it is written or lost. */
export function deliver(client: Client, packet: object, done: () => void): void {
  internalsOf(client).deliverQoS(packet, done);
}

/** The client is waiting for us: its keep-alive begins anew. */
export function refreshKeepalive(client: Client): void {
  internalsOf(client)._keepaliveTimer?.refresh();
}

/** Topic filter → granted QoS. */
export const subscriptionsOf = (client: Client): Readonly<Record<string, { readonly qos: number }>> =>
  internalsOf(client).subscriptions;

/** Ends subscriptions that the client did not give up itself; it is not told. aedes calls back, whatever its types say. */
export const endSubscriptions = (client: Client, filters: readonly string[]): void =>
  client.unsubscribe({ unsubscriptions: [...filters] } as never, () => {});

/**
 * Reads in smaller portions than it may write: aedes parses all that was read in one go and holds it until every
 * message of it is stored, while a write that waits stalls every subscriber. Node sets one mark for both
 * directions, and none on the sockets of a TLS server.
 */
export function setMarks(
  stream: Duplex,
  marks: { readonly readBytes: number; readonly writeBytes: number },
): void {
  const states = stream as unknown as Record<"_readableState" | "_writableState", { highWaterMark: number }>;
  states._readableState.highWaterMark = marks.readBytes;
  states._writableState.highWaterMark = marks.writeBytes;
}
