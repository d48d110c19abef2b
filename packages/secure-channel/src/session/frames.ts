import { KEY_ID_BYTES, type KeyId } from "../key-id.ts";
import { concat, fromHex, sameBytes, toHex, writeUint64 } from "../primitives/bytes.ts";
import { refused } from "../refusal.ts";
import { isSuiteId, type SuiteId } from "../suite-ids.ts";

/** HELLO, ANSWER and DATA begin with a header of this length. */
export const HEADER_BYTES = 24;
export const SESSION_ID_BYTES = 8;

export const FRAME_TYPES = { data: 0x20, hello: 0x21, answer: 0x22 } as const;
type FrameType = (typeof FRAME_TYPES)[keyof typeof FRAME_TYPES];

/** What a frame claims to be, for whoever sorts them; undefined when it is nothing of ours. */
export function frameKindOf(frame: Uint8Array): "sealed" | keyof typeof FRAME_TYPES | undefined {
  if (frame.length < HEADER_BYTES || frame[0] !== MAGIC_0 || frame[1] !== MAGIC_1) return undefined;
  if (frame[2] === SEALED_VERSION) return "sealed";
  if (frame[3] === FRAME_TYPES.data) return "data";
  if (frame[3] === FRAME_TYPES.hello) return "hello";
  return frame[3] === FRAME_TYPES.answer ? "answer" : undefined;
}

/** The `Session.id` that a DATA frame claims to be of. */
export const sessionIdOf = (frame: Uint8Array): string => toHex(parseDataHeader(frame).sessionId);

/** "SX" */
const MAGIC_0 = 0x53;
const MAGIC_1 = 0x58;
/** High half of the third byte; the low half is the suite. */
const VERSION = 0x10;
/** The whole third byte of a SEALED envelope, whose suite follows. */
const SEALED_VERSION = 0x01;

/** The suite of a frame that begins like one of this type; the rest is not looked at. */
function suiteOfFrame(type: FrameType, frame: Uint8Array): SuiteId {
  const second = frame[2] as number;
  const begins = frame.length >= HEADER_BYTES && frame[0] === MAGIC_0 && frame[1] === MAGIC_1;
  if (!begins || (second & 0xf0) !== VERSION || frame[3] !== type) throw refused("malformed");
  const suite = second & 0x0f;
  if (!isSuiteId(suite)) throw refused("suite");
  return suite;
}

/** Header of HELLO and ANSWER: who speaks to whom. */
export interface PartiesHeader {
  readonly suite: SuiteId;
  readonly senderKeyId: KeyId;
  readonly recipientKeyId: KeyId;
}

const RESERVED = new Uint8Array(4);

export const encodePartiesHeader = (type: FrameType, header: PartiesHeader): Uint8Array =>
  concat([
    Uint8Array.of(MAGIC_0, MAGIC_1, VERSION | header.suite, type),
    RESERVED,
    fromHex(header.senderKeyId),
    fromHex(header.recipientKeyId),
  ]);

export function parsePartiesHeader(type: FrameType, frame: Uint8Array): PartiesHeader {
  const suite = suiteOfFrame(type, frame);
  if (!sameBytes(frame.subarray(4, 8), RESERVED)) throw refused("malformed");
  return {
    suite,
    senderKeyId: toHex(frame.subarray(8, 8 + KEY_ID_BYTES)),
    recipientKeyId: toHex(frame.subarray(16, 16 + KEY_ID_BYTES)),
  };
}

export interface DataHeader {
  readonly suite: SuiteId;
  readonly flags: number;
  readonly contentType: number;
  readonly epoch: number;
  /** 8 bytes; in a parsed header a view into the frame. */
  readonly sessionId: Uint8Array;
  /** 0 ≤ sequence < 2^53; one session never gets further than 2^28. */
  readonly sequence: number;
}

export function encodeDataHeader(header: DataHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes[0] = MAGIC_0;
  bytes[1] = MAGIC_1;
  bytes[2] = VERSION | header.suite;
  bytes[3] = FRAME_TYPES.data;
  bytes[4] = header.flags;
  bytes[5] = header.contentType;
  bytes[6] = header.epoch >>> 8;
  bytes[7] = header.epoch;
  bytes.set(header.sessionId, 8);
  writeUint64(bytes, 16, header.sequence);
  return bytes;
}

/** Whatever is not exactly as `encodeDataHeader` writes it is refused. */
export function parseDataHeader(frame: Uint8Array): DataHeader {
  const suite = suiteOfFrame(FRAME_TYPES.data, frame);
  const sequence = readUint64(frame, 16);
  if (!Number.isSafeInteger(sequence)) throw refused("malformed");
  return {
    suite,
    flags: frame[4] as number,
    contentType: frame[5] as number,
    epoch: ((frame[6] as number) << 8) | (frame[7] as number),
    sessionId: frame.subarray(8, 8 + SESSION_ID_BYTES),
    sequence,
  };
}

function readUint64(source: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 8; i++) value = value * 256 + (source[at + i] as number);
  return value;
}
