import { concatBytes } from "@noble/hashes/utils.js";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import { isTreeSize, MAX_EXPORT_EVENTS } from "../limits.ts";
import { blocksOf, type HashAt } from "../nodes.ts";
import { proveInclusion, verifyInclusion } from "../proofs.ts";
import { malformed } from "../refusal.ts";
import { HASH_BYTES, type Hash } from "../tree-hash.ts";
import { type Peak, pushPeak, rootOfPeaks } from "../tree-head.ts";

/** `proofs.json` of an export. Hashes are concatenated, then base64. */
export type ExportProofs = RangeProof | EntryProofs;

/** Proves that exactly these leaves stand in the log from `from` on: none is left out in between. */
export interface RangeProof {
  readonly form: "range";
  readonly from: number;
  /** The fewest complete subtrees over the leaves before `from`. */
  readonly left: string;
  /** The leaf hashes of the range, by which a changed event is named. */
  readonly leaves: string;
  /** The fewest complete subtrees over the leaves after the range. */
  readonly right: string;
  /** Rising indexes of the leaves that have a line; of the others there is nothing but the hash. Absent: all have. */
  readonly listed?: readonly number[];
}

/** Proves of each event alone that it is in the log; says nothing of what is between them. */
export interface EntryProofs {
  readonly form: "entries";
  /** By rising index, one for each line. */
  readonly entries: readonly EntryProof[];
}

export interface EntryProof {
  readonly index: number;
  readonly leaf: string;
  /** RFC 6962 §2.1.1, from the leaf up. */
  readonly proof: string;
}

/** A leaf that an export claims to hold, and whether the root bears it out. */
export interface ClaimedLeaf {
  readonly index: number;
  readonly hash: Uint8Array;
  readonly isProven: boolean;
}

const encodeHashes = (hashes: readonly Uint8Array[]): string => encodeBase64(concatBytes(...hashes));

/** Proof of the leaves `from` ≤ i < `to` of a tree of `size`. */
export function proveRange(from: number, to: number, size: number, hashAt: HashAt): RangeProof {
  if (![from, to, size].every(isTreeSize) || from > to || to > size)
    throw new RangeError("a range needs 0 ≤ from ≤ to ≤ size");
  const blocks = (start: number, end: number): string =>
    encodeHashes(blocksOf({ start, end }).map(({ level, index }) => hashAt(level, index)));
  const leaves = Array.from({ length: to - from }, (_, at) => hashAt(0, from + at));
  return {
    form: "range",
    from,
    left: blocks(0, from),
    leaves: encodeHashes(leaves),
    right: blocks(to, size),
  };
}

/** Proofs of single leaves of a tree of `size`; `indexes` rise. */
export const proveEntries = (
  indexes: readonly number[],
  size: number,
  hashAt: HashAt,
  hash?: Hash,
): EntryProofs => ({
  form: "entries",
  entries: indexes.map((index) => ({
    index,
    leaf: encodeBase64(hashAt(0, index)),
    proof: encodeHashes(proveInclusion(index, size, hashAt, hash)),
  })),
});

/** Reads `proofs.json`; verifies nothing. */
export function parseExportProofs(value: unknown): ExportProofs {
  const { form, from, left, leaves, right, listed, entries, ...others } = membersOf(value);
  if (Object.keys(others).length > 0) throw malformed("proofs", "there is more than a proof");
  if (form === "range" && entries === undefined && isIndex(from) && areTexts(left, leaves, right)) {
    const range = { form, from, left, leaves, right } as RangeProof;
    return listed === undefined ? range : { ...range, listed: parseListed(listed) };
  }
  const ofRange = [from, left, leaves, right, listed];
  const isEntries = form === "entries" && ofRange.every((member) => member === undefined);
  if (!isEntries || !Array.isArray(entries) || entries.length > MAX_EXPORT_EVENTS)
    throw malformed("proofs", "the form is not known or a part is missing");
  const parsed = entries.map(parseEntry);
  if (parsed.some(({ index }, at) => at > 0 && index <= (parsed[at - 1] as EntryProof).index))
    throw malformed("proofs", "the indexes do not rise");
  return { form, entries: parsed };
}

function parseListed(value: unknown): readonly number[] {
  if (!Array.isArray(value) || value.length > MAX_EXPORT_EVENTS || !value.every(isIndex))
    throw malformed("proofs", "the listed indexes are none");
  let previous = -1;
  for (const index of value) {
    if (index <= previous) throw malformed("proofs", "the listed indexes do not rise");
    previous = index;
  }
  return value;
}

function parseEntry(value: unknown): EntryProof {
  const { index, leaf, proof, ...others } = membersOf(value);
  if (!isIndex(index) || !areTexts(leaf, proof) || Object.keys(others).length > 0)
    throw malformed("proofs", "an entry is not one");
  return { index, leaf, proof } as EntryProof;
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const isIndex = (value: unknown): value is number => typeof value === "number" && isTreeSize(value);
const areTexts = (...values: unknown[]): boolean => values.every((value) => typeof value === "string");

function parseHashes(text: string, maxHashes: number): Uint8Array[] {
  const tooLong = text.length > 4 * Math.ceil((maxHashes * HASH_BYTES) / 3);
  const bytes = tooLong ? undefined : decodeBase64(text);
  if (bytes === undefined || bytes.length % HASH_BYTES !== 0)
    throw malformed("proofs", "hashes are not whole");
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

/** At most one complete subtree a level, up and down again. */
const MAX_BLOCKS = 106;

/** A range proof whose hashes are read. */
export interface OpenedRange {
  readonly from: number;
  readonly left: readonly Uint8Array[];
  readonly leaves: readonly Uint8Array[];
  readonly right: readonly Uint8Array[];
  readonly listed: readonly number[] | undefined;
}

export const openRange = ({ from, left, leaves, right, listed }: RangeProof): OpenedRange => ({
  from,
  left: parseHashes(left, MAX_BLOCKS),
  leaves: parseHashes(leaves, MAX_EXPORT_EVENTS),
  right: parseHashes(right, MAX_BLOCKS),
  listed,
});

/** The root that a range proof leads to in a tree of `size`; undefined when it does not fit that size. */
export function rootOfRange(range: OpenedRange, size: number, hash?: Hash): Uint8Array | undefined {
  const { from, left, leaves, right } = range;
  const to = from + leaves.length;
  if (to > size) return undefined;
  const parts = [
    { blocks: blocksOf({ start: 0, end: from }), hashes: left },
    { blocks: leaves.map(() => ({ level: 0 })), hashes: leaves },
    { blocks: blocksOf({ start: to, end: size }), hashes: right },
  ];
  if (parts.some(({ blocks, hashes }) => blocks.length !== hashes.length)) return undefined;
  const peaks: Peak[] = [];
  for (const { blocks, hashes } of parts) {
    for (const [at, { level }] of blocks.entries())
      pushPeak(peaks, { level, hash: hashes[at] as Uint8Array }, hash);
  }
  return rootOfPeaks(peaks, hash);
}

/** The leaves of a range that have a line. Refuses a list that names others. */
export function listedLeaves({ from, leaves, listed }: OpenedRange, isProven: boolean): ClaimedLeaf[] {
  if (listed === undefined) return leaves.map((hash, at) => ({ index: from + at, hash, isProven }));
  return listed.map((index) => {
    const hash = leaves[index - from];
    if (hash === undefined) throw malformed("proofs", "a listed index is not in the range");
    return { index, hash, isProven };
  });
}

/** Each leaf of a filtered export with whether its own proof holds; without a checkpoint none does. */
export function claimedEntries(
  { entries }: EntryProofs,
  head: { readonly size: number; readonly root: Uint8Array } | undefined,
  hash?: Hash,
): ClaimedLeaf[] {
  return entries.map(({ index, leaf, proof }) => {
    const [leafHash, ...more] = parseHashes(leaf, 1);
    if (leafHash === undefined || more.length > 0) throw malformed("proofs", "a leaf is no hash");
    const claim = { index, leafHash, proof: parseHashes(proof, MAX_BLOCKS) };
    return {
      index,
      hash: leafHash,
      isProven: head !== undefined && verifyInclusion({ ...claim, size: head.size, root: head.root }, hash),
    };
  });
}
