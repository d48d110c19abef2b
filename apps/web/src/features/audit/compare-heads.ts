import type { ledger } from "@gatehouse/contract";
import {
  type Checkpoint,
  decodeBase64,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyConsistency,
} from "@gatehouse/ledger";

export type Comparison =
  | { readonly kind: "consistent" | "inconsistent" | "shrunk"; readonly size: number }
  | { readonly kind: "otherLog" | "unreadable" };

/** Gives the hashes that prove one size to be the beginning of another, in base64. */
export type ReadConsistency = (first: number, second: number) => Promise<readonly string[]>;

/** Whether the log of today begins with what an older checkpoint was over. Throws what `read` throws. */
export async function compareHeads(
  head: Pick<ledger.LedgerHead, "checkpoint" | "verifierKey">,
  older: string,
  read: ReadConsistency,
): Promise<Comparison> {
  const now = open(head.checkpoint ?? "", head.verifierKey);
  const then = open(older, head.verifierKey);
  if (then === "unreadable" || now === "unreadable") return { kind: "unreadable" };
  if (then === undefined || now === undefined) return { kind: "otherLog" };
  const { size } = then;
  if (size > now.size) return { kind: "shrunk", size };
  const hashes = (await read(size, now.size)).map(decodeBase64);
  const proof = hashes.filter((hash) => hash !== undefined);
  const claim = { first: size, second: now.size, firstRoot: then.root, secondRoot: now.root, proof };
  const holds = proof.length === hashes.length && verifyConsistency(claim);
  return { kind: holds ? "consistent" : "inconsistent", size };
}

/** A pasted note often lost its last line break. */
function open(note: string, verifierKey: string): Checkpoint | "unreadable" | undefined {
  try {
    const text = `${note.replaceAll("\r\n", "\n").trim()}\n`;
    return openCheckpoint(parseNote(text), parseVerifierKey(verifierKey));
  } catch {
    return "unreadable";
  }
}
