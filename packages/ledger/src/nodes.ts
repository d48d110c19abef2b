import { type Hash, hashNode } from "./tree-hash.ts";

/** A complete subtree: the 2^level leaves from index · 2^level on. Leaves are of level 0. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** Leaves `start` ≤ i < `end`. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** Hash of a complete subtree that the log holds. */
export type HashAt = (level: number, index: number) => Uint8Array;

/** The fewest complete subtrees that cover the range, from left to right; at most two a level. */
export function blocksOf({ start, end }: LeafRange): TreeNode[] {
  const blocks: TreeNode[] = [];
  for (let at = start; at < end; ) {
    let [level, width] = [0, 1];
    while (at % (2 * width) === 0 && at + 2 * width <= end) {
      level++;
      width *= 2;
    }
    blocks.push({ level, index: at / width });
    at += width;
  }
  return blocks;
}

/** The largest power of two below `size`, for `size` ≥ 2: where RFC 6962 §2.1 splits a tree. */
export function splitOf(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** Folds subtrees of falling size, left to right, into the one hash above them. */
export function foldRight(hashes: readonly Uint8Array[], hash?: Hash): Uint8Array | undefined {
  return hashes.reduceRight<Uint8Array | undefined>(
    (right, left) => (right === undefined ? left : hashNode(left, right, hash)),
    undefined,
  );
}
