import type { Uuid } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import { newTenantDataKey, openTenantCipher, type TenantCipher } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import type { PersonRow } from "./account-store.ts";
import { keepDataKey, listKeyedTenants } from "./data-key-store.ts";

export interface PersonalTexts {
  readonly phone?: string | undefined;
  readonly address?: string | undefined;
  readonly identityNumber?: string | undefined;
}

/** `+33 6 12 34 56 78` → `+33612345678`. */
export const normalisePhone = (phone: string): string => `+${phone.replace(/\D/g, "")}`;

/** Capitals, without what people put between: `ab 12-34` → `AB1234`. */
export const normaliseIdentity = (number: string): string =>
  number
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

const lastTwo = (text: string): string => `••••${[...text].slice(-2).join("")}`;

/** Phones, addresses and identity numbers: sealed in their columns under the key of their tenant. */
export class PersonalData {
  readonly #context: AccountsContext;
  readonly #ciphers = new Map<Uuid, TenantCipher>();

  constructor(context: AccountsContext) {
    this.#context = context;
  }

  /** At the start: nobody waits for a second connection while holding a transaction. */
  async openAll(): Promise<void> {
    for (const tenantId of await listKeyedTenants(this.#context.db)) await this.cipherOf(tenantId);
  }

  /** Ask before a transaction begins: the tenant's first time makes its key, which must not be rolled back. */
  async cipherOf(tenantId: Uuid): Promise<TenantCipher> {
    const known = this.#ciphers.get(tenantId);
    if (known !== undefined) return known;
    const { db, masterKey, random } = this.#context;
    const wrapped = await keepDataKey(db, tenantId, newTenantDataKey(masterKey, tenantId, random));
    const cipher = openTenantCipher(masterKey, tenantId, wrapped, random);
    this.#ciphers.set(tenantId, cipher);
    return cipher;
  }
}

/** The columns of a person's row; a text that is absent or empty empties its column. */
export function sealPersonal(cipher: TenantCipher, personId: Uuid, texts: PersonalTexts) {
  const place = (column: string) => ({ table: "people", column, rowId: personId });
  const seal = (column: string, text: string | undefined): Buffer | null =>
    text === undefined || text === "" ? null : Buffer.from(cipher.seal(place(column), text));
  const phone = texts.phone === undefined ? undefined : normalisePhone(texts.phone);
  const { address, identityNumber } = texts;
  return {
    phone: seal("phone", phone),
    phone_index: phone === undefined ? null : phoneIndex(cipher, phone),
    address: seal("address", address),
    identity_number: seal("identity_number", identityNumber),
    identity_index: identityNumber ? identityIndex(cipher, identityNumber) : null,
  };
}

export const phoneIndex = (cipher: TenantCipher, phone: string): Buffer =>
  Buffer.from(cipher.blindIndex("phone", normalisePhone(phone)));

export const identityIndex = (cipher: TenantCipher, number: string): Buffer =>
  Buffer.from(cipher.blindIndex("identity", normaliseIdentity(number)));

export function openPersonal(
  cipher: TenantCipher,
  { id, phone, address, identity_number }: PersonRow,
  masked: boolean,
): accounts.PersonalDetails {
  const open = (column: string, sealed: Uint8Array | null): string | undefined =>
    sealed === null ? undefined : cipher.open({ table: "people", column, rowId: id }, sealed);
  const texts = {
    phone: open("phone", phone),
    address: open("address", address),
    identityNumber: open("identity_number", identity_number),
  };
  return {
    masked,
    ...(texts.phone === undefined ? {} : { phone: masked ? lastTwo(texts.phone) : texts.phone }),
    ...(texts.address === undefined ? {} : { address: masked ? "••••" : texts.address }),
    ...(texts.identityNumber === undefined
      ? {}
      : { identityNumber: masked ? lastTwo(texts.identityNumber) : texts.identityNumber }),
  };
}
