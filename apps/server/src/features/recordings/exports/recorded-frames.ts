import { AppError, type Clock, isAppError, type UnixMs, type Uuid } from "@gatehouse/base";
import { FRAME_KINDS, type Frame, parseFrames } from "@gatehouse/video";
import type { PlacedChunk, SegmentRow } from "../model.ts";
import type { ContentReader } from "../reading/content.ts";
import { SegmentStore } from "../segment-store.ts";
import type { RecordingDatabase } from "../tables.ts";

export interface Camera {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
}

/** From ≤ t < to. */
export interface Span {
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

/** A frame as it was recorded. */
export interface TimedFrame extends Frame {
  readonly takenMs: UnixMs;
}

export interface FrameSource {
  readonly db: RecordingDatabase;
  readonly clock: Clock;
  readonly content: ContentReader;
}

const PAGE = 50;
/** How often, and how long between, it is asked again. */
const BUSY_TRIES = 120;
const BUSY_MS = 500;

/** The camera's segments of a span, oldest first; what was erased is not among them. */
export async function* segmentsIn(
  db: RecordingDatabase,
  { tenantId, cameraId }: Camera,
  { fromMs, toMs }: Span,
): AsyncGenerator<SegmentRow> {
  const store = new SegmentStore(db, tenantId);
  for (let from = fromMs; ; ) {
    const rows = await store.overlapping(cameraId, { fromMs: from, toMs: toMs - 1 }, PAGE);
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < PAGE || last === undefined) return;
    from = last.lastMs + 1;
  }
}

/** Chunks that have something of a span, with at most a part of what is around it. */
export const chunksIn = ({ chunks, startMs }: SegmentRow, { fromMs, toMs }: Span): PlacedChunk[] =>
  chunks.filter((chunk, at) => {
    const next = chunks[at + 1];
    const isBefore = next !== undefined && startMs + next.offsetMs <= fromMs;
    return !isBefore && startMs + chunk.offsetMs < toMs;
  });

/** Frames of one chunk; `damaged` when it does not open. Refuses what `ContentReader` refuses. */
export async function framesOfChunk(
  { clock, content }: Pick<FrameSource, "clock" | "content">,
  row: SegmentRow,
  chunk: PlacedChunk,
): Promise<TimedFrame[] | "damaged"> {
  const range = { first: chunk.at, last: chunk.at + chunk.bytes - 1 };
  try {
    const { bytes, release } = await whileBusy(clock, () => content.read(row, range));
    release();
    const frames = parseFrames(bytes);
    return frames?.map((frame) => ({ ...frame, takenMs: row.startMs + frame.offsetMs })) ?? "damaged";
  } catch (error) {
    if (isAppError(error, "segment.damaged")) return "damaged";
    throw error;
  }
}

/** Asks again while others have all that may be read at once. */
export async function whileBusy<T>(clock: Clock, read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await read();
    } catch (error) {
      if (!isAppError(error, "server.busy") || tries === BUSY_TRIES) throw error;
      await new Promise<void>((resolve) => void clock.after(BUSY_MS, resolve));
    }
  }
}

/**
 * Every frame of a span in order but what was found in them, a chunk in memory at a time. Of video also the initialisation, and the fragment that
 * was going on when the span begins.
 */
export async function* framesIn(
  source: FrameSource,
  camera: Camera,
  span: Span,
  { signal, onDamaged }: { readonly signal: AbortSignal; readonly onDamaged: () => void },
): AsyncGenerator<TimedFrame> {
  for await (const row of segmentsIn(source.db, camera, span)) {
    const isVideo = row.codec === "h264-fmp4";
    for (const [at, chunk] of row.chunks.entries()) {
      signal.throwIfAborted();
      const beginsMs = row.startMs + chunk.offsetMs;
      const next = row.chunks[at + 1];
      const isBefore = next !== undefined && row.startMs + next.offsetMs <= span.fromMs;
      if (beginsMs >= span.toMs) break;
      const wanted = isVideo ? wantedOfVideo(at, isBefore, row, span) : !isBefore;
      if (!wanted) continue;
      const frames = await framesOfChunk(source, row, chunk);
      if (frames === "damaged") onDamaged();
      else
        for (const frame of frames)
          if (isOfFilm(frame) && frame.takenMs < span.toMs && (isVideo || frame.takenMs >= span.fromMs))
            yield frame;
    }
  }
}

const isOfFilm = ({ kind }: Frame): boolean => kind !== FRAME_KINDS.found;

/** The first chunk has the initialisation; the one before the span has what goes on when it begins. */
function wantedOfVideo(at: number, isBefore: boolean, row: SegmentRow, span: Span): boolean {
  if (at === 0 || !isBefore) return true;
  const afterNext = row.chunks[at + 2];
  return afterNext === undefined || row.startMs + afterNext.offsetMs > span.fromMs;
}

/** Refuses `segment.range_invalid`. */
export function assertExportSpan({ fromMs, toMs }: Span, maxMs: number): void {
  if (!(fromMs < toMs) || toMs - fromMs > maxMs) throw new AppError("segment.range_invalid", { maxMs });
}
