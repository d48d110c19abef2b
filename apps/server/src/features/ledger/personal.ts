import type { Random, Uuid } from "@gatehouse/base";
import { SALT_BYTES } from "@gatehouse/ledger";
import {
  deriveKey,
  hmacSha256,
  type MasterKey,
  openSecret,
  sealSecret,
} from "../../platform/secrets/index.ts";
import type { SealedPersonal } from "./model.ts";

/** Longest value that an event refers to; the rest is cut. */
export const MAX_PERSONAL_LENGTH = 512;
const MAX_WORDS = 40;
const MAX_REMEMBERED = 1_000;

interface Place {
  readonly tenantId: Uuid | undefined;
  readonly eventId: Uuid;
  readonly name: string;
}

interface TenantKeys {
  readonly sealing: Uint8Array;
  readonly search: Uint8Array;
}

/** Seals values about people under the key of their tenant, and finds them again by whole words. */
export class PersonalValues {
  readonly #master: MasterKey;
  readonly #random: Random;
  readonly #keys = new Map<string, TenantKeys>();
  /** Addresses and programs come again with every act of a session. */
  readonly #wordsOf = new Map<string, readonly string[]>();

  constructor(master: MasterKey, random: Random) {
    this.#master = master;
    this.#random = random;
  }

  seal(place: Place, personId: Uuid | undefined, value: string): SealedPersonal {
    const { sealing } = this.#keysOf(place.tenantId);
    return {
      name: place.name,
      personId,
      salt: this.#random.bytes(SALT_BYTES),
      value: sealSecret(sealing, value, contextOf(place), this.#random),
      words: this.wordsOf(place.tenantId, value),
    };
  }

  open(place: Place, sealed: Uint8Array): string {
    const { sealing } = this.#keysOf(place.tenantId);
    return Buffer.from(openSecret(sealing, sealed, contextOf(place))).toString("utf8");
  }

  /** Keyed digests of the words of a text and of the whole of it; another tenant's differ. */
  wordsOf(tenantId: Uuid | undefined, text: string): readonly string[] {
    const key = `${tenantId ?? ""}/${text}`;
    let words = this.#wordsOf.get(key);
    if (words === undefined) {
      words = [...new Set(splitWords(text).map((word) => this.#digest(tenantId, word)))];
      if (this.#wordsOf.size === MAX_REMEMBERED) this.#wordsOf.clear();
      this.#wordsOf.set(key, words);
    }
    return words;
  }

  #digest(tenantId: Uuid | undefined, word: string): string {
    const { search } = this.#keysOf(tenantId);
    return Buffer.from(hmacSha256(search, word)).readBigInt64BE(0).toString();
  }

  /** Digests by which texts of the tenant, or of no tenant, are found that hold all words of this one. */
  searchOf(tenantId: Uuid, text: string): string[][] {
    const [whole = "", ...parts] = splitWords(text);
    const wanted = parts.length === 0 ? [whole] : parts;
    return [tenantId, undefined].map((scope) => wanted.map((word) => this.#digest(scope, word)));
  }

  /** The same for texts that are exactly this one. */
  exactlyOf(tenantId: Uuid, text: string): string[][] {
    const [whole = ""] = splitWords(text);
    return [tenantId, undefined].map((scope) => [this.#digest(scope, whole)]);
  }

  #keysOf(tenantId: Uuid | undefined): TenantKeys {
    const scope = tenantId ?? "installation";
    let keys = this.#keys.get(scope);
    if (keys === undefined) {
      keys = {
        sealing: deriveKey(this.#master, `ledger/personal/${scope}`),
        search: deriveKey(this.#master, `ledger/words/${scope}`),
      };
      this.#keys.set(scope, keys);
    }
    return keys;
  }
}

const contextOf = ({ eventId, name }: Place): string => `ledger/${eventId}/${name}`;

/** `Ann Archer <ann@example.org>` → the whole, and ann, archer, example, org. */
export function splitWords(text: string): string[] {
  const whole = text.normalize("NFKC").toLowerCase().trim();
  const parts = whole.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== "");
  return [...new Set([whole, ...parts])].filter((word) => word !== "").slice(0, MAX_WORDS);
}
