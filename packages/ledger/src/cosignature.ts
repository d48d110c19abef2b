import { concatBytes } from "@noble/hashes/utils.js";
import { decodeUint64, encodeUint64, utf8 } from "./bytes.ts";
import { isEd25519Signature, SIGNATURE_BYTES } from "./ed25519.ts";
import { MAX_NOTE_SIGNATURES } from "./limits.ts";
import { type Note, type NoteSignature, signaturesOf } from "./note.ts";
import { malformed } from "./refusal.ts";
import { KEY_TYPES, type Signer, type VerifierKey } from "./verifier-key.ts";

/** What a note says of one witness. `timeS` is the latest, in Unix seconds by the witness's clock. */
export type CosignatureFinding =
  | { readonly state: "absent" }
  | { readonly state: "wrong" }
  | { readonly state: "valid"; readonly timeS: number };

const TIME_BYTES = 8;

/** What a witness signs: two lines of its own before the whole text of the checkpoint. */
const cosignedBytes = (text: string, timeS: number): Uint8Array =>
  utf8(`cosignature/v1\ntime ${timeS}\n${text}`);

/**
 * Signs a checkpoint as its witness: C2SP tlog-cosignature, cosignature/v1. Says that at this time the witness has
 * seen no larger tree of the log, and that it is the continuation of all it saw before. `timeS` are Unix seconds.
 */
export function cosign(text: string, timeS: number, { key, sign }: Signer): NoteSignature {
  if (key.type !== KEY_TYPES.cosignature) throw malformed("cosignature", "the key is not one of a witness");
  if (!Number.isSafeInteger(timeS) || timeS <= 0) throw malformed("cosignature", "the time is no time");
  const signature = sign(cosignedBytes(text, timeS));
  return { name: key.name, keyId: key.id, bytes: concatBytes(encodeUint64(timeS), signature) };
}

/** Whether the witness signed the checkpoint. One wrong signature in its name spoils the others. */
export function findCosignature(note: Note, witness: VerifierKey): CosignatureFinding {
  if (witness.type !== KEY_TYPES.cosignature) return { state: "absent" };
  const times = signaturesOf(note, witness).map(({ bytes }) => timeOf(note.text, bytes, witness));
  if (times.length === 0) return { state: "absent" };
  const valid = times.filter((timeS) => timeS !== undefined);
  return valid.length < times.length ? { state: "wrong" } : { state: "valid", timeS: Math.max(...valid) };
}

function timeOf(text: string, bytes: Uint8Array, witness: VerifierKey): number | undefined {
  const timeS = bytes.length === TIME_BYTES + SIGNATURE_BYTES ? decodeUint64(bytes) : undefined;
  if (timeS === undefined || timeS === 0) return undefined;
  const signature = bytes.subarray(TIME_BYTES);
  return isEd25519Signature(witness.publicKey, cosignedBytes(text, timeS), signature) ? timeS : undefined;
}

/**
 * The note with those of the signatures that are cosignatures by these witnesses; all others are left out. One takes
 * the place of what the same witness signed before. A note that is full stays as it is.
 */
export function addCosignatures(
  note: Note,
  added: readonly NoteSignature[],
  witnesses: readonly VerifierKey[],
): Note {
  const isOf = (signature: NoteSignature, key: VerifierKey): boolean =>
    signature.name === key.name && signature.keyId === key.id;
  let signatures = note.signatures;
  for (const signature of added) {
    const witness = witnesses.find((key) => isOf(signature, key));
    if (witness === undefined) continue;
    if (findCosignature({ text: note.text, signatures: [signature] }, witness).state !== "valid") continue;
    signatures = [...signatures.filter((kept) => !isOf(kept, witness)), signature];
  }
  return signatures.length > MAX_NOTE_SIGNATURES ? note : { text: note.text, signatures };
}
