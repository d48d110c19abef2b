import { type EvidenceReport, type Hash, type KnownToReader, verifyEvidence } from "@gatehouse/ledger";
import type { ClipReport } from "./clip/clip-report.ts";
import { verifyClip } from "./clip/verify-clip.ts";
import type { OpenedExport } from "./open-export.ts";

/** What was found out about an export: of the log, and of the clip where it is one. */
export interface ExportReport extends EvidenceReport {
  readonly clip?: ClipReport;
}

/** Checks everything that is there. `ok` and `problemCount` are of all of it. */
export function verifyOpened(
  opened: Extract<OpenedExport, { state: "complete" }>,
  known: KnownToReader,
  hash?: Hash,
): ExportReport {
  if (opened.clip === undefined) return verifyEvidence(opened.files, known, hash);
  const proven: Uint8Array[] = [];
  const report = verifyEvidence(opened.files, known, hash, (event) => proven.push(event));
  const clip = verifyClip(opened.clip, { keys: opened.files.keys, proven }, hash);
  return {
    ...report,
    ok: report.ok && clip.ok,
    problemCount: report.problemCount + clip.problemCount,
    clip,
  };
}
