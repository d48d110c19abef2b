import { systemRandom } from "@gatehouse/base";
import {
  appendLeaves,
  createSigner,
  EMPTY_FRONTIER,
  encodeAddCheckpoint,
  encodeVerifierKey,
  type HashAt,
  hashLeaf,
  hashNode,
  KEY_TYPES,
  type Note,
  proveConsistency,
  rootOf,
  type Signer,
  signCheckpoint,
} from "@gatehouse/ledger";

/** The log of another installation, in the hands of whoever rules it: grows, and can be cut. */
export class NeighbourLog {
  readonly #signer: Signer;
  #leaves: Uint8Array[] = [];

  constructor(name: string) {
    this.#signer = createSigner(`${name}/log/1`, KEY_TYPES.note, systemRandom.bytes(32));
  }

  get verifierKey(): string {
    return encodeVerifierKey(this.#signer.key);
  }

  get size(): number {
    return this.#leaves.length;
  }

  grow(texts: readonly string[]): void {
    this.#leaves.push(...texts.map((text) => hashLeaf(Buffer.from(text))));
  }

  /** Back to what it was at a size: an old backup. */
  cutTo(size: number): void {
    this.#leaves = this.#leaves.slice(0, size);
  }

  checkpoint(): Note {
    const root = rootOf(appendLeaves(EMPTY_FRONTIER, this.#leaves));
    return signCheckpoint({ size: this.size, root }, this.#signer);
  }

  /** Asks a witness to cosign, with a proof that the tree of `oldSize` grew into this one. */
  addCheckpoint(oldSize: number): string {
    const proof =
      oldSize === 0 || oldSize > this.size ? [] : proveConsistency(oldSize, this.size, this.#hashAt);
    return encodeAddCheckpoint({ oldSize, proof, note: this.checkpoint() });
  }

  readonly #hashAt: HashAt = (level, index) =>
    level === 0
      ? (this.#leaves[index] as Uint8Array)
      : hashNode(this.#hashAt(level - 1, 2 * index), this.#hashAt(level - 1, 2 * index + 1));
}
