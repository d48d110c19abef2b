import { sameBytes } from "./bytes.ts";
import { isTreeSize, MAX_PROOF_HASHES } from "./limits.ts";
import { blocksOf, foldRight, type HashAt, type LeafRange, splitOf, type TreeNode } from "./nodes.ts";
import { emptyRoot, HASH_BYTES, type Hash, hashNode } from "./tree-hash.ts";

export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

export interface ConsistencyClaim {
  readonly first: number;
  readonly second: number;
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Ranges whose hashes prove that the leaf is in the tree, from the leaf up: RFC 6962 §2.1.1. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!isTreeSize(size) || !isTreeSize(index) || index >= size)
    throw new RangeError("an inclusion proof needs 0 ≤ index < size");
  const ranges: LeafRange[] = [];
  for (let [start, end] = [0, size]; end - start > 1; ) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** Ranges whose hashes prove that the first tree is the beginning of the second: RFC 6962 §2.1.2. */
export function consistencyRanges(first: number, second: number): LeafRange[] {
  if (!isTreeSize(second) || !isTreeSize(first) || first > second)
    throw new RangeError("a consistency proof needs 0 ≤ first ≤ second");
  const ranges: LeafRange[] = [];
  let [start, end] = [0, second];
  while (first > start && first < end) {
    const middle = start + splitOf(end - start);
    if (first <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The first tree's own root is known to who asks; a part of it is not.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

/** Every complete subtree that hashes of these ranges are made of: what to load before proving. */
export const nodesOf = (ranges: readonly LeafRange[]): TreeNode[] => ranges.flatMap(blocksOf);

export const proveInclusion = (index: number, size: number, hashAt: HashAt, hash?: Hash): Uint8Array[] =>
  hashRanges(inclusionRanges(index, size), hashAt, hash);

export const proveConsistency = (first: number, second: number, hashAt: HashAt, hash?: Hash): Uint8Array[] =>
  hashRanges(consistencyRanges(first, second), hashAt, hash);

function hashRanges(ranges: readonly LeafRange[], hashAt: HashAt, hash?: Hash): Uint8Array[] {
  return ranges.map((range) => {
    const hashes = blocksOf(range).map(({ level, index }) => hashAt(level, index));
    return foldRight(hashes, hash) as Uint8Array;
  });
}

const areHashes = (hashes: readonly Uint8Array[]): boolean =>
  hashes.every((hash) => hash.length === HASH_BYTES);

/** Whether the leaf is in the tree: RFC 9162 §2.1.3.2. Takes any input and at most 63 hashes of work. */
export function verifyInclusion(claim: InclusionClaim, hash?: Hash): boolean {
  const { index, size, leafHash, root, proof } = claim;
  if (!isTreeSize(index) || !isTreeSize(size) || index >= size || proof.length > MAX_PROOF_HASHES)
    return false;
  if (!areHashes([leafHash, root, ...proof])) return false;
  let [node, last, found] = [index, size - 1, leafHash];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      found = hashNode(sibling, found, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      found = hashNode(found, sibling, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameBytes(found, root);
}

/**
 * Whether the second tree begins with the first: RFC 9162 §2.1.4.2. Every tree begins with the empty one, which
 * needs no proof (C2SP tlog-witness). Takes any input and at most 126 hashes of work.
 */
export function verifyConsistency(claim: ConsistencyClaim, hash?: Hash): boolean {
  const { first, second, firstRoot, secondRoot, proof } = claim;
  if (!isTreeSize(first) || !isTreeSize(second) || first > second || proof.length > MAX_PROOF_HASHES)
    return false;
  if (!areHashes([firstRoot, secondRoot, ...proof])) return false;
  if (first === 0 && !sameBytes(firstRoot, emptyRoot(hash))) return false;
  if (first === second) return proof.length === 0 && sameBytes(firstRoot, secondRoot);
  if (first === 0) return proof.length === 0;

  let [node, last] = [first - 1, second - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  const path = node === 0 ? [firstRoot, ...proof] : proof;
  const [start, ...rest] = path;
  if (start === undefined) return false;
  let [one, two] = [start, start];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      one = hashNode(sibling, one, hash);
      two = hashNode(sibling, two, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      two = hashNode(two, sibling, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameBytes(one, firstRoot) && sameBytes(two, secondRoot);
}
