import { decodeBase64Of } from "./base64.ts";
import { parseDecimal } from "./bytes.ts";
import { isSignedBy, type Note, signNote } from "./note.ts";
import { malformed } from "./refusal.ts";
import { HASH_BYTES } from "./tree-hash.ts";
import { KEY_TYPES, parseVerifierKey, type Signer, type VerifierKey } from "./verifier-key.ts";

/** A signed note by which a person acknowledges that a log ended and another follows it. */
export type Seam = Note;

export interface SeamTerms {
  /** Verifier key of the log that ended. */
  readonly oldLog: string;
  /** The last checkpoint of it that the witness cosigned. */
  readonly oldSize: number;
  /** Base64. */
  readonly oldRoot: string;
  /** Verifier key of the log that follows; its origin is another. */
  readonly newLog: string;
  /** For people: one line, 1 to 200 characters. */
  readonly reason: string;
}

const TITLE = "gatehouse-ledger-seam/v1";
const MAX_REASON_LENGTH = 200;

const encodeTerms = ({ oldLog, oldSize, oldRoot, newLog, reason }: SeamTerms): string =>
  [TITLE, oldLog, String(oldSize), oldRoot, newLog, reason, ""].join("\n");

export function signSeam(terms: SeamTerms, acknowledger: Signer): Seam {
  const text = encodeTerms(terms);
  parseTerms(text);
  return signNote(text, acknowledger);
}

/** What was acknowledged; undefined when the acknowledger did not sign it. */
export const openSeam = (seam: Seam, acknowledger: VerifierKey): SeamTerms | undefined =>
  isSignedBy(seam, acknowledger) ? parseTerms(seam.text) : undefined;

function parseTerms(text: string): SeamTerms {
  const [title, oldLog = "", size = "", oldRoot = "", newLog = "", reason = "", ...end] = text.split("\n", 8);
  const oldSize = parseDecimal(size);
  const isShaped =
    title === TITLE &&
    end.length === 1 &&
    end[0] === "" &&
    reason.length > 0 &&
    reason.length <= MAX_REASON_LENGTH &&
    decodeBase64Of(oldRoot, HASH_BYTES) !== undefined;
  if (!isShaped || oldSize === undefined)
    throw malformed("seam", "the note is no acknowledgement of a restart");
  for (const log of [oldLog, newLog]) {
    if (parseVerifierKey(log).type !== KEY_TYPES.note) throw malformed("seam", "a key is not one of a log");
  }
  return { oldLog, oldSize, oldRoot, newLog, reason };
}
