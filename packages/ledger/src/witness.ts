import { type Static, Type } from "typebox";
import type { AddCheckpoint } from "./add-checkpoint.ts";
import { decodeBase64Of, encodeBase64 } from "./base64.ts";
import { sameBytes } from "./bytes.ts";
import { MAX_SEAMS, MAX_TREE_SIZE } from "./limits.ts";
import { encodeNote, isSignedBy } from "./note.ts";
import { verifyConsistency } from "./proofs.ts";
import { malformed } from "./refusal.ts";
import { openSeam, type Seam } from "./seam.ts";
import { emptyRoot, HASH_BYTES, type Hash } from "./tree-hash.ts";
import { encodeVerifierKey, parseVerifierKey, type VerifierKey } from "./verifier-key.ts";

/**
 * All that a witness knows of one log, as JSON. It is stored before a cosignature leaves the witness, and changed by
 * one request at a time: the check and the change are one step (C2SP tlog-witness).
 */
export const WitnessState = Type.Object(
  {
    /** Verifier key of the log. */
    log: Type.String(),
    /** The last checkpoint that was cosigned; 0 and the empty root before the first. */
    size: Type.Integer({ minimum: 0, maximum: MAX_TREE_SIZE }),
    /** Base64. */
    root: Type.String(),
    /** Signed notes: every restart of the log that a person acknowledged, the oldest first. Nothing removes one. */
    seams: Type.Array(Type.String(), { maxItems: MAX_SEAMS }),
  },
  { additionalProperties: false },
);

export type WitnessState = Static<typeof WitnessState>;

/** Why a witness does not cosign, with the status that C2SP tlog-witness gives it. */
export const WITNESS_REFUSALS = {
  /** The checkpoint is of a log that this witness does not know: also of one that started anew, see `acceptSeam`. */
  unknown_log: 404,
  bad_signature: 403,
  /** The request says that the old tree is larger than the new one. */
  old_size_beyond: 400,
  /** The log is smaller than it was: it was rolled back, or an old checkpoint came late. */
  size_shrank: 409,
  /** Two trees of one size: the log was changed. */
  root_differs: 422,
  /** The proof starts at another size than the last that was cosigned: ask again with `keptSize`. */
  stale_old_size: 409,
  /** The new tree does not begin with the old one, or the proof is no proof of it. */
  proof_wrong: 422,
} as const;

export type WitnessRefusal = keyof typeof WITNESS_REFUSALS;

export type WitnessVerdict =
  /** Store `state`, then answer with `cosign`. */
  | { readonly verdict: "cosign"; readonly state: WitnessState }
  | { readonly verdict: "refuse"; readonly reason: WitnessRefusal; readonly keptSize: number };

/** A witness that has seen nothing yet of a log. It takes the first checkpoint that the key signed on trust. */
export const startWitness = (log: VerifierKey, hash?: Hash): WitnessState => ({
  log: encodeVerifierKey(log),
  size: 0,
  root: encodeBase64(emptyRoot(hash)),
  seams: [],
});

/** Whether to cosign, in the order of C2SP tlog-witness. */
export function considerCheckpoint(state: WitnessState, request: AddCheckpoint, hash?: Hash): WitnessVerdict {
  const reason = reasonAgainst(state, request, hash);
  if (reason !== undefined) return { verdict: "refuse", reason, keptSize: state.size };
  const { size, root } = request.checkpoint;
  return { verdict: "cosign", state: { ...state, size, root: encodeBase64(root) } };
}

function reasonAgainst(
  state: WitnessState,
  { oldSize, proof, note, checkpoint }: AddCheckpoint,
  hash?: Hash,
): WitnessRefusal | undefined {
  const log = parseVerifierKey(state.log);
  const { origin, size, root } = checkpoint;
  if (origin !== log.name) return "unknown_log";
  if (!isSignedBy(note, log)) return "bad_signature";
  if (oldSize > size) return "old_size_beyond";
  if (size < state.size) return "size_shrank";
  const keptRoot = rootOfState(state);
  if (size === state.size && !sameBytes(root, keptRoot)) return "root_differs";
  if (oldSize !== state.size) return "stale_old_size";
  const claim = { first: oldSize, second: size, firstRoot: keptRoot, secondRoot: root, proof };
  return verifyConsistency(claim, hash) ? undefined : "proof_wrong";
}

function rootOfState({ root }: WitnessState): Uint8Array {
  const bytes = decodeBase64Of(root, HASH_BYTES);
  if (bytes === undefined) throw malformed("checkpoint", "the root that was kept is no hash");
  return bytes;
}

/**
 * Goes over to the log that follows this one after a restore. Needs a note in which the acknowledger, a key that the
 * witness's owner chose, names the last checkpoint that was cosigned and the key of the new log. Undefined when it
 * does not: nothing else makes a witness take another log. The seam stays in the state for ever.
 */
export function acceptSeam(
  state: WitnessState,
  seam: Seam,
  acknowledger: VerifierKey,
  hash?: Hash,
): WitnessState | undefined {
  const terms = openSeam(seam, acknowledger);
  if (terms === undefined || state.seams.length >= MAX_SEAMS) return undefined;
  const { oldLog, oldSize, oldRoot, newLog } = terms;
  const isOfThis = oldLog === state.log && oldSize === state.size && oldRoot === state.root;
  const key = parseVerifierKey(newLog);
  if (!isOfThis || key.name === parseVerifierKey(oldLog).name) return undefined;
  return { ...startWitness(key, hash), seams: [...state.seams, encodeNote(seam)] };
}
