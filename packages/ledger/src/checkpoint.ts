import { decodeBase64Of, encodeBase64 } from "./base64.ts";
import { parseDecimal } from "./bytes.ts";
import { MAX_EXTENSION_LINES } from "./limits.ts";
import { isSignedBy, type Note, signNote } from "./note.ts";
import { malformed } from "./refusal.ts";
import { HASH_BYTES } from "./tree-hash.ts";
import { isKeyName, type Signer, type VerifierKey } from "./verifier-key.ts";

/** The head of a log at one size, C2SP tlog-checkpoint. */
export interface Checkpoint {
  /** The name of the log and of the key that signs for it. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** Lines that the log adds. Witnesses sign them without a meaning. */
  readonly extensions: readonly string[];
}

/** The text that is signed: origin, size, root in base64, extensions, a line each. */
export const encodeCheckpoint = ({ origin, size, root, extensions }: Checkpoint): string =>
  [origin, size, encodeBase64(root), ...extensions, ""].join("\n");

/** Reads the text of a note; refuses every other writing of the same checkpoint. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split("\n", MAX_EXTENSION_LINES + 4);
  if (lines.pop() !== "" || lines.includes(""))
    throw malformed("checkpoint", "lines are empty, too many or not ended");
  const [origin, sizeLine, rootLine, ...extensions] = lines;
  if (origin === undefined || !isKeyName(origin)) throw malformed("checkpoint", "the origin names no log");
  const size = parseDecimal(sizeLine ?? "");
  if (size === undefined) throw malformed("checkpoint", "the size is no number");
  const root = decodeBase64Of(rootLine ?? "", HASH_BYTES);
  if (root === undefined) throw malformed("checkpoint", "the root is no hash");
  return { origin, size, root, extensions };
}

/** A checkpoint under the signature of its log; the key's name is the origin. */
export function signCheckpoint(head: Omit<Checkpoint, "origin" | "extensions">, log: Signer): Note {
  return signNote(encodeCheckpoint({ ...head, origin: log.key.name, extensions: [] }), log);
}

/** The checkpoint when the log's key signed it and is named as its origin; undefined otherwise. */
export function openCheckpoint(note: Note, log: VerifierKey): Checkpoint | undefined {
  const checkpoint = parseCheckpoint(note.text);
  return checkpoint.origin === log.name && isSignedBy(note, log) ? checkpoint : undefined;
}
