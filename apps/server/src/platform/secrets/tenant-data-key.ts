import { type Random, Secret } from "@gatehouse/base";
import { hmacSha256 } from "./digest.ts";
import { deriveKey, hkdfSha256, type MasterKey } from "./master-key.ts";
import { openSecret, sealSecret } from "./seal.ts";

const KEY_BYTES = 32;

/** Where a value stands; part of what is authenticated, so that it opens nowhere else. */
export interface CellPlace {
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

/** Personal columns of one tenant: AES-256-GCM with place as associated data, and a keyed index for exact search. */
export interface TenantCipher {
  seal(place: CellPlace, text: string): Uint8Array;
  /** Refuses `secret.unreadable` when it was altered, moved or made under another key. */
  open(place: CellPlace, sealed: Uint8Array): string;
  /** 32 bytes, the same for the same text of one kind ("phone"), and nothing to whoever lacks the key. */
  blindIndex(kind: string, normalised: string): Uint8Array;
}

/**
 * A new tenant's data key, random and wrapped under the master key: who deletes the wrapped key has erased the
 * tenant's personal columns, in every backup made later too.
 */
export function newTenantDataKey(master: MasterKey, tenantId: string, random: Random): Uint8Array {
  return sealSecret(wrappingKey(master), random.bytes(KEY_BYTES), wrappingContext(tenantId), random);
}

/** Refuses `secret.unreadable` for another tenant's key or another installation's. */
export function openTenantCipher(
  master: MasterKey,
  tenantId: string,
  wrapped: Uint8Array,
  random: Random,
): TenantCipher {
  const dataKey = openSecret(wrappingKey(master), wrapped, wrappingContext(tenantId));
  const columns = new Secret(hkdfSha256(dataKey, "", "gatehouse-v1/tenant/columns", KEY_BYTES));
  const index = new Secret(hkdfSha256(dataKey, "", "gatehouse-v1/tenant/blind-index", KEY_BYTES));
  return {
    seal: (place, text) => sealSecret(columns.reveal(), text, contextOf(place), random),
    open: (place, sealed) => new TextDecoder().decode(openSecret(columns.reveal(), sealed, contextOf(place))),
    blindIndex: (kind, normalised) => hmacSha256(index.reveal(), `${kind}\0${normalised}`),
  };
}

const wrappingKey = (master: MasterKey): Uint8Array => deriveKey(master, "tenant-data-key");
const wrappingContext = (tenantId: string): string => `tenant-data-key/${tenantId}`;
const contextOf = ({ table, column, rowId }: CellPlace): string => `column/${table}.${column}/${rowId}`;
