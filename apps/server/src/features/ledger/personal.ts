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
      words: this.#indexOf(place, value),
    };
  }

  open(place: Place, sealed: Uint8Array): string {
    const { sealing } = this.#keysOf(place.tenantId);
    return Buffer.from(openSecret(sealing, sealed, contextOf(place))).toString("utf8");
  }

  /** By every word and as a whole; an address as a whole alone, and the program of whoever asked not at all. */
  #indexOf({ tenantId, name }: Place, value: string): readonly string[] {
    if (name === "client") return [];
    return name === "address" ? [this.#digest(tenantId, wholeOf(value))] : this.#wordsOf(tenantId, value);
  }

  #wordsOf(tenantId: Uuid | undefined, text: string): readonly string[] {
    return [...new Set(splitWords(text).map((word) => this.#digest(tenantId, word)))];
  }

  #digest(tenantId: Uuid | undefined, word: string): string {
    const { search } = this.#keysOf(tenantId);
    return Buffer.from(hmacSha256(search, word)).readBigInt64BE(0).toString();
  }

  /** Digests by which texts of the tenant, or of no tenant, are found that are this one or hold all its words. */
  searchOf(tenantId: Uuid, text: string): string[][] {
    const [whole = "", ...parts] = splitWords(text);
    const wanted = parts.length === 0 ? [[whole]] : [[whole], parts];
    return [tenantId, undefined].flatMap((scope) =>
      wanted.map((words) => words.map((word) => this.#digest(scope, word))),
    );
  }

  /** The same for texts that are exactly this one. */
  exactlyOf(tenantId: Uuid, text: string): string[][] {
    return [tenantId, undefined].map((scope) => [this.#digest(scope, wholeOf(text))]);
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

const wholeOf = (text: string): string => text.normalize("NFKC").toLowerCase().trim();

/** `Ann Archer <ann@example.org>` → the whole, and ann, archer, example, org. */
export function splitWords(text: string): string[] {
  const whole = wholeOf(text);
  const parts = whole.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== "");
  return [...new Set([whole, ...parts])].filter((word) => word !== "").slice(0, MAX_WORDS);
}
