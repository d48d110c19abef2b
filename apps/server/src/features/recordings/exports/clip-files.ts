import { AppError } from "@gatehouse/base";
import { FRAME_KINDS, isVideo } from "@gatehouse/video";
import type { ZipFile } from "../../../platform/archives/index.ts";
import { sha256Hex } from "../../../platform/secrets/index.ts";
import { gapsIn } from "../chain.ts";
import type { SegmentRow } from "../model.ts";
import {
  type Camera,
  type FrameSource,
  framesOfChunk,
  type Span,
  segmentsIn,
  type TimedFrame,
} from "./recorded-frames.ts";

export interface ClipSource extends FrameSource {
  /** What is being written of the camera is sealed and signed when it resolves. */
  readonly endSegment: (camera: Camera) => Promise<void>;
}

/** A span of one camera. */
export type ClipSpan = Camera & Span;

/** What of clips went into an archive. */
export interface ClipTally {
  frames: number;
  damaged: number;
}

export interface ClipWork {
  readonly segments: readonly SegmentRow[];
  /** Before each name: empty, or ends with `/`. */
  readonly prefix: string;
  readonly tally: ClipTally;
  readonly signal: AbortSignal;
  /** After each segment. */
  readonly onSegment: () => void;
}

/** A zip without ZIP64 has 65,535 files, some of which are not frames, and four gigabytes. */
const MAX_FRAMES = 64_000;
const MAX_BYTES = 4_000_000_000;
const FOUND_SUFFIX = "json";

/** Kind, offset from the segment's start in ms, the camera's own time in ms or 0, length, SHA-256. */
type ListedFrame = readonly [kind: number, offsetMs: number, deviceMs: number, bytes: number, sha256: string];

interface ListedSegment {
  readonly segment: string;
  readonly startMs: number;
  readonly frames: ListedFrame[];
}

/** Those that are whole: what is being written ends now. Refuses `export.empty`, `export.too_large`. */
export async function wholeSegments({ db, endSegment }: ClipSource, clip: ClipSpan): Promise<SegmentRow[]> {
  const read = async (): Promise<SegmentRow[]> => {
    const found: SegmentRow[] = [];
    for await (const segment of segmentsIn(db, clip, clip)) found.push(segment);
    return found;
  };
  let segments = await read();
  if (segments.some(({ state }) => state === "open")) {
    await endSegment(clip);
    segments = await read();
  }
  const sum = (of: (segment: SegmentRow) => number): number =>
    segments.reduce((total, segment) => total + of(segment), 0);
  if (segments.length === 0) throw new AppError("export.empty");
  if (sum(({ frames }) => frames) > MAX_FRAMES)
    throw new AppError("export.too_large", { maxFrames: MAX_FRAMES });
  if (sum(({ bytes }) => bytes) > MAX_BYTES) throw new AppError("export.too_large", { max: MAX_BYTES });
  return segments;
}

/** Manifests, frames and `clip.json` of one clip (docs/verify.md, A clip). */
export async function* clipFiles(
  source: FrameSource,
  { cameraId: camera, fromMs, toMs }: ClipSpan,
  work: ClipWork,
): AsyncGenerator<ZipFile> {
  const { onSegment, prefix, segments } = work;
  const signed = signedOf(segments);
  for (const { segmentId, manifest = "" } of signed)
    yield { name: `${prefix}manifests/${segmentId}.txt`, chunks: [Buffer.from(manifest)] };
  const listed: ListedSegment[] = [];
  for (const segment of segments) {
    const list: ListedSegment = { segment: segment.segmentId, startMs: segment.startMs, frames: [] };
    listed.push(list);
    yield* framesOf(source, segment, list, work);
    onSegment();
  }
  const clip = { v: 1, camera, fromMs, toMs, segments: listed, gaps: gapsIn(signed) };
  yield { name: `${prefix}clip.json`, chunks: [Buffer.from(JSON.stringify(clip))] };
}

export const signedOf = (segments: readonly SegmentRow[]): readonly SegmentRow[] =>
  segments.filter(({ manifest }) => manifest !== undefined);

/**
 * Pictures are a file each; of video the fragments follow each other in one, which plays by itself. What was found in
 * them is a file each, under the number of its frame.
 */
async function* framesOf(
  source: FrameSource,
  segment: SegmentRow,
  { frames: listed }: ListedSegment,
  { prefix, signal, tally }: ClipWork,
): AsyncGenerator<ZipFile> {
  const { segmentId } = segment;
  async function* frames(): AsyncGenerator<TimedFrame> {
    for (const chunk of segment.chunks) {
      signal.throwIfAborted();
      const opened = await framesOfChunk(source, segment, chunk);
      if (opened === "damaged") tally.damaged++;
      else yield* opened;
    }
  }
  const list = ({ kind, offsetMs, deviceMs, bytes }: TimedFrame): void => {
    listed.push([kind, offsetMs, deviceMs ?? 0, bytes.length, sha256Hex(bytes)]);
    tally.frames++;
  };
  const fileOf = (frame: TimedFrame, suffix: string): ZipFile => {
    const name = `${prefix}frames/${segmentId}/${String(listed.length).padStart(5, "0")}.${suffix}`;
    list(frame);
    return { name, chunks: [frame.bytes], isStored: true };
  };
  if (segment.codec === "h264-fmp4") {
    const found: ZipFile[] = [];
    async function* joined(): AsyncGenerator<Uint8Array> {
      for await (const frame of frames()) {
        if (frame.kind === FRAME_KINDS.found) {
          found.push(fileOf(frame, FOUND_SUFFIX));
          continue;
        }
        list(frame);
        yield frame.bytes;
      }
    }
    yield { name: `${prefix}video/${segmentId}.mp4`, chunks: joined(), isStored: true };
    yield* found;
    return;
  }
  for await (const frame of frames()) {
    if (isVideo(frame)) throw new AppError("export.codec_changed");
    yield fileOf(frame, frame.kind === FRAME_KINDS.found ? FOUND_SUFFIX : "jpg");
  }
}
