import { KEY_ID_BYTES, type KeyId } from "../key-id.ts";
import { fromHex, toHex } from "../primitives/bytes.ts";
import { refused } from "../refusal.ts";
import { isSuiteId, type SuiteId } from "../suite-ids.ts";

export const SEALED_HEADER_BYTES = 48;
/** Room for an image or a chunk of a clip; larger things are sent in chunks. */
export const MAX_BODY_BYTES = 4 * 2 ** 20;
/** PostgreSQL's bigint; a device that counts a million a second does not get there. */
export const MAX_SEQUENCE = 2n ** 63n - 1n;

const MAGIC = 0x5358;
const VERSION = 1;
const TYPE_SEALED = 0x10;
const FLAG = { forwarded: 0x02, command: 0x04, storedLate: 0x08 } as const;
const KNOWN_FLAGS = FLAG.forwarded | FLAG.command | FLAG.storedLate;

/** Byte 6 of an envelope. */
export const CONTENT_TYPES = {
  cborTelemetry: 1,
  json: 2,
  jpegFrame: 3,
  command: 4,
  updateStatus: 5,
  clipChunk: 6,
  meterReading: 7,
  keys: 8,
  ack: 9,
  control: 10,
} as const;

export type ContentType = (typeof CONTENT_TYPES)[keyof typeof CONTENT_TYPES];

export const isContentType = (value: number): value is ContentType =>
  value >= CONTENT_TYPES.cborTelemetry && value <= CONTENT_TYPES.control;

export interface MessageFlags {
  /** A gateway speaks for a device: the payload is that device's own signed part. */
  readonly forwarded: boolean;
  /** Asks the receiver to do something. */
  readonly command: boolean;
  /** Kept for want of a connection: judged by its sequence and the tenant's limit of days, not by the clock. */
  readonly storedLate: boolean;
}

/** The header of a single message, authenticated as a whole (docs/channel.md). */
export interface SealedHeader extends MessageFlags {
  readonly suite: SuiteId;
  readonly contentType: ContentType;
  readonly senderKeyId: KeyId;
  readonly recipientKeyId: KeyId;
  /** 1 … 2^63 − 1, of the sender's key, never used twice. */
  readonly sequence: bigint;
  /** Unix milliseconds by the sender's clock, 0 when it has none. */
  readonly sentMs: number;
  /** Drawn at random at each start of the sender, 32 bits: shows restarts, and two devices with one key. */
  readonly bootId: number;
  readonly bodyBytes: number;
}

export function encodeSealedHeader(header: SealedHeader): Uint8Array {
  const bytes = new Uint8Array(SEALED_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, MAGIC);
  view.setUint8(2, VERSION);
  view.setUint8(3, header.suite);
  view.setUint8(4, TYPE_SEALED);
  view.setUint8(5, encodeFlags(header));
  view.setUint16(6, header.contentType);
  bytes.set(fromHex(header.senderKeyId), 8);
  bytes.set(fromHex(header.recipientKeyId), 16);
  view.setBigUint64(24, header.sequence);
  view.setBigUint64(32, BigInt(header.sentMs));
  view.setUint32(40, header.bootId);
  view.setUint32(44, header.bodyBytes);
  return bytes;
}

export const encodeFlags = (flags: Partial<MessageFlags>): number =>
  (flags.forwarded ? FLAG.forwarded : 0) |
  (flags.command ? FLAG.command : 0) |
  (flags.storedLate ? FLAG.storedLate : 0);

/** Undefined when a bit is set that has no meaning. */
export function decodeFlags(bits: number): MessageFlags | undefined {
  if ((bits & ~KNOWN_FLAGS) !== 0) return undefined;
  return {
    forwarded: (bits & FLAG.forwarded) !== 0,
    command: (bits & FLAG.command) !== 0,
    storedLate: (bits & FLAG.storedLate) !== 0,
  };
}

/** Reads the first 48 bytes; whatever is not exactly as `encodeSealedHeader` writes it is refused. */
export function parseSealedHeader(bytes: Uint8Array): SealedHeader {
  if (bytes.length < SEALED_HEADER_BYTES) throw refused("malformed");
  const view = new DataView(bytes.buffer, bytes.byteOffset, SEALED_HEADER_BYTES);
  const isSealed =
    view.getUint16(0) === MAGIC && view.getUint8(2) === VERSION && view.getUint8(4) === TYPE_SEALED;
  if (!isSealed) throw refused("malformed");
  const suite = view.getUint8(3);
  if (!isSuiteId(suite)) throw refused("suite");
  const flags = decodeFlags(view.getUint8(5));
  const contentType = view.getUint16(6);
  const sequence = view.getBigUint64(24);
  const sentMs = Number(view.getBigUint64(32));
  const bodyBytes = view.getUint32(44);
  const isValid =
    flags !== undefined &&
    isContentType(contentType) &&
    sequence > 0n &&
    sequence <= MAX_SEQUENCE &&
    Number.isSafeInteger(sentMs) &&
    bodyBytes <= MAX_BODY_BYTES;
  if (!isValid) throw refused("malformed");
  return {
    suite,
    ...flags,
    contentType,
    senderKeyId: toHex(bytes.subarray(8, 8 + KEY_ID_BYTES)),
    recipientKeyId: toHex(bytes.subarray(16, 16 + KEY_ID_BYTES)),
    sequence,
    sentMs,
    bootId: view.getUint32(40),
    bodyBytes,
  };
}
