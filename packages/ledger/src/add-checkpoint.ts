import { decodeBase64Of, encodeBase64 } from "./base64.ts";
import { parseDecimal } from "./bytes.ts";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { MAX_NOTE_LENGTH, MAX_PROOF_HASHES } from "./limits.ts";
import { encodeNote, type Note, parseNote } from "./note.ts";
import { malformed } from "./refusal.ts";
import { HASH_BYTES } from "./tree-hash.ts";

/** What a log asks a witness to cosign: the body of C2SP tlog-witness, add-checkpoint. */
export interface AddCheckpoint {
  /** Size of the last checkpoint that the log believes the witness to have; 0 for none. */
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly note: Note;
  /** The note's text, read. */
  readonly checkpoint: Checkpoint;
}

/** "old ", 16 digits, the hashes of 44 characters, an empty line. */
export const MAX_ADD_CHECKPOINT_LENGTH = 21 + MAX_PROOF_HASHES * 45 + 1 + MAX_NOTE_LENGTH;

export const encodeAddCheckpoint = ({ oldSize, proof, note }: Omit<AddCheckpoint, "checkpoint">): string =>
  [`old ${oldSize}`, ...proof.map(encodeBase64), "", encodeNote(note)].join("\n");

/** Reads the body; verifies nothing. */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  if (body.length > MAX_ADD_CHECKPOINT_LENGTH) throw malformed("add_checkpoint", "the request is too long");
  const end = body.indexOf("\n\n");
  if (end < 0) throw malformed("add_checkpoint", "no empty line is before the checkpoint");
  const [oldLine = "", ...hashLines] = body.slice(0, end).split("\n");
  const oldSize = oldLine.startsWith("old ") ? parseDecimal(oldLine.slice(4)) : undefined;
  if (oldSize === undefined) throw malformed("add_checkpoint", "the old size is missing");
  if (hashLines.length > MAX_PROOF_HASHES) throw malformed("add_checkpoint", "the proof is too long");
  const note = parseNote(body.slice(end + 2));
  return { oldSize, proof: hashLines.map(parseHash), note, checkpoint: parseCheckpoint(note.text) };
}

function parseHash(line: string): Uint8Array {
  const hash = decodeBase64Of(line, HASH_BYTES);
  if (hash === undefined) throw malformed("add_checkpoint", "a line of the proof is no hash");
  return hash;
}
