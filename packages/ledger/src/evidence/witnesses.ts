import { decodeBase64 } from "../base64.ts";
import { type Checkpoint, parseCheckpoint } from "../checkpoint.ts";
import { findCosignature } from "../cosignature.ts";
import { MAX_PROOF_HASHES, MAX_WITNESSED } from "../limits.ts";
import { isSignedBy, type Note, parseNote } from "../note.ts";
import { verifyConsistency } from "../proofs.ts";
import { malformed } from "../refusal.ts";
import { HASH_BYTES, type Hash } from "../tree-hash.ts";
import { encodeVerifierKey, type VerifierKey } from "../verifier-key.ts";
import type { OpenedKeys } from "./export-keys.ts";
import type { Problems, Sighting, WitnessFinding } from "./report.ts";

/** A member of `witnessed.json`: a checkpoint of the exported log that witnesses cosigned earlier. */
export interface WitnessedCheckpoint {
  /** With the signature of the log and cosignatures. */
  readonly checkpoint: string;
  /** Consistency proof from it to the exported checkpoint; hashes are concatenated, then base64. */
  readonly proof: string;
}

/** What every witness that the reader knows, or that came along, says of a checkpoint. */
export function judgeWitnesses(
  note: Note,
  keys: OpenedKeys | undefined,
  known: readonly VerifierKey[],
  problems: Problems,
): WitnessFinding[] {
  const own = new Map(known.map((key) => [encodeVerifierKey(key), key]));
  const all = new Map([
    ...own,
    ...(keys?.witnesses ?? []).map((key) => [encodeVerifierKey(key), key] as const),
  ]);
  return [...all].map(([text, key]) => {
    const finding = findCosignature(note, key);
    if (finding.state === "wrong") problems.add("cosignature_wrong");
    const timeS = finding.state === "valid" ? finding.timeS : null;
    return {
      name: key.name,
      state: finding.state,
      timeS,
      isKnown: own.has(text),
      isOwnMachine: keys?.ownMachines.has(text) ?? false,
    };
  });
}

/** Who saw the log at this size, and when. */
export const sightingsIn = (findings: readonly WitnessFinding[], size: number): Sighting[] =>
  findings.flatMap(({ name: witness, timeS, isKnown, isOwnMachine }) =>
    timeS === null ? [] : [{ size, witness, timeS, isKnown, isOwnMachine }],
  );

interface OpenedWitnessed {
  readonly note: Note;
  readonly checkpoint: Checkpoint;
  readonly proof: readonly Uint8Array[];
}

/** Reads `witnessed.json`; verifies nothing. */
export function parseWitnessed(value: unknown): OpenedWitnessed[] {
  if (!Array.isArray(value) || value.length > MAX_WITNESSED)
    throw malformed("witnessed", "this is no list of checkpoints");
  const opened = value.map(parseOne);
  if (
    opened.some(({ checkpoint }, at) => at > 0 && checkpoint.size <= (opened[at - 1]?.checkpoint.size ?? 0))
  )
    throw malformed("witnessed", "the sizes do not rise");
  return opened;
}

function parseOne(value: Partial<WitnessedCheckpoint> | null): OpenedWitnessed {
  if (typeof value?.checkpoint !== "string" || typeof value.proof !== "string")
    throw malformed("witnessed", "a checkpoint or its proof is missing");
  const bytes = decodeBase64(value.proof);
  if (bytes === undefined || bytes.length % HASH_BYTES !== 0 || bytes.length > MAX_PROOF_HASHES * HASH_BYTES)
    throw malformed("witnessed", "a proof is none");
  const note = parseNote(value.checkpoint);
  const proof = Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
  return { note, checkpoint: parseCheckpoint(note.text), proof };
}

/** Whether the log stands by this checkpoint, and the exported one continues it. */
export function isEarlier(
  { note, checkpoint, proof }: OpenedWitnessed,
  log: VerifierKey,
  exported: Checkpoint,
  hash?: Hash,
): boolean {
  if (checkpoint.origin !== log.name || !isSignedBy(note, log)) return false;
  const [first, second] = [checkpoint.size, exported.size];
  const roots = { firstRoot: checkpoint.root, secondRoot: exported.root };
  return verifyConsistency({ first, second, ...roots, proof }, hash);
}
