import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Language } from "@gatehouse/contract";
import type { AnyDatabase } from "../../platform/database/index.ts";

export interface KnownTenant {
  readonly id: Uuid;
  readonly createdMs: UnixMs;
  readonly people: number;
}

/** What is asked of the accounts. */
export interface Accounts {
  tenants(): Promise<readonly KnownTenant[]>;
  /** With what `alongside` writes, in one transaction; then furnished by every feature, or taken back. */
  found(
    tenant: { readonly organisation: string; readonly language: Language },
    alongside: (tx: AnyDatabase, tenantId: Uuid) => Promise<void>,
  ): Promise<Uuid>;
  /** Fails with account.email_taken. */
  inviteOwner(
    tenantId: Uuid,
    owner: { readonly name: string; readonly email: string; readonly language: Language },
  ): Promise<void>;
  /** With everything that is the organisation's, and what `alongside` writes. */
  remove(tenantId: Uuid, alongside: (tx: AnyDatabase) => Promise<void>): Promise<void>;
}

/** What is asked of the inventory: counts, and devices to be told. */
export interface Inventory {
  deviceIds(tenantId: Uuid): readonly Uuid[];
  countSites(tenantId: Uuid): Promise<number>;
}

/** The organisation's name is one of its settings. */
export interface Names {
  get(tenantId: Uuid): string;
  /** With what `alongside` writes, in one transaction. */
  set(tenantId: Uuid, name: string, alongside: (tx: AnyDatabase) => Promise<void>): Promise<void>;
}
