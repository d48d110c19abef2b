import { AppError, type Clock } from "@gatehouse/base";
import { FRAME_KINDS, parseManifest } from "@gatehouse/video";
import { type ZipFile, zipStream } from "../../../platform/archives/index.ts";
import { sha256Hex } from "../../../platform/secrets/index.ts";
import type { SegmentRow } from "../model.ts";
import type { Evidence } from "../ports.ts";
import { clipReadMe } from "./clip-read-me.ts";
import type { ExportRow } from "./export-store.ts";
import type { Made } from "./export-worker.ts";
import {
  type Camera,
  type FrameSource,
  framesOfChunk,
  segmentsIn,
  type TimedFrame,
} from "./recorded-frames.ts";
import type { SealedFiles, SealedName, SealedWriter } from "./sealed-files.ts";
import type { Turns } from "./turns.ts";

export interface ArchiveDeps extends FrameSource {
  readonly clock: Clock;
  readonly evidence: Evidence;
  readonly files: SealedFiles;
  readonly turns: Turns;
  /** What is being written of the camera is sealed and signed when it resolves. */
  readonly endSegment: (camera: Camera) => Promise<void>;
}

/** A zip without ZIP64 has 65,535 files, some of which are not frames, and four gigabytes. */
const MAX_FRAMES = 64_000;
const MAX_BYTES = 4_000_000_000;

/** Kind, offset from the segment's start in ms, the camera's own time in ms or 0, length, SHA-256. */
type ListedFrame = readonly [kind: number, offsetMs: number, deviceMs: number, bytes: number, sha256: string];

interface Clip {
  readonly segments: {
    readonly segment: string;
    readonly startMs: number;
    readonly frames: ListedFrame[];
  }[];
  frames: number;
  damaged: number;
}

/** Every frame of the segments that a span touches, with what proves them (docs/verify.md, A clip). */
export const makeArchive = (
  deps: ArchiveDeps,
  row: ExportRow,
  signal: AbortSignal,
  onProgress: (ratio: number) => void,
): Promise<Made> =>
  deps.turns.take(signal, async () => {
    const name: SealedName = { tenantId: row.tenantId, cameraId: row.cameraId, fileId: row.id };
    const segments = await segmentsOf(deps, row);
    const writer = await deps.files.create(name);
    try {
      return await write(deps, row, { segments, signal, writer, onProgress });
    } catch (error) {
      await writer.abandon();
      await deps.files.remove(name);
      throw error;
    }
  });

/** Those that are whole: what is being written ends now. Refuses `export.empty`, `export.too_large`. */
async function segmentsOf({ db, endSegment }: ArchiveDeps, row: ExportRow): Promise<SegmentRow[]> {
  const read = async (): Promise<SegmentRow[]> => {
    const found: SegmentRow[] = [];
    for await (const segment of segmentsIn(db, row, row)) found.push(segment);
    return found;
  };
  let segments = await read();
  if (segments.some(({ state }) => state === "open")) {
    await endSegment(row);
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

interface Work {
  readonly segments: readonly SegmentRow[];
  readonly signal: AbortSignal;
  readonly writer: SealedWriter;
  readonly onProgress: (ratio: number) => void;
}

async function write(deps: ArchiveDeps, row: ExportRow, work: Work): Promise<Made> {
  const clip: Clip = { segments: [], frames: 0, damaged: 0 };
  for await (const bytes of zipStream(filesOf(deps, row, work, clip))) {
    work.signal.throwIfAborted();
    await work.writer.append(bytes);
  }
  return { bytes: await work.writer.finish(), frames: clip.frames, damaged: clip.damaged };
}

async function* filesOf(
  deps: ArchiveDeps,
  row: ExportRow,
  { segments, signal, onProgress }: Work,
  clip: Clip,
): AsyncGenerator<ZipFile> {
  const signed = segments.filter(({ manifest }) => manifest !== undefined);
  const evidence = await deps.evidence.sealedIn(
    row.tenantId,
    signed.map(({ segmentId }) => segmentId),
  );
  for (const { name, bytes } of evidence.verifiers) yield { name, chunks: [bytes] };
  for (const { name, bytes } of evidence.files) yield { name, chunks: [bytes] };
  for (const { segmentId, manifest = "" } of signed)
    yield { name: `manifests/${segmentId}.txt`, chunks: [Buffer.from(manifest)] };
  for (const [at, segment] of segments.entries()) {
    yield* framesOf(deps, segment, clip, signal);
    onProgress((at + 1) / segments.length);
  }
  const { cameraId: camera, fromMs, toMs } = row;
  const list = { v: 1, camera, fromMs, toMs, segments: clip.segments, gaps: gapsIn(signed) };
  yield { name: "clip.json", chunks: [Buffer.from(JSON.stringify(list))] };
  const iso = (atMs: number): string => new Date(atMs).toISOString();
  const readMe = clipReadMe({
    ...{ cameraId: camera, from: iso(fromMs), to: iso(toMs), madeAt: iso(deps.clock.nowMs()), evidence },
    ...{ segments: segments.length, frames: clip.frames },
  });
  yield { name: "README.txt", chunks: [Buffer.from(readMe)] };
}

/** Segments before which one that was signed is gone: it was too old, or no event needed it. */
const gapsIn = (signed: readonly SegmentRow[]): string[] =>
  signed.flatMap(({ manifest = "", segmentId }, at) => {
    const before = signed[at - 1]?.manifestSha256;
    const isNext = before === undefined || parseManifest(manifest)?.manifest.previous === before;
    return isNext ? [] : [segmentId];
  });

/** Pictures are a file each; of video the fragments follow each other in one, which plays by itself. */
async function* framesOf(
  deps: ArchiveDeps,
  segment: SegmentRow,
  clip: Clip,
  signal: AbortSignal,
): AsyncGenerator<ZipFile> {
  const { segmentId, startMs } = segment;
  const listed: ListedFrame[] = [];
  clip.segments.push({ segment: segmentId, startMs, frames: listed });
  async function* frames(): AsyncGenerator<TimedFrame> {
    for (const chunk of segment.chunks) {
      signal.throwIfAborted();
      const opened = await framesOfChunk(deps, segment, chunk);
      if (opened === "damaged") clip.damaged++;
      else yield* opened;
    }
  }
  const list = ({ kind, offsetMs, deviceMs, bytes }: TimedFrame): void => {
    listed.push([kind, offsetMs, deviceMs ?? 0, bytes.length, sha256Hex(bytes)]);
    clip.frames++;
  };
  if (segment.codec === "h264-fmp4") {
    async function* joined(): AsyncGenerator<Uint8Array> {
      for await (const frame of frames()) {
        list(frame);
        yield frame.bytes;
      }
    }
    yield { name: `video/${segmentId}.mp4`, chunks: joined(), isStored: true };
    return;
  }
  for await (const frame of frames()) {
    if (frame.kind !== FRAME_KINDS.jpeg) throw new AppError("export.codec_changed");
    const name = `frames/${segmentId}/${String(listed.length).padStart(5, "0")}.jpg`;
    list(frame);
    yield { name, chunks: [frame.bytes], isStored: true };
  }
}
