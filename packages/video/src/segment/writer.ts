import { appendLeaves, EMPTY_FRONTIER, type Frontier, hashLeaf, rootOf } from "@gatehouse/ledger";
import { hexOf } from "../bytes.ts";
import { uuidOf } from "../uuid.ts";
import { MAX_CHUNK_BYTES, MAX_CHUNKS, sealChunk } from "./chunks.ts";
import type { SegmentCrypto } from "./crypto.ts";
import { encodeFrames, type Frame, isVideo, recordBytesOf } from "./frames.ts";
import type { OpenSegment } from "./header.ts";
import type { SegmentManifest } from "./manifest.ts";
import { encodeTrailer, type SegmentTrailer } from "./trailer.ts";

/** What of a manifest the writer cannot know. */
export interface Sealing {
  readonly previous: string | null;
  readonly detections: SegmentTrailer["detections"];
  /** SHA-256 of everything written so far, and of the last chunk after it. */
  sealedSha256(lastChunk: Uint8Array): Uint8Array;
}

interface Times {
  first: number;
  last: number;
}

/**
 * Turns frames into the bytes of a segment's file: the caller appends what it gets. After `finish`, or after a crash,
 * a segment is never gone on with: another has another key.
 */
export class SegmentWriter {
  readonly #segment: OpenSegment;
  readonly #crypto: SegmentCrypto;
  readonly #chunks: [number, number][] = [];
  #pending: Frame[] = [];
  #pendingBytes = 0;
  #frames = 0;
  #writtenBytes: number;
  #tree: Frontier = EMPTY_FRONTIER;
  #leaves: Uint8Array[] = [];
  #offsets: Times | undefined;
  #device: Times | undefined;
  #isVideo = false;
  #isFinished = false;

  constructor(segment: OpenSegment, crypto: SegmentCrypto) {
    this.#segment = segment;
    this.#crypto = crypto;
    this.#writtenBytes = segment.header.bytes.length;
  }

  /** Frames that no chunk holds yet. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Whether another frame of this size goes into the chunk that is being filled. */
  hasRoomFor(frame: Frame): boolean {
    return this.#pendingBytes + recordBytesOf(frame) <= MAX_CHUNK_BYTES;
  }

  /** Whether there is room for a chunk beside the last. */
  get isFull(): boolean {
    return this.#chunks.length >= MAX_CHUNKS - 1;
  }

  /** Frames come in the order of their offsets. */
  add(frame: Frame): void {
    if (this.#isFinished) throw new Error("the segment is finished");
    if (this.#offsets !== undefined && frame.offsetMs < this.#offsets.last)
      throw new RangeError("a frame is older than the one before");
    this.#pending.push(frame);
    this.#pendingBytes += recordBytesOf(frame);
    this.#leaves.push(hashLeaf(this.#crypto.sha256(frame.bytes), this.#crypto.sha256));
    this.#isVideo ||= isVideo(frame);
    this.#offsets = { first: this.#offsets?.first ?? frame.offsetMs, last: frame.offsetMs };
    if (frame.deviceMs !== undefined)
      this.#device = { first: this.#device?.first ?? frame.deviceMs, last: frame.deviceMs };
  }

  /** The chunk of the frames that wait; undefined when none does. */
  takeChunk(): Uint8Array | undefined {
    const [first] = this.#pending;
    if (first === undefined) return undefined;
    const chunk = this.#seal(encodeFrames(this.#pending), false);
    this.#chunks.push([this.#frames, first.offsetMs]);
    this.#frames += this.#pending.length;
    this.#tree = appendLeaves(this.#tree, this.#leaves, this.#crypto.sha256);
    this.#pending = [];
    this.#leaves = [];
    this.#pendingBytes = 0;
    return chunk;
  }

  /** Ends the segment after `takeChunk` gave nothing more: its last chunk, and the manifest to be signed. */
  finish(sealing: Sealing): { readonly bytes: Uint8Array; readonly manifest: SegmentManifest } {
    if (this.#pending.length > 0) throw new Error("frames wait for their chunk");
    const offsets = this.#offsets;
    if (this.#isFinished || offsets === undefined) throw new Error("the segment is finished or empty");
    this.#isFinished = true;
    const { detections, previous } = sealing;
    const trailer = encodeTrailer({ v: 1, chunks: this.#chunks, frames: this.#frames, detections });
    const bytes = this.#seal(trailer, true);
    const { header } = this.#segment;
    const manifest: SegmentManifest = {
      v: 1,
      camera: uuidOf(header.cameraId),
      segment: uuidOf(header.segmentId),
      firstMs: header.startMs + offsets.first,
      lastMs: header.startMs + offsets.last,
      deviceFirstMs: this.#device?.first ?? null,
      deviceLastMs: this.#device?.last ?? null,
      codec: this.#isVideo ? "h264-fmp4" : "jpeg",
      frames: this.#frames,
      framesRoot: hexOf(rootOf(this.#tree, this.#crypto.sha256)),
      sealedBytes: this.#writtenBytes,
      sealedSha256: hexOf(sealing.sealedSha256(bytes)),
      previous,
    };
    return { bytes, manifest };
  }

  #seal(plaintext: Uint8Array, isLast: boolean): Uint8Array {
    const chunk = sealChunk(this.#segment, { number: this.#chunks.length, isLast, plaintext }, this.#crypto);
    this.#writtenBytes += chunk.length;
    return chunk;
  }
}
