import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { placeOfContent } from "@gatehouse/video";

export type Codec = cameras.Segment["codec"];
/** `erased`: key and files are gone, the row says so. */
export type StoredState = cameras.Segment["state"] | "erased";

/** A segment ends after this long, by the time of its frames. */
export const SEGMENT_MS = 60_000;
/** … or when it would hold more. Less where the cap is small. */
export const MAX_SEGMENT_BYTES = 64 * 1_048_576;
export const MIN_SEGMENT_BYTES = 1_048_576;
/** A chunk is written after this long, or when it holds more. */
export const CHUNK_MS = 1_000;
export const MAX_CHUNK_CONTENT_BYTES = 4 * 1_048_576;
/** A camera that sends nothing for this long: its segment ends. */
export const SILENT_MS = 10_000;
/** Without a frame for this long a camera is not said to be recorded any more. A fragment of H.264 may last for seconds. */
export const RECORDING_WITHIN_MS = 5_000;
/** Frames of one camera that wait for the disk; what comes on top is lost, counted and told. */
export const MAX_WAITING_BYTES = 32 * 1_048_576;
/** Below this nothing is written. */
export const MIN_FREE_BYTES = 512 * 1_048_576;
/** In mode events: how long after its pre-roll a segment waits for an event that needs it. */
export const EVENT_GRACE_MS = 120_000;

export const DEFAULT_POLICY: cameras.RecordingPolicy = {
  ringBytes: 50_000_000_000,
  pinnedBytes: 20_000_000_000,
};

/** Of one chunk of frames. */
export interface Chunk {
  /** Of its content, as it is decrypted. */
  readonly bytes: number;
  /** Of its first frame, since the segment's start. */
  readonly offsetMs: number;
  readonly frames: number;
}

const CHUNK_ROW_BYTES = 12;

export function encodeChunks(chunks: readonly Chunk[]): Buffer {
  const bytes = Buffer.alloc(chunks.length * CHUNK_ROW_BYTES);
  for (const [at, chunk] of chunks.entries()) {
    bytes.writeUInt32BE(chunk.bytes, at * CHUNK_ROW_BYTES);
    bytes.writeUInt32BE(chunk.offsetMs, at * CHUNK_ROW_BYTES + 4);
    bytes.writeUInt32BE(chunk.frames, at * CHUNK_ROW_BYTES + 8);
  }
  return bytes;
}

/** A chunk with its place in the decrypted content. */
export interface PlacedChunk extends Chunk {
  readonly number: number;
  readonly at: number;
}

export function parseChunks(bytes: Uint8Array): PlacedChunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  return Array.from({ length: bytes.length / CHUNK_ROW_BYTES }, (_, number) => {
    const row = number * CHUNK_ROW_BYTES;
    const chunk = {
      ...{ number, at },
      bytes: view.getUint32(row),
      offsetMs: view.getUint32(row + 4),
      frames: view.getUint32(row + 8),
    };
    at += chunk.bytes;
    return chunk;
  });
}

/** Length of the decrypted content. */
export const contentBytes = (chunks: readonly PlacedChunk[]): number => {
  const last = chunks.at(-1);
  return last === undefined ? 0 : last.at + last.bytes;
};

/** Where a chunk's ciphertext is in the file. */
export const filePlaceOf = ({ number, at, bytes }: PlacedChunk) => placeOfContent(number, at, bytes);

export interface SegmentName {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly segmentId: Uuid;
}

export const segmentBlob = ({ tenantId, cameraId, segmentId }: SegmentName): string =>
  `${tenantId}/${cameraId}/${segmentId}.ghs`;
export const keyBlob = ({ tenantId, cameraId, segmentId }: SegmentName): string =>
  `${tenantId}/${cameraId}/${segmentId}.key`;

const BLOB = /^([0-9a-f-]{36})\/([0-9a-f-]{36})\/([0-9a-f-]{36})\.(ghs|key)$/;

/** Whose blob it is; undefined for one that is none of ours. */
export function parseBlobName(name: string): (SegmentName & { readonly isKey: boolean }) | undefined {
  const [, tenantId, cameraId, segmentId, suffix] = BLOB.exec(name) ?? [];
  if (tenantId === undefined || cameraId === undefined || segmentId === undefined) return undefined;
  return { tenantId, cameraId, segmentId, isKey: suffix === "key" };
}

/** A row of the index. */
export interface SegmentRow extends SegmentName {
  readonly state: StoredState;
  readonly codec: Codec;
  readonly startMs: UnixMs;
  readonly firstMs: UnixMs;
  readonly lastMs: UnixMs;
  readonly frames: number;
  readonly bytes: number;
  readonly chunks: readonly PlacedChunk[];
  readonly pinned: boolean;
  readonly transient: boolean;
  readonly moved: boolean;
  readonly manifest: string | undefined;
  readonly manifestSha256: string | undefined;
}
