import { canonicalCode, type Random, randomCode, type UnixMs, type Uuid } from "@gatehouse/base";
import { deriveKey, hmacSha256, type MasterKey } from "../../../platform/secrets/index.ts";
import type { AccountsDatabase } from "../tables.ts";
import { putRecoveryCodes, useRecoveryCode } from "./factor-store.ts";

const COUNT = 10;
/** 60 bits each: nobody guesses one within the tries a log-in has. */
const GROUPS = 3;
const GROUP_SIZE = 4;

/** Ten codes on paper, each good once in place of a second factor. */
export class RecoveryCodes {
  readonly #key: Uint8Array;
  readonly #random: Random;

  constructor(masterKey: MasterKey, random: Random) {
    this.#key = deriveKey(masterKey, "accounts/recovery-codes");
    this.#random = random;
  }

  /** New ones in place of all earlier ones; only here are they readable. */
  async renew(tx: AccountsDatabase, personId: Uuid, nowMs: UnixMs): Promise<string[]> {
    const codes = Array.from({ length: COUNT }, () => randomCode(this.#random, GROUPS, GROUP_SIZE));
    await putRecoveryCodes(
      tx,
      personId,
      codes.map((code) => this.#mac(personId, code)),
      nowMs,
    );
    return codes;
  }

  /** True once for each. */
  async use(tx: AccountsDatabase, personId: Uuid, typed: string, nowMs: UnixMs): Promise<boolean> {
    return useRecoveryCode(tx, personId, this.#mac(personId, typed), nowMs);
  }

  #mac(personId: Uuid, code: string): string {
    return Buffer.from(hmacSha256(this.#key, `${personId}\0${canonicalCode(code)}`)).toString("base64url");
  }
}
