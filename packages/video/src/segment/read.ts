import { appendLeaves, EMPTY_FRONTIER, hashLeaf, rootOf } from "@gatehouse/ledger";
import { hexOf } from "../bytes.ts";
import { uuidOf } from "../uuid.ts";
import { type ChunkPlace, openChunk, placeChunks } from "./chunks.ts";
import { type SegmentCrypto, TAG_BYTES } from "./crypto.ts";
import { type Frame, isVideo, parseFrames } from "./frames.ts";
import { type OpenSegment, openHeader, parseHeader } from "./header.ts";
import type { SegmentManifest } from "./manifest.ts";
import { parseTrailer, type SegmentTrailer } from "./trailer.ts";

/** What can be wrong with a segment; each names the place where it is. */
export type SegmentFault =
  | { readonly fault: "no_segment" }
  | { readonly fault: "wrong_key" }
  /** The chunk was changed, moved, repeated, or put there from elsewhere. */
  | { readonly fault: "chunk_altered"; readonly chunk: number }
  /** The chunks end without the last one: cut off, by a crash or by somebody. */
  | { readonly fault: "no_end"; readonly chunks: number }
  | { readonly fault: "manifest_differs"; readonly field: keyof SegmentManifest };

export interface OpenedChunk {
  /** Without what sealing adds. */
  readonly bytes: number;
  readonly frames: number;
  /** Of its first frame. */
  readonly offsetMs: number;
}

export interface SegmentContents {
  readonly segment: OpenSegment;
  readonly frames: readonly Frame[];
  /** Of each chunk of frames. */
  readonly chunks: readonly OpenedChunk[];
  /** Undefined where the segment has no end. */
  readonly trailer: SegmentTrailer | undefined;
  /** Bytes of header and chunks; what stands after them is not the segment's. */
  readonly sealedBytes: number;
  readonly faults: readonly SegmentFault[];
}

/** Everything that can be read of a segment's file, up to the first chunk that is not as it was sealed. */
export function readSegment(
  file: Uint8Array,
  segmentKey: Uint8Array,
  crypto: SegmentCrypto,
): SegmentContents | SegmentFault {
  const header = parseHeader(file);
  if (header === undefined) return { fault: "no_segment" };
  const segment = openHeader(header, segmentKey, crypto);
  if (segment === undefined) return { fault: "wrong_key" };
  const frames: Frame[] = [];
  const chunks: OpenedChunk[] = [];
  const cutAt = (sealedBytes: number, fault: SegmentFault): SegmentContents => ({
    ...{ segment, frames, chunks, sealedBytes },
    trailer: undefined,
    faults: [fault],
  });
  const places = placeChunks(file);
  for (const place of places.chunks) {
    const opened = openPlace(segment, file, place, crypto);
    if (opened === undefined) return cutAt(place.start - 4, { fault: "chunk_altered", chunk: place.number });
    if ("trailer" in opened)
      return { segment, frames, chunks, trailer: opened.trailer, sealedBytes: place.end, faults: [] };
    chunks.push({
      bytes: place.end - place.start - TAG_BYTES,
      frames: opened.frames.length,
      offsetMs: opened.frames[0]?.offsetMs ?? 0,
    });
    for (const frame of opened.frames) frames.push(frame);
  }
  return cutAt(places.end, { fault: "no_end", chunks: places.chunks.length });
}

function openPlace(
  segment: OpenSegment,
  file: Uint8Array,
  { number, start, end }: ChunkPlace,
  crypto: SegmentCrypto,
): { readonly frames: readonly Frame[] } | { readonly trailer: SegmentTrailer } | undefined {
  const sealed = file.subarray(start, end);
  const plain = openChunk(segment, { number, isLast: false, sealed }, crypto);
  if (plain !== undefined) {
    const frames = parseFrames(plain);
    return frames && { frames };
  }
  const last = openChunk(segment, { number, isLast: true, sealed }, crypto);
  const trailer = last && parseTrailer(last);
  return trailer && { trailer };
}

/** Where a manifest says something else than the segment that was read, `file` being its bytes. */
export function compareWithManifest(
  { segment, frames, sealedBytes }: SegmentContents,
  manifest: SegmentManifest,
  file: Uint8Array,
  crypto: SegmentCrypto,
): SegmentFault[] {
  const { header } = segment;
  const device = frames.flatMap(({ deviceMs }) => deviceMs ?? []);
  const sealed = crypto.sha256(file.subarray(0, sealedBytes));
  const found: Omit<SegmentManifest, "previous"> = {
    v: 1,
    camera: uuidOf(header.cameraId),
    segment: uuidOf(header.segmentId),
    firstMs: header.startMs + (frames[0]?.offsetMs ?? 0),
    lastMs: header.startMs + (frames.at(-1)?.offsetMs ?? 0),
    deviceFirstMs: device[0] ?? null,
    deviceLastMs: device.at(-1) ?? null,
    codec: frames.some(isVideo) ? "h264-fmp4" : "jpeg",
    frames: frames.length,
    framesRoot: hexOf(framesRoot(frames, crypto)),
    sealedBytes,
    sealedSha256: hexOf(sealed),
  };
  return (Object.keys(found) as (keyof typeof found)[])
    .filter((field) => found[field] !== manifest[field])
    .map((field) => ({ fault: "manifest_differs", field }));
}

/** RFC 6962 tree over the SHA-256 of each frame. */
export const framesRoot = (frames: readonly Frame[], { sha256 }: SegmentCrypto): Uint8Array =>
  framesRootOf(
    frames.map(({ bytes }) => sha256(bytes)),
    sha256,
  );

/** The same from digests that are made already: a browser's own SHA-256 is no function that answers at once. */
export function framesRootOf(digests: readonly Uint8Array[], sha256?: SegmentCrypto["sha256"]): Uint8Array {
  const leaves = digests.map((digest) => hashLeaf(digest, sha256));
  return rootOf(appendLeaves(EMPTY_FRONTIER, leaves, sha256), sha256);
}
