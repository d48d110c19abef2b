import { sameBytes } from "../bytes.ts";
import { CIPHERS, type CipherId, KEY_BYTES, type SegmentCrypto } from "./crypto.ts";

/**
 * magic 8 · version u16 · cipher u16 · camera 16 · segment 16 · start of the recording (ms since 1970) u64 · nonce
 * prefix 7 · zero 1 · commitment 32. All integers big-endian.
 */
export const HEADER_BYTES = 92;
const MAGIC = new TextEncoder().encode("GHSEGMT\n");
const VERSION = 1;
const PREFIX_BYTES = 7;
const COMMITMENT_AT = 60;
const LABEL = new TextEncoder().encode("gatehouse segment v1");

export interface SegmentIdentity {
  /** UUIDs as 16 bytes. */
  readonly cameraId: Uint8Array;
  readonly segmentId: Uint8Array;
  /** The server's or the agent's clock, whichever seals. */
  readonly startMs: number;
  readonly cipher: CipherId;
}

export interface SegmentHeader extends SegmentIdentity {
  readonly bytes: Uint8Array;
  readonly noncePrefix: Uint8Array;
}

/** A header and the key of its chunks. */
export interface OpenSegment {
  readonly header: SegmentHeader;
  readonly chunkKey: Uint8Array;
}

/**
 * The header of a new segment. The chunk key and a commitment come from the segment's own key and everything that the
 * header says, so that no second key opens it as something else (AES-GCM alone commits to no key).
 * `noncePrefix`: 7 random bytes; `segmentKey`: 32 random bytes, used for this segment only.
 */
export function createHeader(
  identity: SegmentIdentity,
  segmentKey: Uint8Array,
  noncePrefix: Uint8Array,
  crypto: SegmentCrypto,
): OpenSegment {
  if (segmentKey.length !== KEY_BYTES || noncePrefix.length !== PREFIX_BYTES)
    throw new RangeError("a segment has a key of 32 and a nonce prefix of 7 bytes");
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(8, VERSION);
  view.setUint16(10, identity.cipher);
  bytes.set(identity.cameraId, 12);
  bytes.set(identity.segmentId, 28);
  view.setBigUint64(44, BigInt(identity.startMs));
  bytes.set(noncePrefix, 52);
  const { chunkKey, commitment } = keysOf(bytes, segmentKey, crypto);
  bytes.set(commitment, COMMITMENT_AT);
  return { header: { ...identity, noncePrefix, bytes }, chunkKey };
}

/** What the first bytes of a file say; undefined when it is no segment, or of a version to come. */
export function parseHeader(file: Uint8Array): SegmentHeader | undefined {
  if (file.length < HEADER_BYTES) return undefined;
  // A copy with a buffer of its own; the slice of a Buffer would be a view.
  const bytes = new Uint8Array(file.subarray(0, HEADER_BYTES));
  const view = new DataView(bytes.buffer);
  const cipher = view.getUint16(10);
  const startMs = view.getBigUint64(44);
  const isOurs =
    sameBytes(bytes.subarray(0, MAGIC.length), MAGIC) &&
    view.getUint16(8) === VERSION &&
    (cipher === CIPHERS.aes256gcm || cipher === CIPHERS.chacha20poly1305) &&
    startMs <= BigInt(Number.MAX_SAFE_INTEGER) &&
    bytes[59] === 0;
  if (!isOurs) return undefined;
  return {
    bytes,
    cipher,
    startMs: Number(startMs),
    cameraId: bytes.subarray(12, 28),
    segmentId: bytes.subarray(28, 44),
    noncePrefix: bytes.subarray(52, 59),
  };
}

/** Undefined when this key is not the one that the header commits to. */
export function openHeader(
  header: SegmentHeader,
  segmentKey: Uint8Array,
  crypto: SegmentCrypto,
): OpenSegment | undefined {
  const { chunkKey, commitment } = keysOf(header.bytes, segmentKey, crypto);
  return sameBytes(commitment, header.bytes.subarray(COMMITMENT_AT)) ? { header, chunkKey } : undefined;
}

function keysOf(header: Uint8Array, segmentKey: Uint8Array, crypto: SegmentCrypto) {
  const output = crypto.hkdfSha256(segmentKey, header.subarray(0, COMMITMENT_AT), LABEL, 2 * KEY_BYTES);
  return { chunkKey: output.slice(0, KEY_BYTES), commitment: output.slice(KEY_BYTES) };
}
