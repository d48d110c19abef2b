import type { ledger } from "@gatehouse/contract";
import {
  appendLeaves,
  decodeBase64,
  EMPTY_FRONTIER,
  encodeBase64,
  hashLeaf,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  rootOf,
} from "@gatehouse/ledger";

type Leaf = { readonly leafHash: string; readonly event?: string };

export interface CheckProgress {
  readonly done: number;
  readonly total: number;
}

export type LogVerdict =
  /** Every entry hashes to its leaf, and all leaves to the root that the log signed. */
  | { readonly kind: "whole"; readonly entries: number; readonly shown: number }
  /** The event at this index is not the one that was logged. */
  | { readonly kind: "changed"; readonly index: number }
  /** The server has fewer entries than its log signed for. */
  | { readonly kind: "missing"; readonly index: number }
  /** Each entry fits its leaf, and the leaves do not fit the signed root: one was swapped, taken out or put in. */
  | { readonly kind: "root_differs"; readonly entries: number }
  | { readonly kind: "not_signed" };

/** Reads entries in order from `from`, as many as come in one answer. */
export type ReadRange = (from: number, to: number) => Promise<readonly Leaf[]>;

export const RANGE = 1_000;

/** Walks the whole log up to its newest checkpoint and computes everything anew. Throws what `read` throws. */
export async function checkLog(
  head: Pick<ledger.LedgerHead, "checkpoint" | "verifierKey">,
  read: ReadRange,
  onProgress: (progress: CheckProgress) => void,
): Promise<LogVerdict> {
  const signed =
    head.checkpoint === undefined
      ? undefined
      : openCheckpoint(parseNote(head.checkpoint), parseVerifierKey(head.verifierKey));
  if (signed === undefined) return { kind: "not_signed" };
  let frontier = EMPTY_FRONTIER;
  let shown = 0;
  while (frontier.size < signed.size) {
    const from = frontier.size;
    const items = await read(from, Math.min(signed.size, from + RANGE));
    if (items.length === 0) return { kind: "missing", index: from };
    const leaves = items.slice(0, signed.size - from).map(leafOf);
    const wrong = leaves.indexOf(undefined);
    if (wrong >= 0) return { kind: "changed", index: from + wrong };
    shown += items.filter(({ event }) => event !== undefined).length;
    frontier = appendLeaves(frontier, leaves as Uint8Array[]);
    onProgress({ done: frontier.size, total: signed.size });
  }
  return encodeBase64(rootOf(frontier)) === encodeBase64(signed.root)
    ? { kind: "whole", entries: signed.size, shown }
    : { kind: "root_differs", entries: signed.size };
}

/** The leaf of an entry; undefined when its event does not hash to it. */
function leafOf({ leafHash, event }: Leaf): Uint8Array | undefined {
  const leaf = decodeBase64(leafHash);
  if (leaf === undefined || event === undefined) return leaf;
  return encodeBase64(hashLeaf(new TextEncoder().encode(event))) === leafHash ? leaf : undefined;
}
