import {
  appendLeaves,
  certifyLog,
  createSigner,
  EMPTY_FRONTIER,
  encodeAddCheckpoint,
  encodeNote,
  encodeVerifierKey,
  hashLeaf,
  hashNode,
  KEY_TYPES,
  proveConsistency,
  rootOf,
  type Signer,
  signCheckpoint,
} from "@gatehouse/ledger";
import type { WitnessRequest } from "../witness/messages.ts";

const seedOf = (word: string): Uint8Array => hashLeaf(new TextEncoder().encode(word));

/** The trust root as a signer of notes. */
export const rootSigner = (seed: Uint8Array): Signer =>
  createSigner("gatehouse.example/root", KEY_TYPES.note, seed);

/** A server's log in memory, of as many entries as are asked for; `word` makes its entries others. */
export class SignedLog {
  readonly signer: Signer;
  readonly #root: Signer;
  readonly #leaves: Uint8Array[] = [];

  constructor(root: Signer, name = "gatehouse.example/ledger/1") {
    this.#root = root;
    this.signer = createSigner(name, KEY_TYPES.note, seedOf(name));
  }

  get key(): string {
    return encodeVerifierKey(this.signer.key);
  }

  /** A copy with this many of its entries, and others behind them up to `size`. */
  fork(common: number, size: number, word = "forged"): SignedLog {
    const forked = new SignedLog(this.#root, this.signer.key.name);
    forked.#leaves.push(...this.#leaves.slice(0, common));
    return forked.growTo(size, word);
  }

  growTo(size: number, word = "entry"): this {
    while (this.#leaves.length < size) this.#leaves.push(seedOf(`${word} ${this.#leaves.length}`));
    return this;
  }

  request(oldSize: number, seam?: string): WitnessRequest {
    const frontier = appendLeaves(EMPTY_FRONTIER, this.#leaves);
    const size = this.#leaves.length;
    return {
      kind: "witness",
      root: encodeVerifierKey(this.#root.key),
      certificate: encodeNote(certifyLog(this.signer.key, this.#root)),
      request: encodeAddCheckpoint({
        oldSize,
        proof: proveConsistency(Math.min(oldSize, size), size, (level, index) => this.#hashAt(level, index)),
        note: signCheckpoint({ size, root: rootOf(frontier) }, this.signer),
      }),
      ...(seam === undefined ? {} : { seam }),
    };
  }

  #hashAt(level: number, index: number): Uint8Array {
    if (level === 0) return this.#leaves[index] as Uint8Array;
    return hashNode(this.#hashAt(level - 1, 2 * index), this.#hashAt(level - 1, 2 * index + 1));
  }
}
