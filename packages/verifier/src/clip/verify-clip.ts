import {
  defaultHash,
  type Hash,
  isSignedBy,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
} from "@gatehouse/ledger";
import {
  isManifestSignedBy,
  parseManifest,
  type SegmentManifest,
  type SignedManifest,
} from "@gatehouse/video";
import { CLIP_FILE, type ClipList, type ListedSegment, manifestFile, parseClipList } from "./clip-list.ts";
import { ClipProblems, type ClipReport, type ClipSegment } from "./clip-report.ts";
import { hexOf, judgeFrames } from "./frames.ts";

const CERTIFICATE = "gatehouse-recordings-key/v1";

/** What of the log vouches for a clip. */
export interface ClipEvidence {
  /** keys.json as it is: the root, and the certificate of the key that signs recordings. */
  readonly keys: Uint8Array;
  /** Events that are proven to be in the log, as they stand there. */
  readonly proven: readonly Uint8Array[];
}

/** The entry of the log about a segment, as far as it matters here. */
interface SealedEntry {
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Known {
  readonly clip: ClipList;
  readonly recorder: VerifierKey | undefined;
  readonly entries: ReadonlyMap<string, SealedEntry>;
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
  const recorder = recorderOf(evidence.keys);
  if (recorder === undefined) problems.add("recorder_not_certified");
  const known: Known = { clip, recorder, entries: entriesOf(evidence.proven), files, problems, hash };
  let previous: string | undefined;
  const segments = clip.segments.map((listed) => {
    const judged = judgeSegment(listed, previous, known);
    previous = judged.manifestSha256 ?? previous;
    return judged.segment;
  });
  judgeStrangers(known);
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
  const { clip, entries, files, hash, problems } = known;
  const { segment } = listed;
  let isAfterGap = false;
  const before = problems.count;
  const file = files.get(manifestFile(segment));
  const signed = file && parseManifest(new TextDecoder().decode(file));
  const entry = entries.get(segment);
  const manifestSha256 = file && hexOf(hash(file));
  if (file === undefined) {
    // After a crash there is none. One that the log knows was taken away.
    if (entry !== undefined) problems.add("manifest_missing", segment);
  } else if (signed === undefined) problems.add("manifest_malformed", segment);
  else {
    judgeSignature(segment, signed, known);
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
      frames: listed.frames.length,
      loggedAt: entry?.time ?? null,
      afterGap: isAfterGap,
    },
    manifestSha256,
  };
}

/** Signed by another key, or by ours and changed afterwards. */
function judgeSignature(segment: string, signed: SignedManifest, { recorder, problems }: Known): void {
  if (recorder === undefined || isManifestSignedBy(signed, recorder)) return;
  const isOurs = signed.note.signatures.some(
    ({ name, keyId }) => name === recorder.name && keyId === recorder.id,
  );
  problems.add(isOurs ? "manifest_changed" : "foreign_key", segment);
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
  { entries, problems }: Known,
): void {
  const entry = entries.get(segment);
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

/** Whom the root names as the one who signs recordings; undefined when it names nobody. */
function recorderOf(keys: Uint8Array): VerifierKey | undefined {
  try {
    const { root, recordings } = JSON.parse(new TextDecoder().decode(keys)) as Record<string, unknown>;
    if (typeof root !== "string" || typeof recordings !== "string") return undefined;
    const note = parseNote(recordings);
    const [title, key = "", ...end] = note.text.split("\n", 4);
    if (title !== CERTIFICATE || end.length !== 1 || !isSignedBy(note, parseVerifierKey(root)))
      return undefined;
    return parseVerifierKey(key);
  } catch {
    return undefined;
  }
}

/** Segment → its entry. Of two about one segment the first counts: nobody makes up for what was logged once. */
function entriesOf(proven: readonly Uint8Array[]): Map<string, SealedEntry> {
  const entries = new Map<string, SealedEntry>();
  for (const line of proven) {
    try {
      const { kind, subject, time, data } = JSON.parse(new TextDecoder().decode(line)) as Record<
        string,
        unknown
      >;
      const { id } = (subject ?? {}) as { id?: unknown };
      if (kind !== "recording.sealed" || typeof id !== "string" || typeof data !== "object") continue;
      if (entries.has(id)) continue;
      entries.set(id, { time: String(time), data: (data ?? {}) as SealedEntry["data"] });
    } catch {
      // Proven, and yet none of a recording.
    }
  }
  return entries;
}
