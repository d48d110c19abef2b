import { inflateSync } from "fflate";

const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const SIGNATURES = { end: 0x06054b50, entry: 0x02014b50, local: 0x04034b50 } as const;
/** Encrypted, patched, strongly encrypted. */
const REFUSED_FLAGS = 0b110_0001;
const ZIP64 = 1;
const METHODS = { stored: 0, deflated: 8 } as const;

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

/**
 * The wanted files of a zip as docs/verify.md wants it: one that every program unpacks alike, so nothing before,
 * between or behind, no ZIP64, no encryption, no name twice. `maxBytesOf` gives the largest size of a wanted file when
 * unpacked, `maxUnpackedBytes` of all of them. Throws whatever comes for anything else.
 */
export function readZip(
  zip: Uint8Array,
  maxBytesOf: (name: string) => number | undefined,
  maxUnpackedBytes = Number.MAX_SAFE_INTEGER,
): Map<string, Uint8Array> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  const entries = readDirectory(zip, view);
  assert(entries.length === 0 || entries.some(({ offset }) => offset === 0));
  const files = new Map<string, Uint8Array>();
  let left = maxUnpackedBytes;
  for (const entry of entries) {
    const max = maxBytesOf(entry.name);
    if (max === undefined) continue;
    left -= entry.bytes;
    assert(!files.has(entry.name) && entry.bytes <= max && left >= 0);
    files.set(entry.name, unpack(zip, view, entry));
  }
  return files;
}

function readDirectory(zip: Uint8Array, view: DataView): Entry[] {
  const end = zip.length - END_BYTES;
  const [count, size, start] = [
    view.getUint16(end + 10, true),
    view.getUint32(end + 12, true),
    view.getUint32(end + 16, true),
  ];
  assert(view.getUint32(end, true) === SIGNATURES.end && start + size === end);
  // One disk, all entries on it, no comment.
  assert(view.getUint32(end + 4, true) === 0 && view.getUint16(end + 8, true) === count);
  assert(view.getUint16(end + 20, true) === 0);
  const entries: Entry[] = [];
  for (let at = start; at < end; ) {
    assert(view.getUint32(at, true) === SIGNATURES.entry);
    const lengthAt = (field: number): number => view.getUint16(at + field, true);
    const [name, extra, comment] = [lengthAt(28), lengthAt(30), lengthAt(32)];
    entries.push({
      name: textAt(zip, at + ENTRY_BYTES, name),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc32: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    assert(!hasZip64(view, at + ENTRY_BYTES + name, extra));
    at += ENTRY_BYTES + name + extra + comment;
    assert(at <= end);
  }
  assert(entries.length === count);
  return entries;
}

function hasZip64(view: DataView, from: number, length: number): boolean {
  for (let at = from; at + 4 <= from + length; at += 4 + view.getUint16(at + 2, true))
    if (view.getUint16(at, true) === ZIP64) return true;
  return false;
}

function unpack(zip: Uint8Array, view: DataView, entry: Entry): Uint8Array {
  const { offset, name, flags, method, packedBytes } = entry;
  const nameBytes = view.getUint16(offset + 26, true);
  const start = offset + LOCAL_BYTES + nameBytes + view.getUint16(offset + 28, true);
  const packed = zip.subarray(start, start + packedBytes);
  assert(view.getUint32(offset, true) === SIGNATURES.local && (flags & REFUSED_FLAGS) === 0);
  assert(textAt(zip, offset + LOCAL_BYTES, nameBytes) === name && packed.length === packedBytes);
  assert(method === METHODS.stored || method === METHODS.deflated);
  const bytes =
    method === METHODS.stored ? packed : inflateSync(packed, { out: new Uint8Array(entry.bytes) });
  assert(bytes.length === entry.bytes && crc32(bytes) === entry.crc32);
  return bytes;
}

/** Latin-1 is enough to tell our own names from others. */
const textAt = (zip: Uint8Array, start: number, length: number): string =>
  String.fromCharCode(...zip.subarray(start, start + length));

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (CRC_TABLE[(value ^ byte) & 255] as number) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function assert(condition: boolean): asserts condition {
  if (!condition) throw new Error("the zip is not one that every program reads alike");
}
