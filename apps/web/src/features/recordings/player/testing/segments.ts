import { encodeFrames, FRAME_KINDS, type Frame, type FrameKind } from "@gatehouse/video";
import { H264 } from "@gatehouse/video/testing";
import type { ByteRange } from "../../../../data/client.ts";
import { CameraReel } from "../camera-reel.ts";
import { ChunkStore } from "../chunk-store.ts";
import type { Segment } from "../chunks.ts";
import { SegmentList } from "../segment-list.ts";

export const START_MS = 1_795_000_000_000;

export interface Recorded {
  readonly segment: Segment;
  readonly content: Uint8Array;
}

/** A segment of `seconds` chunks, each with `perSecond` frames whose bytes say when they were. */
export function recordSegment(
  n: number,
  options: { readonly startMs?: number; readonly seconds?: number; readonly perSecond?: number } = {},
): Recorded {
  const { startMs = START_MS + n * 60_000, seconds = 60, perSecond = 10 } = options;
  const pieces: Uint8Array[] = [];
  const chunks: Segment["chunks"] = [];
  let at = 0;
  for (let second = 0; second < seconds; second++) {
    const frames = Array.from({ length: perSecond }, (_, k): Frame => {
      const offsetMs = second * 1_000 + (k * 1_000) / perSecond;
      const bytes = new TextEncoder().encode(`frame ${startMs + offsetMs}`);
      return { kind: FRAME_KINDS.jpeg, offsetMs, deviceMs: undefined, isKey: true, bytes };
    });
    const piece = encodeFrames(frames);
    chunks.push([at, piece.length, second * 1_000]);
    at += piece.length;
    pieces.push(piece);
  }
  const lastMs = startMs + (seconds - 1) * 1_000 + ((perSecond - 1) * 1_000) / perSecond;
  const segment: Segment = {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
    cameraId: "11111111-1111-4111-8111-111111111111",
    state: "sealed",
    firstMs: startMs,
    lastMs,
    frames: seconds * perSecond,
    bytes: at,
    codec: "jpeg",
    pinned: false,
    chunks,
    startMs,
  };
  return { segment, content: Uint8Array.from(Buffer.concat(pieces)) };
}

/** A segment of H.264: a fragment of ten pictures each second. */
export function recordVideo(n: number, seconds: number): Recorded {
  const startMs = START_MS + n * 60_000;
  const frame = (kind: FrameKind, offsetMs: number, bytes: Uint8Array): Frame => ({
    ...{ kind, offsetMs, bytes, deviceMs: undefined, isKey: true },
  });
  const chunks: Segment["chunks"] = [];
  const pieces = Array.from({ length: seconds }, (_, second) => {
    const fragment = frame(FRAME_KINDS.mp4Fragment, second * 1_000, H264.fragments[second % 2] as Uint8Array);
    const begun = second === 0 ? [frame(FRAME_KINDS.mp4Init, 0, H264.init)] : [];
    return encodeFrames([...begun, fragment]);
  });
  let at = 0;
  for (const [second, { length }] of pieces.entries()) {
    chunks.push([at, length, second * 1_000]);
    at += length;
  }
  const { segment } = recordSegment(n, { seconds });
  const video = { codec: "h264-fmp4", chunks, bytes: at, lastMs: startMs + (seconds - 1) * 1_000 } as const;
  return {
    segment: { ...segment, ...video, frames: seconds + 1 },
    content: Uint8Array.from(Buffer.concat(pieces)),
  };
}

/** A camera's recordings as the server would answer them; `damaged` names chunks (`segment.chunk`) that do not open. */
export function openReel(recorded: readonly Recorded[], nowMs = START_MS + 86_400_000) {
  const asked: string[] = [];
  const damaged = new Set<string>();
  const clock = { nowMs };
  const chunks = new ChunkStore(async (id, [first, last]: ByteRange, signal) => {
    asked.push(`${Number(id.slice(-12))}:${first}-${last}`);
    await Promise.resolve();
    signal.throwIfAborted();
    const found = recorded.find(({ segment }) => segment.id === id);
    if (found === undefined) throw new Error("no such segment");
    const isDamaged = found.segment.chunks.some(
      ([begin, length], n) =>
        damaged.has(`${Number(id.slice(-12))}.${n}`) && begin <= last && begin + length > first,
    );
    return isDamaged ? "damaged" : found.content.subarray(first, last + 1);
  });
  const lists: [number, number][] = [];
  const segments = new SegmentList(
    async (fromMs, toMs) => {
      lists.push([fromMs, toMs]);
      const items = recorded
        .map(({ segment }) => segment)
        .filter(({ firstMs, lastMs }) => lastMs >= fromMs && firstMs < toMs);
      return { items: items.slice(0, 100), more: items.length > 100 };
    },
    () => clock.nowMs,
  );
  return { reel: new CameraReel(segments, chunks), segments, chunks, asked, damaged, lists, clock };
}
