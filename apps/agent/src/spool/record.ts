import { crc32 } from "node:zlib";

/** Marks where a record begins, so that reading finds the next one behind damage. */
const MAGIC = 0x47487231; // "GHr1"
/** magic 4 | payload length 4 | number 8 | CRC-32 4 of length, number and payload. */
const HEADER_BYTES = 20;
/** One reading or one log line is far smaller; a longer length is damage. */
export const MAX_PAYLOAD_BYTES = 16 * 1024;

export interface SpoolRecord {
  /** Strictly rising over the life of the store, from 1. */
  readonly number: number;
  readonly payload: Uint8Array;
}

export const recordBytes = (payload: Uint8Array): number => HEADER_BYTES + payload.length;

export function encodeRecord({ number, payload }: SpoolRecord): Buffer {
  if (payload.length > MAX_PAYLOAD_BYTES) throw new RangeError(`a record holds ${MAX_PAYLOAD_BYTES} bytes`);
  const bytes = Buffer.alloc(recordBytes(payload));
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(payload.length, 4);
  bytes.writeBigUInt64BE(BigInt(number), 8);
  bytes.set(payload, HEADER_BYTES);
  bytes.writeUInt32BE(checksum(bytes), 16);
  return bytes;
}

export interface Scan {
  readonly records: readonly SpoolRecord[];
  /** Where the last whole record ends: whatever follows was never completely written, or is damaged. */
  readonly validBytes: number;
  /** Bytes before `validBytes` that belong to no whole record. */
  readonly damagedBytes: number;
}

/**
 * Every whole record of a segment, in order. Bytes that are no whole record are passed over up to the next that
 * is: damage costs the records it hits and no others. Records at or below `after` are left out (they repeat one
 * that an earlier segment holds).
 */
export function scanRecords(bytes: Buffer, after = 0): Scan {
  const records: SpoolRecord[] = [];
  let [offset, validBytes, wholeBytes, last] = [0, 0, 0, after];
  while (offset + HEADER_BYTES <= bytes.length) {
    const record = recordAt(bytes, offset);
    if (record === undefined) {
      offset = nextMagic(bytes, offset + 1);
      continue;
    }
    const sizeBytes = recordBytes(record.payload);
    offset += sizeBytes;
    validBytes = offset;
    wholeBytes += sizeBytes;
    if (record.number <= last) continue;
    last = record.number;
    records.push(record);
  }
  return { records, validBytes, damagedBytes: validBytes - wholeBytes };
}

function recordAt(bytes: Buffer, offset: number): SpoolRecord | undefined {
  if (bytes.readUInt32BE(offset) !== MAGIC) return undefined;
  const length = bytes.readUInt32BE(offset + 4);
  const end = offset + HEADER_BYTES + length;
  if (length > MAX_PAYLOAD_BYTES || end > bytes.length) return undefined;
  const record = bytes.subarray(offset, end);
  if (record.readUInt32BE(16) !== checksum(record)) return undefined;
  const number = Number(record.readBigUInt64BE(8));
  return Number.isSafeInteger(number) && number > 0
    ? { number, payload: record.subarray(HEADER_BYTES) }
    : undefined;
}

const checksum = (record: Buffer): number =>
  crc32(record.subarray(HEADER_BYTES), crc32(record.subarray(4, 16)));

const MAGIC_BYTES = Buffer.from([0x47, 0x48, 0x72, 0x31]);

function nextMagic(bytes: Buffer, from: number): number {
  const found = bytes.indexOf(MAGIC_BYTES, from);
  return found === -1 ? bytes.length : found;
}
