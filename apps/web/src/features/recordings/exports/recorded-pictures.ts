import { cameras } from "@gatehouse/contract";
import { FRAME_KINDS, type Frame } from "@gatehouse/video";
import { isApiError } from "../../../data/api-error.ts";
import { call } from "../../../data/query.ts";
import { framesOf } from "../player/chunk-store.ts";
import { rangeOf, type Segment } from "../player/chunks.ts";
import type { Span } from "./export-draft.ts";

/** Chunks of one request. */
const PIECE_CHUNKS = 8;
const BUSY_MS = 1_000;

/** The camera's segments of a span, oldest first. */
export async function segmentsOf(
  cameraId: string,
  { fromMs, toMs }: Span,
  signal: AbortSignal,
): Promise<Segment[]> {
  const found = new Map<string, Segment>();
  for (let from = fromMs; ; ) {
    const query = { fromMs: String(from), toMs: String(toMs) };
    const { items, more } = await call(cameras.listSegments, { params: { id: cameraId }, query }, signal);
    for (const segment of items) found.set(segment.id, segment);
    const last = items.at(-1);
    if (!more || last === undefined) return [...found.values()];
    from = last.lastMs + 1;
  }
}

export interface RecordedPicture {
  readonly bytes: Uint8Array;
  readonly takenMs: number;
}

/** Every frame of a span as this browser reads it: pieces that do not open are left out, and counted. */
export async function* picturesOf(
  segments: readonly Segment[],
  { fromMs, toMs }: Span,
  signal: AbortSignal,
  onDamaged: () => void,
): AsyncGenerator<RecordedPicture> {
  for (const segment of segments) {
    const wanted = chunksWithin(segment, { fromMs, toMs });
    for (let at = 0; at < wanted.length; at += PIECE_CHUNKS) {
      const piece = wanted.slice(at, at + PIECE_CHUNKS);
      const frames = await readPiece(segment, piece, signal, onDamaged);
      for (const { bytes, kind, offsetMs } of frames) {
        if (kind === FRAME_KINDS.found) continue;
        const takenMs = segment.startMs + offsetMs;
        if (takenMs >= fromMs && takenMs < toMs) yield { bytes, takenMs };
      }
    }
  }
}

function chunksWithin({ chunks, startMs }: Segment, { fromMs, toMs }: Span): number[] {
  return chunks.flatMap(([, , offsetMs], at) => {
    const next = chunks[at + 1];
    const isBefore = next !== undefined && startMs + next[2] <= fromMs;
    return isBefore || startMs + offsetMs >= toMs ? [] : [at];
  });
}

/** One that does not open spoils the whole request: each is asked for by itself then. */
async function readPiece(
  segment: Segment,
  chunks: readonly number[],
  signal: AbortSignal,
  onDamaged: () => void,
): Promise<readonly Frame[]> {
  const [first = 0] = chunks;
  const frames = await readRun(segment, first, chunks.at(-1) ?? first, signal);
  if (frames !== "damaged") return frames;
  if (chunks.length === 1) {
    onDamaged();
    return [];
  }
  const single: Frame[] = [];
  for (const chunk of chunks) single.push(...(await readPiece(segment, [chunk], signal, onDamaged)));
  return single;
}

async function readRun(segment: Segment, first: number, last: number, signal: AbortSignal) {
  const input = { params: { id: segment.id }, range: rangeOf(segment, first, last) };
  for (;;) {
    try {
      const reply = (await call(cameras.getSegmentContent, input, signal)) as unknown as Response;
      return framesOf(new Uint8Array(await reply.arrayBuffer()));
    } catch (error) {
      if (isApiError(error, "segment.damaged")) return "damaged";
      if (!isApiError(error, "server.busy")) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
      signal.throwIfAborted();
    }
  }
}
