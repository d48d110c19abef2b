import { cameras, ledger } from "@gatehouse/contract";
import type { Frame } from "@gatehouse/video";
import { skipToken, useQuery } from "@tanstack/react-query";
import { isApiError } from "../../../data/api-error.ts";
import { knownRoot } from "../../../data/known-root.ts";
import { liveHub } from "../../../data/live.ts";
import { call } from "../../../data/query.ts";
import { useCanEverywhere } from "../../../data/session.ts";
import { framesOf } from "../player/chunk-store.ts";
import { rangeOf, type Segment } from "../player/chunks.ts";
import { checkSegment, type SegmentReport, underKnownRoot } from "./segment-checks.ts";

/** A segment is read in pieces, so that it can be given up and the server is not asked for all at once. */
const PIECE_CHUNKS = 8;

export interface CheckedSegment extends SegmentReport {
  readonly manifestText: string | undefined;
  readonly entryId: string | undefined;
  /** Whether this person may read the audit log. */
  readonly mayReadLog: boolean;
}

const keyOf = (segment: Segment | undefined, mayReadLog: boolean) =>
  ["segment-report", segment?.id, segment?.state, mayReadLog] as const;

/** What this browser has found out about a segment so far, without checking it now. */
export function useKnownReport(segment: Segment): CheckedSegment | undefined {
  const mayReadLog = useCanEverywhere()("ledger.read");
  const known = knownRoot.use();
  const { data } = useQuery<CheckedSegment>({ queryKey: keyOf(segment, mayReadLog), queryFn: skipToken });
  return data && underKnownRoot(data, known?.fingerprint);
}

/** Reads a whole segment with everything that vouches for it, and checks it in this browser. */
export function useSegmentReport(segment: Segment | undefined) {
  const mayReadLog = useCanEverywhere()("ledger.read");
  const known = knownRoot.use();
  return useQuery<CheckedSegment>({
    queryKey: keyOf(segment, mayReadLog),
    enabled: segment !== undefined && segment.state !== "open",
    staleTime: Number.POSITIVE_INFINITY,
    select: (checked) => underKnownRoot(checked, known?.fingerprint),
    queryFn: async ({ signal }) => {
      if (segment === undefined) throw new Error("no segment");
      const [frames, manifest, verifierKey, trust, entry] = await Promise.all([
        readFrames(segment, signal),
        segment.state === "unsigned" ? undefined : readManifest(segment.id, signal),
        call(cameras.getRecordingKey, {}, signal),
        call(ledger.getLedgerTrust, {}, signal),
        mayReadLog ? findEntry(segment.id, signal) : undefined,
      ]);
      const root = { rootKey: trust.rootKey, certificate: trust.recordingsCertificate };
      const report = await checkSegment({ segment, frames, manifest, verifierKey, root, entry });
      rememberRoot(report);
      return { ...report, manifestText: manifest, entryId: entry?.entry.id, mayReadLog };
    },
  });
}

/** The first time, so that another one later is noticed. */
function rememberRoot({ checks, fingerprint }: SegmentReport): void {
  if (checks.root === "proven" && fingerprint !== undefined && knownRoot.get() === undefined)
    knownRoot.remember({ fingerprint, sinceMs: liveHub.nowMs() });
}

async function readManifest(id: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await call(cameras.getSegmentManifest, { params: { id } }, signal)) as string;
  } catch (error) {
    if (isApiError(error, "segment.unsigned")) return undefined;
    throw error;
  }
}

async function readFrames(segment: Segment, signal: AbortSignal): Promise<Frame[] | "damaged"> {
  const frames: Frame[] = [];
  try {
    for (let first = 0; first < segment.chunks.length; first += PIECE_CHUNKS) {
      const last = Math.min(segment.chunks.length, first + PIECE_CHUNKS) - 1;
      const input = { params: { id: segment.id }, range: rangeOf(segment, first, last) };
      const reply = (await call(cameras.getSegmentContent, input, signal)) as unknown as Response;
      const piece = framesOf(new Uint8Array(await reply.arrayBuffer()));
      if (piece === "damaged") return piece;
      frames.push(...piece);
    }
  } catch (error) {
    if (isApiError(error, "segment.damaged")) return "damaged";
    throw error;
  }
  return frames;
}

async function findEntry(segmentId: string, signal: AbortSignal) {
  const query = { kind: "recording.sealed", subject: segmentId, limit: "1" };
  const { items } = await call(ledger.listLedgerEntries, { query }, signal);
  const [found] = items;
  if (found === undefined) return undefined;
  return call(ledger.getLedgerEntry, { params: { eventId: found.id } }, signal);
}
