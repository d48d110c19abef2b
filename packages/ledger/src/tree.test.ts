import { hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { utf8 } from "./bytes.ts";
import { blocksOf } from "./nodes.ts";
import { proveConsistency, proveInclusion, verifyConsistency, verifyInclusion } from "./proofs.ts";
import { TestLog } from "./testing/test-log.ts";
import { emptyRoot, hashLeaf, hashNode } from "./tree-hash.ts";
import { appendLeaves, EMPTY_FRONTIER, encodeFrontier, parseFrontier, rootOf } from "./tree-head.ts";

/** RFC 6962 §2.1 word for word: the definition that everything else must agree with. */
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return emptyRoot();
  if (leaves.length === 1) return leaves[0] as Uint8Array;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hashNode(treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

const leaves = Array.from({ length: 700 }, (_, index) => hashLeaf(utf8(`leaf ${index}`)));
const roots = new Map<number, Uint8Array>();
const rootAt = (size: number): Uint8Array => {
  const root = roots.get(size) ?? treeHash(leaves.slice(0, size));
  roots.set(size, root);
  return root;
};
/** Complete subtrees straight from the definition. */
const nodes = new Map<string, Uint8Array>();
const hashAt = (level: number, index: number): Uint8Array => {
  const key = `${level}/${index}`;
  const node = nodes.get(key) ?? treeHash(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
  nodes.set(key, node);
  return node;
};
const flip = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

it("hashes leaves, nodes and the empty tree as RFC 6962 says", () => {
  const hex = (text: string): Uint8Array => hexToBytes(text);
  expect(emptyRoot()).toEqual(hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  // The hash of the leaf without data, as published with the vectors of transparency-dev/merkle.
  expect(hashLeaf(utf8(""))).toEqual(hex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"));
  expect(hashNode(utf8("a".repeat(32)), utf8("b".repeat(32)))).not.toEqual(
    hashLeaf(utf8(`${"a".repeat(32)}${"b".repeat(32)}`)),
  );
});

it("the frontier has the root of the definition at every size, in whatever portions leaves come", () => {
  let frontier = EMPTY_FRONTIER;
  expect(rootOf(frontier)).toEqual(rootAt(0));
  for (let size = 1; size <= 300; size++) {
    frontier = appendLeaves(parseFrontier(encodeFrontier(frontier)), [leaves[size - 1] as Uint8Array]);
    expect(frontier.size).toBe(size);
    expect(rootOf(frontier)).toEqual(rootAt(size));
  }
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 7 }), (portions) => {
      let grown = EMPTY_FRONTIER;
      for (const count of portions) grown = appendLeaves(grown, leaves.slice(grown.size, grown.size + count));
      expect(rootOf(grown)).toEqual(rootAt(grown.size));
    }),
    { numRuns: 40 },
  );
});

it("refuses a stored frontier that was cut, made longer or given another size", () => {
  const bytes = encodeFrontier(appendLeaves(EMPTY_FRONTIER, leaves.slice(0, 11)));
  expect(parseFrontier(bytes).hashes).toHaveLength(3);
  for (const wrong of [bytes.slice(0, -1), Uint8Array.of(...bytes, 0), bytes.slice(0, 7), bytes.slice(0, 8)])
    expect(() => parseFrontier(wrong)).toThrow(/ledger\.malformed/);
  expect(() => parseFrontier(flip(bytes, 7 * 8))).toThrow(/ledger\.malformed/);
  expect(() => parseFrontier(new Uint8Array(8).fill(255))).toThrow(/ledger\.malformed/);
});

it("covers a range with the fewest complete subtrees", () => {
  expect(blocksOf({ start: 0, end: 7 })).toEqual([
    { level: 2, index: 0 },
    { level: 1, index: 2 },
    { level: 0, index: 6 },
  ]);
  expect(blocksOf({ start: 3, end: 9 }).map(({ level }) => level)).toEqual([0, 2, 0]);
  expect(blocksOf({ start: 5, end: 5 })).toEqual([]);
  expect(blocksOf({ start: 1, end: Number.MAX_SAFE_INTEGER }).length).toBeLessThanOrEqual(106);
});

it("proves every leaf of every tree of up to 70 leaves, and of random larger ones", () => {
  const check = (index: number, size: number): void => {
    const claim = { index, size, leafHash: leaves[index] as Uint8Array, root: rootAt(size) };
    const proof = proveInclusion(index, size, hashAt);
    expect(verifyInclusion({ ...claim, proof }), `${index} of ${size}`).toBe(true);
    expect(verifyInclusion({ ...claim, proof: [...proof, rootAt(1)] })).toBe(false);
    if (proof.length > 0) expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(false);
  };
  for (let size = 1; size <= 70; size++) for (let index = 0; index < size; index++) check(index, size);
  const sizes = fc.integer({ min: 71, max: leaves.length });
  fc.assert(
    fc.property(sizes, fc.nat(), (size, at) => check(at % size, size)),
    { numRuns: 60 },
  );
});

it("proves the consistency of every pair of sizes up to 130, and of no other pair of roots", () => {
  for (let second = 0; second <= 130; second++) {
    for (let first = 0; first <= second; first++) {
      const proof = proveConsistency(first, second, hashAt);
      const claim = { first, second, firstRoot: rootAt(first), secondRoot: rootAt(second), proof };
      if (!verifyConsistency(claim)) expect.fail(`${first} to ${second} is refused`);
      const wrong = { ...claim, firstRoot: flip(claim.firstRoot, (first + second) % 256) };
      if (verifyConsistency(wrong)) expect.fail(`${first} to ${second} takes another root`);
    }
  }
}, 60_000);

it("refuses a proof of which anything was altered", () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }));
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat({ max: 255 }), ([one, other], pick, bit) => {
      const [first, second] = [Math.min(one, other), Math.max(one, other)];
      const index = first - 1;
      const inclusion = {
        index,
        size: second,
        leafHash: leaves[index] as Uint8Array,
        root: rootAt(second),
        proof: proveInclusion(index, second, hashAt),
      };
      const consistency = {
        first,
        second,
        firstRoot: rootAt(first),
        secondRoot: rootAt(second),
        proof: proveConsistency(first, second, hashAt),
      };
      const altered = <T extends readonly Uint8Array[]>(proof: T): Uint8Array[] =>
        proof.map((hash, at) => (at === pick % proof.length ? flip(hash, bit) : hash));
      expect(verifyInclusion(inclusion)).toBe(true);
      expect(verifyInclusion({ ...inclusion, leafHash: flip(inclusion.leafHash, bit) })).toBe(false);
      expect(verifyInclusion({ ...inclusion, root: flip(inclusion.root, bit) })).toBe(false);
      if (second > 1) {
        expect(verifyInclusion({ ...inclusion, index: (index + 1) % second })).toBe(false);
        expect(verifyInclusion({ ...inclusion, proof: altered(inclusion.proof) })).toBe(false);
      }
      expect(verifyConsistency(consistency)).toBe(true);
      expect(verifyConsistency({ ...consistency, secondRoot: flip(consistency.secondRoot, bit) })).toBe(
        false,
      );
      expect(verifyConsistency({ ...consistency, proof: [...consistency.proof, rootAt(1)] })).toBe(false);
      if (first < second) {
        expect(verifyConsistency({ ...consistency, proof: altered(consistency.proof) })).toBe(false);
        expect(verifyConsistency({ ...consistency, proof: consistency.proof.slice(1) })).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
}, 60_000);

it("takes any numbers and hashes without an error", () => {
  const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(2 ** 53, 2 ** 64, -1, 0, 1, 2));
  const hash = fc.uint8Array({ minLength: 30, maxLength: 33 });
  fc.assert(
    fc.property(number, number, hash, hash, fc.array(hash, { maxLength: 70 }), (one, two, a, b, proof) => {
      expect(verifyInclusion({ index: one, size: two, leafHash: a, root: b, proof })).toBe(false);
      const claim = { first: one, second: two, firstRoot: a, secondRoot: b, proof };
      expect(typeof verifyConsistency(claim)).toBe("boolean");
    }),
  );
  expect(() => proveInclusion(5, 5, hashAt)).toThrow(RangeError);
  expect(() => proveConsistency(6, 5, hashAt)).toThrow(RangeError);
});

it("asks for no more than 53 hashes in the largest tree", () => {
  const size = Number.MAX_SAFE_INTEGER;
  const any = (): Uint8Array => rootAt(1);
  expect(proveInclusion(size - 1, size, any).length).toBeLessThanOrEqual(53);
  expect(proveConsistency(size - 1, size, any).length).toBeLessThanOrEqual(54);
});

it("takes the caller's hash everywhere", () => {
  let calls = 0;
  const counting = (bytes: Uint8Array): Uint8Array => {
    calls++;
    return hashLeaf(bytes);
  };
  const root = rootOf(appendLeaves(EMPTY_FRONTIER, leaves.slice(0, 3), counting), counting);
  expect(calls).toBe(2);
  expect(root).not.toEqual(rootAt(3));
  const log = TestLog.of(3);
  expect(log.root).toEqual(treeHash(log.lines.map((line) => hashLeaf(line))));
});
