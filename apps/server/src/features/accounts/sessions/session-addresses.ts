import type { Random, Uuid } from "@gatehouse/base";
import { deriveKey, type MasterKey, openSecret, sealSecret } from "../../../platform/secrets/index.ts";

/** Addresses of sessions say where a person is: they are stored sealed, each to its own session. */
export class SessionAddresses {
  readonly #key: Uint8Array;
  readonly #random: Random;

  constructor(masterKey: MasterKey, random: Random) {
    this.#key = deriveKey(masterKey, "accounts/session-address");
    this.#random = random;
  }

  seal(sessionId: Uuid, address: string): Uint8Array {
    return sealSecret(this.#key, address.slice(0, 64), placeOf(sessionId), this.#random);
  }

  view({ id, address }: { readonly id: Uuid; readonly address: Uint8Array | null }): { address?: string } {
    if (address === null) return {};
    return { address: Buffer.from(openSecret(this.#key, address, placeOf(id))).toString("utf8") };
  }
}

const placeOf = (sessionId: Uuid): string => `session/${sessionId}/address`;
