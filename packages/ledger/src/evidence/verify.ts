import { isAppError } from "@gatehouse/base";
import { encodeBase64 } from "../base64.ts";
import { decodeUtf8, sameBytes } from "../bytes.ts";
import { canonicalJson } from "../canonical-json.ts";
import { fingerprintOf, isFingerprintOf } from "../certificate.ts";
import { type Checkpoint, parseCheckpoint } from "../checkpoint.ts";
import { MAX_EVENT_BYTES, MAX_EXPORT_EVENTS } from "../limits.ts";
import { isSignedBy, type Note, parseNote } from "../note.ts";
import { type Hash, hashLeaf } from "../tree-hash.ts";
import type { VerifierKey } from "../verifier-key.ts";
import { judgeTimes } from "./dated.ts";
import { type OpenedKeys, openExportKeys } from "./export-keys.ts";
import {
  type ClaimedLeaf,
  claimedEntries,
  listedLeaves,
  openRange,
  parseExportProofs,
  rootOfRange,
} from "./export-proofs.ts";
import { judgeSeams } from "./export-seams.ts";
import { matchLines } from "./match-lines.ts";
import {
  type EvidenceReport,
  type Pinning,
  type ProblemKind,
  Problems,
  type SeamFinding,
  type Sighting,
} from "./report.ts";
import { judgeRevealed } from "./revealed.ts";
import { isEarlier, judgeWitnesses, parseWitnessed, sightingsIn } from "./witnesses.ts";

/** The files of an export as they lie in it. */
export interface EvidenceFiles {
  /** events.ndjson: the canonical bytes of an event a line. */
  readonly events: Uint8Array;
  /** checkpoint: a signed note with cosignatures. */
  readonly checkpoint: Uint8Array;
  /** proofs.json */
  readonly proofs: Uint8Array;
  /** keys.json */
  readonly keys: Uint8Array;
  /** personal.ndjson, where values about people are revealed. */
  readonly personal?: Uint8Array;
  /** seams.json, where one log ended and another began. */
  readonly seams?: Uint8Array;
  /** witnessed.json: what witnesses cosigned before; absent in exports of older versions. */
  readonly witnessed?: Uint8Array | undefined;
}

/** What the reader knows from elsewhere. */
export interface KnownToReader {
  /** The trust root's fingerprint, from paper or the installation's own page. */
  readonly fingerprint?: string;
  readonly witnesses?: readonly VerifierKey[];
}

/**
 * Checks an export without asking anybody. Takes any input: whatever is wrong becomes a problem of the report. `onProven`
 * is given every event that is proven to stand in a log that the root vouches for, with its index.
 */
export function verifyEvidence(
  files: EvidenceFiles,
  known: KnownToReader = {},
  hash?: Hash,
  onProven?: (event: Uint8Array, index: number) => void,
): EvidenceReport {
  const problems = new Problems();
  const keys = attempt(problems, "keys_malformed", () => openExportKeys(parseSmallJson(files.keys)));
  const note = attempt(problems, "checkpoint_malformed", () => parseNote(textOf(files.checkpoint)));
  const checkpoint = note && attempt(problems, "checkpoint_malformed", () => parseCheckpoint(note.text));

  const pinned = pinningOf(keys, known, problems);
  const isSigned = judgeSignature(keys, note, checkpoint, problems);
  const witnesses = checkpoint && note ? judgeWitnesses(note, keys, known.witnesses ?? [], problems) : [];
  const earlier = judgeEarlier(files.witnessed, isSigned ? { keys, checkpoint } : {}, known, problems, hash);
  const lines = splitLines(files.events, problems);
  const revealedLines = splitLines(files.personal ?? new Uint8Array(), problems);
  const claims = claimsOf(files.proofs, checkpoint, problems, hash);
  // Without proofs there is nothing to compare lines with.
  const judged = claims && judgeLines(lines, claims.leaves, problems, hash);
  const proven = (isSigned && judged?.provenEvents) || [];
  for (const { event, index } of proven) onProven?.(event, index);
  const sightings = [...(earlier?.sightings ?? []), ...sightingsIn(witnesses, checkpoint?.size ?? 0)];
  const backDated = judgeTimes(proven, sightings, problems);
  const revealed =
    judged === undefined ? 0 : judgeRevealed(revealedLines, (index) => judged.events.get(index), problems);
  const seams = attempt(problems, "seams_malformed", (): SeamFinding[] =>
    files.seams === undefined || files.seams.length === 0
      ? []
      : judgeSeams(parseSmallJson(files.seams), keys?.root, checkpoint, problems, hash),
  );

  return {
    ok: problems.count === 0,
    pinned,
    fingerprint: keys === undefined ? "" : fingerprintOf(keys.root.publicKey),
    origin: checkpoint?.origin ?? "",
    size: checkpoint?.size ?? 0,
    root: checkpoint === undefined ? "" : encodeBase64(checkpoint.root),
    range: claims?.range ?? null,
    lines: lines.length,
    proven: proven.length,
    revealed,
    witnesses,
    ...{ witnessed: earlier?.count ?? null, sightings, backDated },
    seams: seams ?? [],
    problems: problems.listed,
    problemCount: problems.count,
  };
}

/** The result, or a problem when the input is malformed. */
function attempt<T>(problems: Problems, kind: ProblemKind, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isAppError(error, "ledger.malformed") && !(error instanceof SyntaxError)) throw error;
    problems.add(kind);
    return undefined;
  }
}

/** Throws a SyntaxError, as JSON does. */
function textOf(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new SyntaxError("this is no UTF-8");
  return text;
}

const parseJson = (bytes: Uint8Array): unknown => JSON.parse(textOf(bytes));

/** JSON that every reader can read: what could be written canonically, in whatever form it is. */
function parseSmallJson(bytes: Uint8Array): unknown {
  const value = parseJson(bytes);
  canonicalJson(value);
  return value;
}

function pinningOf(keys: OpenedKeys | undefined, known: KnownToReader, problems: Problems): Pinning {
  if (keys === undefined || known.fingerprint === undefined) return "not_pinned";
  if (isFingerprintOf(known.fingerprint, keys.root.publicKey)) return "pinned";
  problems.add("fingerprint_differs");
  return "differs";
}

function judgeSignature(
  keys: OpenedKeys | undefined,
  note: Note | undefined,
  checkpoint: Checkpoint | undefined,
  problems: Problems,
): boolean {
  if (keys !== undefined && keys.log === undefined) problems.add("log_not_certified");
  const log = keys?.log;
  if (log === undefined || note === undefined || checkpoint === undefined) return false;
  const isSigned = log.name === checkpoint.origin && isSignedBy(note, log);
  if (!isSigned) problems.add("checkpoint_not_signed");
  return isSigned;
}

/** Those that came along and hold, and who saw them; only where the log stands by the exported checkpoint. */
function judgeEarlier(
  file: Uint8Array | undefined,
  {
    keys,
    checkpoint,
  }: { readonly keys?: OpenedKeys | undefined; readonly checkpoint?: Checkpoint | undefined },
  known: KnownToReader,
  problems: Problems,
  hash?: Hash,
): { readonly count: number; readonly sightings: readonly Sighting[] } | undefined {
  if (file === undefined) return undefined;
  const read = () => parseWitnessed(parseSmallJson(file));
  const given = attempt(problems, "witnessed_malformed", read);
  const log = keys?.log;
  if (given === undefined || log === undefined || checkpoint === undefined) return undefined;
  const held = given.filter((one) => isEarlier(one, log, checkpoint, hash));
  for (let at = held.length; at < given.length; at++) problems.add("witnessed_wrong");
  const sightings = held.flatMap(({ note, checkpoint: { size } }) =>
    sightingsIn(judgeWitnesses(note, keys, known.witnesses ?? [], problems), size),
  );
  return { count: held.length, sightings };
}

const LINE_FEED = 0x0a;

function splitLines(events: Uint8Array, problems: Problems): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let at = 0; at < events.length; ) {
    if (lines.length === MAX_EXPORT_EVENTS) {
      problems.add("too_many_events");
      break;
    }
    const found = events.indexOf(LINE_FEED, at);
    const end = found < 0 ? events.length : found;
    lines.push(events.subarray(at, end));
    at = end + 1;
  }
  return lines;
}

interface Claims {
  readonly leaves: readonly ClaimedLeaf[];
  readonly range: EvidenceReport["range"];
}

/**
 * The leaves that the export claims to hold, each judged by the checkpoint's root; undefined when the proofs are
 * malformed. Without a checkpoint nothing is proven, and nothing is held against the proofs either.
 */
function claimsOf(
  file: Uint8Array,
  checkpoint: Checkpoint | undefined,
  problems: Problems,
  hash?: Hash,
): Claims | undefined {
  return attempt(problems, "proofs_malformed", (): Claims => {
    const proofs = parseExportProofs(parseJson(file));
    if (proofs.form === "entries") {
      const leaves = claimedEntries(proofs, checkpoint, hash);
      if (checkpoint !== undefined)
        for (const { index, isProven } of leaves) if (!isProven) problems.add("proof_wrong", index);
      return { leaves, range: null };
    }
    const range = openRange(proofs);
    const found = checkpoint && rootOfRange(range, checkpoint.size, hash);
    const isProven = found !== undefined && sameBytes(found, checkpoint?.root ?? found);
    const leaves = listedLeaves(range, isProven);
    if (checkpoint !== undefined && !isProven) problems.add("root_differs");
    const unlisted = range.leaves.length - leaves.length;
    return { leaves, range: { from: range.from, to: range.from + range.leaves.length, unlisted } };
  });
}

interface ProvenEvent {
  readonly index: number;
  /** The first is 1. */
  readonly line: number;
  readonly event: Uint8Array;
}

interface JudgedLines {
  /** Lines that are proven, by rising index. */
  readonly provenEvents: readonly ProvenEvent[];
  /** Index → bytes of the events that are as they were logged. */
  readonly events: ReadonlyMap<number, Uint8Array>;
}

/** Compares lines with leaves and names what differs. */
function judgeLines(
  lines: readonly Uint8Array[],
  leaves: readonly ClaimedLeaf[],
  problems: Problems,
  hash?: Hash,
): JudgedLines {
  const { places, problems: found } = matchLines(
    leaves.map((leaf) => leaf.hash),
    lines.map((line) => hashLeaf(line, hash)),
  );
  for (const { kind, place, line } of found) {
    const index = place === undefined ? null : (leaves[place]?.index ?? null);
    problems.add(kind, index, line === undefined ? null : line + 1);
  }
  const events = new Map<number, Uint8Array>();
  const provenEvents: ProvenEvent[] = [];
  for (const [at, place] of places.entries()) {
    const leaf = place === undefined ? undefined : leaves[place];
    if (leaf === undefined) continue;
    const event = lines[at] as Uint8Array;
    events.set(leaf.index, event);
    if (!isCanonical(event)) problems.add("not_canonical", leaf.index, at + 1);
    else if (leaf.isProven) provenEvents.push({ index: leaf.index, line: at + 1, event });
  }
  provenEvents.sort((one, other) => one.index - other.index);
  return { provenEvents, events };
}

/** Whether the line is the one text of its value: then no two readers can take it differently. */
function isCanonical(line: Uint8Array): boolean {
  if (line.length > MAX_EVENT_BYTES) return false;
  try {
    const text = textOf(line);
    return canonicalJson(JSON.parse(text)) === text;
  } catch (error) {
    if (!isAppError(error, "ledger.malformed") && !(error instanceof SyntaxError)) throw error;
    return false;
  }
}
