import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { utf8 } from "./bytes.ts";
import { isEd25519Signature } from "./ed25519.ts";
import { MAX_NOTE_LENGTH, MAX_NOTE_SIGNATURES } from "./limits.ts";
import { malformed } from "./refusal.ts";
import { isKeyName, KEY_TYPES, type Signer, type VerifierKey } from "./verifier-key.ts";

/** A signed note, C2SP signed-note. The text means nothing before a signature has been verified. */
export interface Note {
  /** Ends in a newline, which is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** 8 lower-case hex digits. */
  readonly keyId: string;
  /** What follows the id: 64 bytes of Ed25519, or a time and these. */
  readonly bytes: Uint8Array;
}

const KEY_ID_BYTES = 4;
const DASH = "\u2014 ";

/** Reads text and signature lines; verifies nothing. */
export function parseNote(note: string): Note {
  if (note.length > MAX_NOTE_LENGTH) throw malformed("note", "the note is too long");
  if (!note.isWellFormed()) throw malformed("note", "the note has a lone surrogate");
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) throw malformed("note", "the note has a control character");
  const split = note.lastIndexOf("\n\n");
  if (split < 0) throw malformed("note", "no empty line is before the signatures");
  return { text: note.slice(0, split + 1), signatures: parseSignatureLines(note.slice(split + 2)) };
}

/** One or more signature lines, each with its newline: the end of a note, or the answer of a witness. */
export function parseSignatureLines(text: string): NoteSignature[] {
  const lines = text.split("\n", MAX_NOTE_SIGNATURES + 1);
  if (lines.pop() !== "" || lines.length === 0)
    throw malformed("note", "there are no signatures, too many, or the last has no newline");
  return lines.map(parseSignatureLine);
}

function parseSignatureLine(line: string): NoteSignature {
  const [name, base64, ...rest] = line.startsWith(DASH) ? line.slice(DASH.length).split(" ") : [];
  const bytes = base64 === undefined ? undefined : decodeBase64(base64);
  if (name === undefined || bytes === undefined || rest.length > 0 || !isKeyName(name))
    throw malformed("note", "a line is no signature");
  if (bytes.length <= KEY_ID_BYTES) throw malformed("note", "a signature is empty");
  const [id, signature] = [bytes.subarray(0, KEY_ID_BYTES), bytes.slice(KEY_ID_BYTES)];
  return { name, keyId: bytesToHex(id), bytes: signature };
}

/** `— <name> base64(id ‖ signature)` and a newline. */
export const encodeSignatureLine = ({ name, keyId, bytes }: NoteSignature): string =>
  `${DASH}${name} ${encodeBase64(concatBytes(hexToBytes(keyId), bytes))}\n`;

export const encodeNote = ({ text, signatures }: Note): string =>
  `${text}\n${signatures.map(encodeSignatureLine).join("")}`;

/** The text under the signature of one key of type `note`. The text ends in a newline. */
export function signNote(text: string, { key, sign }: Signer): Note {
  return { text, signatures: [{ name: key.name, keyId: key.id, bytes: sign(utf8(text)) }] };
}

/** Signatures that claim to be of the key. */
export const signaturesOf = (note: Note, key: VerifierKey): NoteSignature[] =>
  note.signatures.filter(({ name, keyId }) => name === key.name && keyId === key.id);

/** Whether the key signed the text: it has a signature, and none of its signatures is wrong (C2SP signed-note). */
export function isSignedBy(note: Note, key: VerifierKey): boolean {
  const own = signaturesOf(note, key);
  const message = utf8(note.text);
  return (
    key.type === KEY_TYPES.note &&
    own.length > 0 &&
    own.every(({ bytes }) => isEd25519Signature(key.publicKey, message, bytes))
  );
}
