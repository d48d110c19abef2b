import { joinBytes } from "../bytes.ts";
import { type SegmentCrypto, TAG_BYTES } from "./crypto.ts";
import { HEADER_BYTES, type OpenSegment } from "./header.ts";

/** length of what follows u32 · ciphertext · tag 16. */
const LENGTH_BYTES = 4;
/** What sealing adds to the bytes of a chunk. */
export const SEALING_BYTES = LENGTH_BYTES + TAG_BYTES;
/** A second of 25 frames of 2 MiB. */
export const MAX_CHUNK_BYTES = 64 * 1_048_576;
/** A minute in chunks of a quarter of a second is 240. */
export const MAX_CHUNKS = 4_096;

/**
 * One chunk as it stands in the file. STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce is the segment's
 * prefix, the chunk's number and whether it is the last, so that chunks cannot be moved, repeated or left out, and a
 * file cannot end early unseen.
 */
export function sealChunk(
  { header, chunkKey }: OpenSegment,
  chunk: { readonly number: number; readonly isLast: boolean; readonly plaintext: Uint8Array },
  crypto: SegmentCrypto,
): Uint8Array {
  const { number, isLast, plaintext } = chunk;
  if (number >= MAX_CHUNKS || plaintext.length > MAX_CHUNK_BYTES) throw new RangeError("the segment is full");
  const nonce = nonceOf(header.noncePrefix, number, isLast);
  const sealed = crypto.seal(header.cipher, chunkKey, nonce, header.bytes, plaintext);
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, sealed.length);
  return joinBytes([length, sealed]);
}

/** Undefined when these are not the bytes that were sealed there. */
export function openChunk(
  { header, chunkKey }: OpenSegment,
  chunk: { readonly number: number; readonly isLast: boolean; readonly sealed: Uint8Array },
  crypto: SegmentCrypto,
): Uint8Array | undefined {
  const nonce = nonceOf(header.noncePrefix, chunk.number, chunk.isLast);
  return crypto.open(header.cipher, chunkKey, nonce, header.bytes, chunk.sealed);
}

/** Where a chunk's ciphertext with its tag is in the file. */
export interface ChunkPlace {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Places of the whole chunks of a file, found by their lengths alone; `end` is where they stop. What a crash cut off
 * is left out.
 */
export function placeChunks(file: Uint8Array): { readonly chunks: ChunkPlace[]; readonly end: number } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const chunks: ChunkPlace[] = [];
  let at = HEADER_BYTES;
  while (at + LENGTH_BYTES <= file.length && chunks.length < MAX_CHUNKS) {
    const length = view.getUint32(at);
    const start = at + LENGTH_BYTES;
    if (length < TAG_BYTES || length > MAX_CHUNK_BYTES + TAG_BYTES || start + length > file.length) break;
    chunks.push({ number: chunks.length, start, end: start + length });
    at = start + length;
  }
  return { chunks, end: at };
}

/** Where a chunk of `length` bytes is in the file whose content, the opened chunks one after the other, has it at `at`. */
export function placeOfContent(number: number, at: number, length: number): ChunkPlace {
  const start = HEADER_BYTES + at + number * SEALING_BYTES + LENGTH_BYTES;
  return { number, start, end: start + length + TAG_BYTES };
}

function nonceOf(prefix: Uint8Array, number: number, isLast: boolean): Uint8Array {
  const nonce = new Uint8Array(12);
  nonce.set(prefix);
  new DataView(nonce.buffer).setUint32(7, number);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}
