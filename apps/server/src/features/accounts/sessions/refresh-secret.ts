import { isUuid, type Random, type Uuid } from "@gatehouse/base";
import { equalConstantTime, hmacSha256, newToken, sha256Hex } from "../../../platform/secrets/index.ts";

const NONCE_BYTES = 32;

export interface RefreshSecret {
  /** What the browser keeps: session · nonce · mac. */
  readonly cookie: string;
  /** What the database keeps, of the nonce. */
  readonly hash: string;
}

/**
 * Refresh secrets of one session: each is used once. The mac tells one that this installation issued, however long
 * ago, from a made-up one: the first betrays a thief when it comes again, the second must not end anybody's session.
 */
export class RefreshSecrets {
  readonly #key: Uint8Array;
  readonly #random: Random;

  constructor(key: Uint8Array, random: Random) {
    this.#key = key;
    this.#random = random;
  }

  issue(sessionId: Uuid): RefreshSecret {
    const nonce = newToken(this.#random, NONCE_BYTES);
    return { cookie: `${sessionId}.${nonce}.${this.#mac(sessionId, nonce)}`, hash: sha256Hex(nonce) };
  }

  /** Undefined for anything that was not issued here. */
  read(cookie: string | undefined): { readonly sessionId: Uuid; readonly hash: string } | undefined {
    const [sessionId = "", nonce = "", mac = "", ...more] = (cookie ?? "").split(".", 4);
    if (!isUuid(sessionId) || more.length > 0 || !equalConstantTime(mac, this.#mac(sessionId, nonce)))
      return undefined;
    return { sessionId, hash: sha256Hex(nonce) };
  }

  #mac(sessionId: Uuid, nonce: string): string {
    return Buffer.from(hmacSha256(this.#key, `${sessionId}.${nonce}`)).toString("base64url");
  }
}
