import { canonicalCode, type Random, randomCode, type UnixMs, type Uuid } from "@gatehouse/base";
import { deriveKey, type MasterKey, newToken, stretchSecret } from "../../../platform/secrets/index.ts";
import type { AccountsDatabase } from "../tables.ts";
import { findRecoveryCode, putRecoveryCodes, useRecoveryCode } from "./factor-store.ts";

const COUNT = 10;
/** 60 bits each: nobody guesses one within the tries a log-in has. */
const GROUPS = 3;
const GROUP_SIZE = 4;
const SALT_BYTES = 16;

/**
 * Ten codes on paper, each good once in place of a second factor. What is stored of one is `<salt>.<argon2id of it>`
 * in base64url (ASVS 6.5.2): one salt for the ten of a person, so that a try costs one hash, and the master key's part.
 */
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
    const salt = newToken(this.#random, SALT_BYTES);
    await putRecoveryCodes(
      tx,
      personId,
      await Promise.all(codes.map((code) => this.#stored(personId, code, salt))),
      nowMs,
    );
    return codes;
  }

  /** True once for each. */
  async use(tx: AccountsDatabase, personId: Uuid, typed: string, nowMs: UnixMs): Promise<boolean> {
    const [salt = ""] = (await findRecoveryCode(tx, personId))?.split(".") ?? [];
    if (salt === "") return false;
    return useRecoveryCode(tx, personId, await this.#stored(personId, typed, salt), nowMs);
  }

  async #stored(personId: Uuid, code: string, salt: string): Promise<string> {
    const text = `${personId}\0${canonicalCode(code)}`;
    const hash = await stretchSecret(text, Buffer.from(salt, "base64url"), this.#key);
    return `${salt}.${Buffer.from(hash).toString("base64url")}`;
  }
}
