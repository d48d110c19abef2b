import { defaultHash, type Hash } from "@gatehouse/ledger";
import { CLIP_FILE } from "../clip/clip-list.ts";
import type { ClipReport } from "../clip/clip-report.ts";
import { hexOf } from "../clip/frames.ts";
import { type ClipEvidence, verifyClip } from "../clip/verify-clip.ts";
import { CASE_FILE, inClip, isUnproven, parseCaseList } from "./case-list.ts";

/** What is wrong with a bundle beside its clips. */
export type CaseProblemKind = "case_malformed" | "file_missing" | "file_differs";

export interface CaseProblem {
  readonly kind: CaseProblemKind;
  /** Null where it is about the list itself. */
  readonly file: string | null;
}

export interface CaseReport {
  readonly ok: boolean;
  /** In the order of their folders. */
  readonly clips: readonly { readonly folder: string; readonly report: ClipReport }[];
  /** Files that are as they are listed, and that nothing proves: films and reports are made anew. */
  readonly unproven: readonly string[];
  readonly problems: readonly CaseProblem[];
  /** With those of its clips. */
  readonly problemCount: number;
}

const MAX_LISTED = 1_000;

/**
 * Checks every clip of a bundle by itself, and that the files are those that its list names. `files` are those of the
 * zip by name, as far as this verifier knows them. Takes any input.
 */
export function verifyCase(
  files: ReadonlyMap<string, Uint8Array>,
  evidence: ClipEvidence,
  hash: Hash = defaultHash,
): CaseReport {
  const clips = [...clipsIn(files)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([folder, parts]) => ({ folder, report: verifyClip(parts, evidence, hash) }));
  const list = parseCaseList(files.get(CASE_FILE) ?? new Uint8Array(0));
  const problems: CaseProblem[] = list === undefined ? [{ kind: "case_malformed", file: null }] : [];
  const listed = list?.files ?? new Map<string, string>();
  for (const [name, sha256] of listed) {
    const bytes = files.get(name);
    if (bytes === undefined) {
      if (isKnown(name)) problems.push({ kind: "file_missing", file: name });
    } else if (hexOf(hash(bytes)) !== sha256) problems.push({ kind: "file_differs", file: name });
  }
  const problemCount = clips.reduce((sum, { report }) => sum + report.problemCount, problems.length);
  return {
    ok: problemCount === 0,
    clips,
    unproven: [...files.keys()].filter(isUnproven),
    problems: problems.slice(0, MAX_LISTED),
    problemCount,
  };
}

/** Files that this verifier does not read are not missing where they were not unpacked. */
const isKnown = (name: string): boolean => inClip(name) !== undefined || isUnproven(name);

function clipsIn(files: ReadonlyMap<string, Uint8Array>): Map<string, Map<string, Uint8Array>> {
  const clips = new Map<string, Map<string, Uint8Array>>();
  for (const [name, bytes] of files) {
    const within = inClip(name);
    if (within === undefined || isUnproven(name)) continue;
    const parts = clips.get(within.folder) ?? new Map<string, Uint8Array>();
    clips.set(within.folder, parts.set(within.name, bytes));
  }
  // A clip without its list is named as one that cannot be read.
  for (const parts of clips.values()) if (!parts.has(CLIP_FILE)) parts.set(CLIP_FILE, new Uint8Array(0));
  return clips;
}
