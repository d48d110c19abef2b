import { defaultHash, type Hash, type Sighting, witnessedSpan } from "@gatehouse/ledger";
import { parseManifest, type SegmentManifest, type SignedManifest } from "@gatehouse/video";
import {
  CLIP_FILE,
  type ClipList,
  FOUND,
  type ListedSegment,
  manifestFile,
  parseClipList,
} from "./clip-list.ts";
import { ClipProblems, type ClipReport, type ClipSegment } from "./clip-report.ts";
import { hexOf, judgeFrames } from "./frames.ts";
import {
  type LoggedRecordings,
  loggedRecordings,
  type ProvenEvent,
  type SealedEntry,
} from "./log-entries.ts";
import { type Signers, signerOf, signersOf } from "./signers.ts";

/** What of the log vouches for a clip. */
export interface ClipEvidence {
  /** keys.json as it is: the root, and the certificates of those who sign recordings. */
  readonly keys: Uint8Array;
  readonly proven: readonly ProvenEvent[];
  /** When witnesses saw the log, and how far. */
  readonly sightings: readonly Sighting[];
}

interface Known {
  readonly clip: ClipList;
  readonly signers: Signers | undefined;
  readonly logged: LoggedRecordings;
  readonly sightings: readonly Sighting[];
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly problems: ClipProblems;
  readonly hash: Hash;
}

/** Checks a clip without asking anybody; `files` are those of the zip by name. Takes any input. */
export function verifyClip(
  files: ReadonlyMap<string, Uint8Array>,
  evidence: ClipEvidence,
  hash: Hash = defaultHash,
): ClipReport {
  const problems = new ClipProblems();
  const clip = parseClipList(files.get(CLIP_FILE) ?? new Uint8Array(0));
  if (clip === undefined) {
    problems.add("clip_malformed");
    return reportOf({ camera: "", fromMs: 0, toMs: 0 }, [], problems);
  }
  const signers = signersOf(evidence.keys);
  if (signers === undefined) problems.add("recorder_not_certified");
  const logged = loggedRecordings(evidence.proven);
  const { sightings } = evidence;
  const known: Known = { clip, signers, logged, sightings, files, problems, hash };
  let previous: string | undefined;
  const segments = clip.segments.map((listed) => {
    const judged = judgeSegment(listed, previous, known);
    previous = judged.manifestSha256 ?? previous;
    return judged.segment;
  });
  judgeStrangers(known);
  judgeEnds(known);
  return reportOf(clip, segments, problems);
}

const reportOf = (
  { camera, fromMs, toMs }: Pick<ClipList, "camera" | "fromMs" | "toMs">,
  segments: readonly ClipSegment[],
  problems: ClipProblems,
): ClipReport => ({
  ok: problems.count === 0,
  ...{ camera, fromMs, toMs, segments },
  problems: problems.listed,
  problemCount: problems.count,
});

function judgeSegment(
  listed: ListedSegment,
  previous: string | undefined,
  known: Known,
): { readonly segment: ClipSegment; readonly manifestSha256: string | undefined } {
  const { clip, logged, files, hash, problems, sightings } = known;
  const { segment } = listed;
  let isAfterGap = false;
  let signedBy: ClipSegment["signedBy"] = null;
  const before = problems.count;
  const file = files.get(manifestFile(segment));
  const signed = file && parseManifest(new TextDecoder().decode(file));
  const entry = logged.sealed.get(segment);
  const manifestSha256 = file && hexOf(hash(file));
  if (file === undefined) {
    // After a crash there is none. One that the log knows was taken away.
    if (entry !== undefined) problems.add("manifest_missing", segment);
  } else if (signed === undefined) problems.add("manifest_malformed", segment);
  else {
    signedBy = judgeSignature(segment, signed, known);
    judgeManifest(listed, signed.manifest, known);
    judgeEntry(segment, manifestSha256, signed.manifest, known);
    isAfterGap = previous !== undefined && signed.manifest.previous !== previous;
    if (isAfterGap && !clip.gaps.includes(segment)) problems.add("segment_missing", segment);
  }
  judgeFrames(listed, signed?.manifest, files, problems, hash);
  const at = (offset: number | undefined): number => listed.startMs + (offset ?? 0);
  const isWrong = problems.count > before;
  return {
    segment: {
      segment,
      state: isWrong ? "wrong" : file === undefined ? "unsigned" : "proven",
      firstMs: at(listed.frames[0]?.offsetMs),
      lastMs: at(listed.frames.at(-1)?.offsetMs),
      frames: listed.frames.filter(({ kind }) => kind !== FOUND).length,
      found: listed.frames.filter(({ kind }) => kind === FOUND).length,
      signedBy,
      loggedAt: entry?.time ?? null,
      witnessed: entry === undefined ? null : witnessedSpan(sightings, entry.index),
      afterGap: isAfterGap,
    },
    manifestSha256,
  };
}

/** By whom it is signed; null when by nobody who may. */
function judgeSignature(
  segment: string,
  signed: SignedManifest,
  { signers, problems }: Known,
): ClipSegment["signedBy"] {
  if (signers === undefined) return null;
  const signer = signerOf(signed, signers);
  if (signer === "recordings" || signer === "camera") return signer;
  problems.add(signer === "changed" ? "manifest_changed" : "foreign_key", segment);
  return null;
}

function judgeManifest(listed: ListedSegment, manifest: SegmentManifest, { clip, problems }: Known): void {
  const { frames, segment, startMs } = listed;
  if (manifest.camera !== clip.camera) problems.add("other_camera", segment);
  if (manifest.segment !== segment) problems.add("other_segment", segment);
  const rises = frames.every(({ offsetMs }, at) => at === 0 || offsetMs >= (frames[at - 1]?.offsetMs ?? 0));
  const device = frames.flatMap(({ deviceMs }) => deviceMs ?? []);
  const isThen =
    rises &&
    // Where frames are missing at an end, that is the problem, and not the time of the others.
    (frames.length < manifest.frames ||
      (manifest.firstMs === startMs + (frames[0]?.offsetMs ?? 0) &&
        manifest.lastMs === startMs + (frames.at(-1)?.offsetMs ?? 0) &&
        manifest.deviceFirstMs === (device[0] ?? null) &&
        manifest.deviceLastMs === (device.at(-1) ?? null)));
  if (!isThen) problems.add("back_dated", segment);
}

function judgeEntry(
  segment: string,
  manifestSha256: string | undefined,
  manifest: SegmentManifest,
  { logged, problems }: Known,
): void {
  const entry = logged.sealed.get(segment);
  if (entry === undefined) {
    problems.add("not_logged", segment);
    return;
  }
  const { data } = entry;
  if (data.manifestSha256 === manifestSha256) return;
  problems.add("entry_differs", segment);
  // The log has kept when and what it was.
  if (data.firstMs !== manifest.firstMs || data.lastMs !== manifest.lastMs)
    problems.add("back_dated", segment);
  if (data.cameraId !== manifest.camera) problems.add("other_camera", segment);
}

/** Frames of segments that the list does not know. */
function judgeStrangers({ clip, files, problems }: Known): void {
  const listed = new Set(clip.segments.map(({ segment }) => segment));
  const found = [...files.keys()].flatMap(
    (name) => /^(?:frames|video)\/([0-9a-f-]{36})/.exec(name)?.[1] ?? [],
  );
  for (const segment of new Set(found)) if (!listed.has(segment)) problems.add("frame_added", segment);
}

/**
 * What the log knows of the clip's span and the clip does not have: segments before the first and after the last that
 * are here; the chain names those between. And the span itself, where the log has it: a clip that ends sooner than
 * what was taken out was cut.
 */
function judgeEnds({ clip, logged, problems }: Known): void {
  const listed = new Set(clip.segments.map(({ segment }) => segment));
  const last = clip.segments.at(-1);
  const beginsMs = clip.segments[0]?.startMs ?? clip.fromMs;
  const endsMs = last === undefined ? clip.fromMs : last.startMs + (last.frames.at(-1)?.offsetMs ?? 0);
  for (const entry of logged.sealed.values()) {
    if (listed.has(entry.segment) || !isWithin(entry, clip)) continue;
    if (Number(entry.data.firstMs) >= endsMs) problems.add("tail_missing", entry.segment);
    else if (Number(entry.data.lastMs) <= beginsMs) problems.add("segment_missing", entry.segment);
  }
  const spans = logged.exported.get(clip.camera) ?? [];
  const isOne = spans.some(({ fromMs, toMs }) => fromMs === clip.fromMs && toMs === clip.toMs);
  if (!isOne && spans.some(({ fromMs, toMs }) => fromMs <= clip.fromMs && toMs > clip.toMs))
    problems.add("tail_missing");
}

const isWithin = ({ data }: SealedEntry, { camera, fromMs, toMs }: ClipList): boolean =>
  data.cameraId === camera && Number(data.firstMs) < toMs && Number(data.lastMs) > fromMs;
