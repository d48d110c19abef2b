import { type EvidenceReport, type Hash, type KnownToReader, verifyEvidence } from "@gatehouse/ledger";
import { type CaseReport, verifyCase } from "./case/verify-case.ts";
import type { ClipReport } from "./clip/clip-report.ts";
import type { ProvenEvent } from "./clip/log-entries.ts";
import { type ClipEvidence, verifyClip } from "./clip/verify-clip.ts";
import type { OpenedExport } from "./open-export.ts";

/** What was found out about an export: of the log, and of the clip, or of the bundle of clips, where it is one. */
export interface ExportReport extends EvidenceReport {
  readonly clip?: ClipReport;
  readonly bundle?: CaseReport;
}

/** Checks everything that is there. `ok` and `problemCount` are of all of it. */
export function verifyOpened(
  opened: Extract<OpenedExport, { state: "complete" }>,
  known: KnownToReader,
  hash?: Hash,
): ExportReport {
  const { bundle, clip, files } = opened;
  if (clip === undefined && bundle === undefined) return verifyEvidence(files, known, hash);
  const proven: ProvenEvent[] = [];
  const report = verifyEvidence(files, known, hash, (event, index) => proven.push({ event, index }));
  const evidence: ClipEvidence = { keys: files.keys, proven, sightings: report.sightings };
  const more = {
    ...(clip === undefined ? {} : { clip: verifyClip(clip, evidence, hash) }),
    ...(bundle === undefined ? {} : { bundle: verifyCase(bundle, evidence, hash) }),
  };
  const found = [more.clip, more.bundle].filter((part) => part !== undefined);
  return {
    ...report,
    ok: report.ok && found.every(({ ok }) => ok),
    problemCount: found.reduce((sum, part) => sum + part.problemCount, report.problemCount),
    ...more,
  };
}

/** Every clip of an export, with its folder where it is one of several. */
export const clipsOf = ({
  clip,
  bundle,
}: ExportReport): readonly { folder?: string; report: ClipReport }[] =>
  clip === undefined ? (bundle?.clips ?? []) : [{ report: clip }];
