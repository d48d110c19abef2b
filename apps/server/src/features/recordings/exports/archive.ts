import type { Clock } from "@gatehouse/base";
import { type ZipFile, zipStream } from "../../../platform/archives/index.ts";
import type { SegmentRow } from "../model.ts";
import type { Evidence } from "../ports.ts";
import { type ClipSource, type ClipTally, clipFiles, signedOf, wholeSegments } from "./clip-files.ts";
import { clipReadMe } from "./clip-read-me.ts";
import type { ExportRow } from "./export-store.ts";
import type { Made } from "./export-worker.ts";
import type { SealedFiles, SealedName, SealedWriter } from "./sealed-files.ts";
import type { Turns } from "./turns.ts";

export interface ArchiveDeps extends ClipSource {
  readonly clock: Clock;
  readonly evidence: Evidence;
  readonly files: SealedFiles;
  readonly turns: Turns;
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
    const segments = await wholeSegments(deps, row);
    const writer = await deps.files.create(name);
    try {
      return await write(deps, row, { segments, signal, writer, onProgress });
    } catch (error) {
      await writer.abandon();
      await deps.files.remove(name);
      throw error;
    }
  });

interface Work {
  readonly segments: readonly SegmentRow[];
  readonly signal: AbortSignal;
  readonly writer: SealedWriter;
  readonly onProgress: (ratio: number) => void;
}

async function write(deps: ArchiveDeps, row: ExportRow, work: Work): Promise<Made> {
  const tally: ClipTally = { frames: 0, damaged: 0 };
  for await (const bytes of zipStream(filesOf(deps, row, work, tally))) {
    work.signal.throwIfAborted();
    await work.writer.append(bytes);
  }
  return { bytes: await work.writer.finish(), ...tally };
}

async function* filesOf(
  deps: ArchiveDeps,
  row: ExportRow,
  { segments, signal, onProgress }: Work,
  tally: ClipTally,
): AsyncGenerator<ZipFile> {
  const signed = signedOf(segments).map(({ segmentId }) => segmentId);
  const evidence = await deps.evidence.sealedIn(row.tenantId, signed);
  for (const { name, bytes } of evidence.verifiers) yield { name, chunks: [bytes] };
  for (const { name, bytes } of evidence.files) yield { name, chunks: [bytes] };
  let done = 0;
  const onSegment = (): void => onProgress(++done / segments.length);
  yield* clipFiles(deps, row, { segments, prefix: "", tally, signal, onSegment });
  const { cameraId, fromMs, toMs } = row;
  const iso = (atMs: number): string => new Date(atMs).toISOString();
  const readMe = clipReadMe({
    ...{ cameraId, from: iso(fromMs), to: iso(toMs), madeAt: iso(deps.clock.nowMs()), evidence },
    ...{ segments: segments.length, frames: tally.frames },
  });
  yield { name: "README.txt", chunks: [Buffer.from(readMe)] };
}
