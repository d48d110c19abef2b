import type { MonotonicMs } from "@gatehouse/base";
import { deriveKey, hmacSha256 } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import { type ForeignHashes, readForeignHashes } from "../people/account-store.ts";

const KEPT_MS = 10 * 60_000;

/**
 * What a password for an unknown address is compared with. While accounts still have the hash of an older system, which
 * takes another time than ours, as large a share of unknown addresses pretends to have one of those, each always the
 * same: the time then tells nothing either.
 */
export class Decoys {
  readonly #context: AccountsContext;
  readonly #key: Uint8Array;
  #known: ForeignHashes | undefined;
  #readMs: MonotonicMs = 0;

  constructor(context: AccountsContext) {
    this.#context = context;
    this.#key = deriveKey(context.masterKey, "accounts/decoys");
  }

  /** Undefined: one of ours, see verifyPassword. */
  async hashFor(emailKey: string): Promise<string | undefined> {
    const { share, sample } = await this.#foreign();
    if (sample.length === 0) return undefined;
    const view = Buffer.from(hmacSha256(this.#key, emailKey));
    const isForeign = view.readUInt32BE(0) / 2 ** 32 < share;
    return isForeign ? sample[view.readUInt32BE(4) % sample.length] : undefined;
  }

  async #foreign(): Promise<ForeignHashes> {
    const nowMs = this.#context.clock.monotonicMs();
    if (this.#known === undefined || nowMs - this.#readMs > KEPT_MS) {
      this.#known = await readForeignHashes(this.#context.db);
      this.#readMs = nowMs;
    }
    return this.#known;
  }
}
