import type { Random } from "@gatehouse/base";
import {
  deriveKey,
  equalConstantTime,
  hmacSha256,
  type MasterKey,
  newToken,
} from "../../../platform/secrets/index.ts";
import { emailKey } from "../people/account-store.ts";

/** Browsers that logged in to an account before: they have budgets of their own, which strangers cannot use up. */
export class KnownBrowsers {
  readonly #key: Uint8Array;
  readonly #random: Random;

  constructor(masterKey: MasterKey, random: Random) {
    this.#key = deriveKey(masterKey, "accounts/known-browser");
    this.#random = random;
  }

  /** `<id>.<mac>` bound to the account: proves an earlier log-in from this browser, and lets nobody in by itself. */
  cookie(email: string): string {
    const id = newToken(this.#random, 16);
    return `${id}.${this.#mac(id, email)}`;
  }

  /** The browser's id for this account; undefined for a stranger's. */
  find(cookie: string | undefined, email: string): string | undefined {
    const [id = "", mac = ""] = (cookie ?? "").split(".", 2);
    return id !== "" && equalConstantTime(mac, this.#mac(id, email)) ? id : undefined;
  }

  #mac(id: string, email: string): string {
    return Buffer.from(hmacSha256(this.#key, `${id}\0${emailKey(email)}`)).toString("base64url");
  }
}
