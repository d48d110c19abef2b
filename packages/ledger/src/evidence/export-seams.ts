import { isAppError } from "@gatehouse/base";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import { sameBytes, utf8 } from "../bytes.ts";
import { canonicalJson } from "../canonical-json.ts";
import { openCertificate } from "../certificate.ts";
import { type Checkpoint, openCheckpoint } from "../checkpoint.ts";
import { MAX_SEAMS } from "../limits.ts";
import { parseNote } from "../note.ts";
import { verifyInclusion } from "../proofs.ts";
import { malformed } from "../refusal.ts";
import { openSeam } from "../seam.ts";
import { HASH_BYTES, type Hash, hashLeaf } from "../tree-hash.ts";
import { encodeVerifierKey, type VerifierKey } from "../verifier-key.ts";
import { type PreviousLog, RESTORED_KIND, readPrevious } from "./previous-log.ts";
import type { Problems, SeamFinding } from "./report.ts";

/** A member of `seams.json`: one log of the installation ended, and the first entry of another names its end. */
export interface ExportSeam {
  /** Certificate of the log that follows. */
  readonly certificate: string;
  /** A checkpoint of the log that follows. */
  readonly checkpoint: string;
  /** Canonical text of its first entry. */
  readonly entry: string;
  /** Inclusion proof of that entry; hashes are concatenated, then base64. */
  readonly proof: string;
  /** Certificate of the log that ended. */
  readonly previousCertificate: string;
  /** The last checkpoint of the log that ended, as the backup had it; absent when it had none. */
  readonly previousCheckpoint?: string;
  /** Note of the root: the owner acknowledged it (`Seam`); absent until then. */
  readonly acknowledgement?: string;
}

interface JudgedSeam {
  readonly finding: SeamFinding;
  readonly next: Checkpoint;
  readonly previous: PreviousLog & { readonly origin: string };
}

/**
 * Judges the seams of an export, the newest first: each by itself, that they hang together, and that the exported
 * checkpoint is of one of their logs, at the end that the next log names.
 */
export function judgeSeams(
  value: unknown,
  root: VerifierKey | undefined,
  exported: Checkpoint | undefined,
  problems: Problems,
  hash?: Hash,
): SeamFinding[] {
  if (!isSeams(value)) throw malformed("seams", "this is no list of seams");
  const judged = value.map((seam) => root && orUndefined(() => judgeSeam(seam, root, hash)));
  for (const [at, seam] of judged.entries()) {
    const before = judged[at - 1];
    const hangsOn = at === 0 || before?.previous.origin === seam?.next.origin;
    if (seam === undefined || !hangsOn) problems.add("seam_wrong");
  }
  const held = judged.filter((seam) => seam !== undefined);
  if (value.length > 0 && exported !== undefined && !held.some((seam) => isAbout(seam, exported)))
    problems.add("seam_wrong");
  return held.map(({ finding }) => finding);
}

function judgeSeam(seam: ExportSeam, root: VerifierKey, hash?: Hash): JudgedSeam | undefined {
  const [key, previousKey] = [seam.certificate, seam.previousCertificate].map((text) =>
    openCertificate(parseNote(text), root),
  );
  if (key === undefined || previousKey === undefined || key.name === previousKey.name) return undefined;
  const next = openCheckpoint(parseNote(seam.checkpoint), key);
  if (next === undefined || !isFirst(seam, next, hash)) return undefined;
  const event = readEvent(seam.entry);
  const previous = readPrevious(event?.data);
  if (event === undefined || previous?.log !== encodeVerifierKey(previousKey)) return undefined;
  if (!isEnd(seam.previousCheckpoint, previousKey, previous)) return undefined;
  const isAcknowledged = seam.acknowledgement !== undefined;
  if (isAcknowledged && !acknowledges(seam.acknowledgement, root, previous, encodeVerifierKey(key)))
    return undefined;
  return {
    finding: {
      ended: previousKey.name,
      size: previous.size,
      begun: key.name,
      time: event.time,
      isAcknowledged,
    },
    next,
    previous: { ...previous, origin: previousKey.name },
  };
}

function isFirst({ entry, proof }: ExportSeam, { size, root }: Checkpoint, hash?: Hash): boolean {
  const hashes = splitHashes(proof);
  const leafHash = hashLeaf(utf8(entry), hash);
  return hashes !== undefined && verifyInclusion({ index: 0, size, leafHash, root, proof: hashes }, hash);
}

function isEnd(note: string | undefined, key: VerifierKey, { size, root }: PreviousLog): boolean {
  if (note === undefined) return size === 0;
  const end = openCheckpoint(parseNote(note), key);
  return end?.size === size && sameBytes(end.root, root);
}

function acknowledges(note = "", root: VerifierKey, previous: PreviousLog, newLog: string): boolean {
  const terms = openSeam(parseNote(note), root);
  const isEnd = terms?.oldSize === previous.size && terms.oldRoot === encodeBase64(previous.root);
  return isEnd && terms.oldLog === previous.log && terms.newLog === newLog;
}

/** The log that follows is shown under the exported checkpoint itself; the one that ended, at its end. */
function isAbout({ next, previous }: JudgedSeam, exported: Checkpoint): boolean {
  const isHead = ({ size, root }: { readonly size: number; readonly root: Uint8Array }): boolean =>
    size === exported.size && sameBytes(root, exported.root);
  if (exported.origin === next.origin) return isHead(next);
  return exported.origin === previous.origin && isHead(previous);
}

function readEvent(entry: string): { readonly time: string; readonly data: unknown } | undefined {
  const event = JSON.parse(entry) as { kind?: unknown; time?: unknown; data?: unknown } | null;
  if (canonicalJson(event) !== entry || event?.kind !== RESTORED_KIND || typeof event.time !== "string")
    return undefined;
  return { time: event.time, data: event.data };
}

function splitHashes(text: string): Uint8Array[] | undefined {
  const bytes = decodeBase64(text);
  if (bytes === undefined || bytes.length % HASH_BYTES !== 0) return undefined;
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

/** What is malformed does not hold. */
function orUndefined<T>(judge: () => T): T | undefined {
  try {
    return judge();
  } catch (error) {
    if (!isAppError(error, "ledger.malformed") && !(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

const TEXTS = ["certificate", "checkpoint", "entry", "proof", "previousCertificate"] as const;
const OPTIONAL_TEXTS = ["previousCheckpoint", "acknowledgement"] as const;

function isSeams(value: unknown): value is readonly ExportSeam[] {
  if (!Array.isArray(value) || value.length > MAX_SEAMS) return false;
  return value.every((seam: Partial<ExportSeam> | null) => {
    if (typeof seam !== "object" || seam === null) return false;
    const isText = (text: unknown): boolean => typeof text === "string";
    return (
      TEXTS.every((name) => isText(seam[name])) &&
      OPTIONAL_TEXTS.every((name) => seam[name] === undefined || isText(seam[name]))
    );
  });
}
