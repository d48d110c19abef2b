import { concatBytes } from "@noble/hashes/utils.js";
import { decodeUint64, encodeUint64 } from "./bytes.ts";
import { blocksOf, foldRight } from "./nodes.ts";
import { malformed } from "./refusal.ts";
import { emptyRoot, HASH_BYTES, type Hash, hashNode } from "./tree-hash.ts";

/**
 * What is kept of a tree to go on with it: the hashes of the fewest complete subtrees that cover its leaves, from
 * left to right, one for each bit of `size` that is set.
 */
export interface Frontier {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

export interface Peak {
  readonly level: number;
  readonly hash: Uint8Array;
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

/**
 * Puts a complete subtree to the right of the others and joins what is of one size. Its leaves must follow those of
 * `peaks` and begin at a multiple of 2^level.
 */
export function pushPeak(peaks: Peak[], peak: Peak, hash?: Hash): void {
  let pushed = peak;
  for (let left = peaks.at(-1); left?.level === pushed.level; left = peaks.at(-1)) {
    peaks.pop();
    pushed = { level: pushed.level + 1, hash: hashNode(left.hash, pushed.hash, hash) };
  }
  peaks.push(pushed);
}

/** Root over subtrees that cover all leaves: RFC 6962 §2.1. */
export const rootOfPeaks = (peaks: readonly Peak[], hash?: Hash): Uint8Array =>
  foldRight(
    peaks.map((peak) => peak.hash),
    hash,
  ) ?? emptyRoot(hash);

/** The tree with these leaf hashes after its own. */
export function appendLeaves(frontier: Frontier, leaves: readonly Uint8Array[], hash?: Hash): Frontier {
  const peaks = blocksOf({ start: 0, end: frontier.size }).map<Peak>(({ level }, at) => ({
    level,
    hash: frontier.hashes[at] as Uint8Array,
  }));
  for (const leaf of leaves) pushPeak(peaks, { level: 0, hash: leaf }, hash);
  return { size: frontier.size + leaves.length, hashes: peaks.map((peak) => peak.hash) };
}

export const rootOf = (frontier: Frontier, hash?: Hash): Uint8Array =>
  foldRight(frontier.hashes, hash) ?? emptyRoot(hash);

/** Size in 8 bytes, big-endian, then the hashes. */
export const encodeFrontier = ({ size, hashes }: Frontier): Uint8Array =>
  concatBytes(encodeUint64(size), ...hashes);

/** Refuses anything but what `encodeFrontier` writes. */
export function parseFrontier(bytes: Uint8Array): Frontier {
  const size = decodeUint64(bytes);
  if (size === undefined) throw malformed("frontier", "there is no size");
  const count = blocksOf({ start: 0, end: size }).length;
  if (bytes.length !== 8 + count * HASH_BYTES)
    throw malformed("frontier", "the number of hashes does not fit the size");
  const hashes = Array.from({ length: count }, (_, at) =>
    bytes.slice(8 + at * HASH_BYTES, 8 + (at + 1) * HASH_BYTES),
  );
  return { size, hashes };
}
