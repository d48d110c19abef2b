import { cameras } from "@gatehouse/contract";
import { isApiError } from "../../../data/api-error.ts";
import type { ByteRange } from "../../../data/client.ts";
import { knownRoot } from "../../../data/known-root.ts";
import { liveHub } from "../../../data/live.ts";
import { call } from "../../../data/query.ts";
import type { ClipToJudge, JudgedClip } from "./judge-clip.ts";
import type { JudgeMessage } from "./judge-worker.ts";
import type { CheckedClip } from "./model.ts";

/** How far the check of a clip is. */
export interface ClipProgress {
  readonly loadedBytes: number;
  readonly totalBytes: number;
  readonly openedSegments: number;
  readonly segments: number;
}

/** Of one request, so that it can be given up and the server holds little at once. */
const PIECE_BYTES = 8 * 1_048_576;
const BUSY_MS = 1_000;

/** Fetches an event's clip as it is sealed, opens it and checks it, all in this browser. */
export async function checkClip(
  eventId: string,
  signal: AbortSignal,
  onProgress: (progress: ClipProgress) => void,
): Promise<CheckedClip> {
  const startedMs = performance.now();
  const evidence = await call(cameras.getClipEvidence, { params: { id: eventId } }, signal);
  let progress: ClipProgress = {
    ...{ loadedBytes: 0, openedSegments: 0, segments: evidence.segments.length },
    totalBytes: evidence.segments.reduce((sum, { sealedBytes }) => sum + sealedBytes, 0),
  };
  const tell = (changed: Partial<ClipProgress>): void => {
    progress = { ...progress, ...changed };
    onProgress(progress);
  };
  tell({});
  const files = new Map<string, Uint8Array>();
  for (const segment of evidence.segments) {
    const onPiece = (bytes: number): void => tell({ loadedBytes: progress.loadedBytes + bytes });
    files.set(segment.id, await readSealed(segment, signal, onPiece));
  }
  const fingerprint = knownRoot.get()?.fingerprint;
  const judged = await judgeInWorker({ evidence, files, fingerprint }, signal, (openedSegments) =>
    tell({ openedSegments }),
  );
  rememberRoot(judged);
  const { fingerprint: _vouchedFor, ...clip } = judged;
  return {
    ...clip,
    ...(evidence.isCut ? { isCut: true } : {}),
    tookMs: Math.round(performance.now() - startedMs),
    checkedMs: liveHub.nowMs(),
  };
}

/** The first time, so that another one later is noticed. */
function rememberRoot({ fingerprint, segments }: JudgedClip): void {
  if (fingerprint === undefined || fingerprint === "" || segments.length === 0) return;
  if (knownRoot.get() === undefined) knownRoot.remember({ fingerprint, sinceMs: liveHub.nowMs() });
}

async function readSealed(
  { id, sealedBytes }: cameras.EvidenceSegment,
  signal: AbortSignal,
  onPiece: (bytes: number) => void,
): Promise<Uint8Array> {
  const file = new Uint8Array(sealedBytes);
  for (let at = 0; at < sealedBytes; ) {
    const last = Math.min(sealedBytes, at + PIECE_BYTES) - 1;
    const piece = await readPiece(id, [at, last], signal);
    if (piece.length === 0) break;
    file.set(piece.subarray(0, sealedBytes - at), at);
    at += piece.length;
    onPiece(piece.length);
  }
  return file;
}

async function readPiece(id: string, range: ByteRange, signal: AbortSignal): Promise<Uint8Array> {
  for (;;) {
    try {
      const input = { params: { id }, range };
      const reply = (await call(cameras.getSealedSegment, input, signal)) as unknown as Response;
      return new Uint8Array(await reply.arrayBuffer());
    } catch (error) {
      if (!isApiError(error, "server.busy")) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
      signal.throwIfAborted();
    }
  }
}

function judgeInWorker(
  clip: ClipToJudge,
  signal: AbortSignal,
  onOpened: (segments: number) => void,
): Promise<JudgedClip> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./judge-worker.ts", import.meta.url), { type: "module" });
  return new Promise<JudgedClip>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<JudgeMessage>) => {
      if ("judged" in data) resolve(data.judged);
      else if ("failed" in data) reject(new Error(data.failed));
      else onOpened(data.opened);
    };
    worker.postMessage(
      clip,
      [...clip.files.values()].map(({ buffer }) => buffer),
    );
  }).finally(() => worker.terminate());
}
