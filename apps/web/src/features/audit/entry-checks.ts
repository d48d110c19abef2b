import type { ledger, ReplyOf } from "@gatehouse/contract";
import {
  decodeBase64,
  encodeBase64,
  hashLeaf,
  matchesPersonal,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyInclusion,
} from "@gatehouse/ledger";

export type EntryProof = ReplyOf<typeof ledger.getLedgerEntry>;

/** What this browser computed, not what the server says: `failed` names a contradiction, `absent` what it was not given. */
export type CheckState = "proven" | "failed" | "absent";

export interface EntryChecks {
  /** The event hashes to the entry's leaf and is the one that is shown. */
  readonly event: CheckState;
  /** The leaf is at its index in the tree of the checkpoint. */
  readonly place: CheckState;
  /** The checkpoint is signed by the log's key. */
  readonly checkpoint: CheckState;
  /** The texts about people are those that were hidden in the event. */
  readonly personal: CheckState;
}

export function checkEntry(proof: EntryProof): EntryChecks {
  return {
    event: judged(() => checkEvent(proof)),
    place: judged(() => checkPlace(proof)),
    checkpoint: judged(() => checkSignature(proof)),
    personal: judged(() => checkPersonal(proof)),
  };
}

/** Whatever cannot even be read is not proven. */
function judged(check: () => CheckState): CheckState {
  try {
    return check();
  } catch {
    return "failed";
  }
}

const stateOf = (isProven: boolean): CheckState => (isProven ? "proven" : "failed");

function checkEvent({ entry, event }: EntryProof): CheckState {
  if (event === undefined) return "absent";
  const parsed = JSON.parse(event) as { id?: unknown; kind?: unknown };
  const isShown = parsed.id === entry.id && parsed.kind === entry.act?.kind;
  return stateOf(isShown && encodeBase64(hashLeaf(new TextEncoder().encode(event))) === entry.leafHash);
}

function openProof({ proof }: EntryProof) {
  if (proof === undefined) return undefined;
  const checkpoint = openCheckpoint(parseNote(proof.checkpoint), parseVerifierKey(proof.verifierKey));
  return { proof, checkpoint };
}

function checkSignature(given: EntryProof): CheckState {
  const opened = openProof(given);
  return opened === undefined ? "absent" : stateOf(opened.checkpoint?.size === opened.proof.size);
}

function checkPlace(given: EntryProof): CheckState {
  const opened = openProof(given);
  if (opened === undefined) return "absent";
  const leafHash = decodeBase64(given.entry.leafHash);
  const hashes = opened.proof.hashes.map(decodeBase64);
  if (
    opened.checkpoint === undefined ||
    leafHash === undefined ||
    !hashes.every((hash) => hash !== undefined)
  )
    return "failed";
  const { root, size } = opened.checkpoint;
  return stateOf(verifyInclusion({ index: given.entry.index, size, leafHash, root, proof: hashes }));
}

function checkPersonal({ entry, event, salts }: EntryProof): CheckState {
  const revealed = Object.entries(entry.act?.personal ?? {}).filter(([, value]) => value !== null);
  if (event === undefined || revealed.length === 0) return "absent";
  const hidden = (JSON.parse(event) as { personal: Record<string, string> }).personal;
  return stateOf(
    revealed.every(([name, value]) => {
      const salt = decodeBase64(salts[name] ?? "");
      return salt !== undefined && matchesPersonal(hidden[name] ?? "", salt, name, value as string);
    }),
  );
}
