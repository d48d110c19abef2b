import type { Uuid } from "@gatehouse/base";

/** What the ledger asks of accounts and organisations. */
export interface LedgerPeople {
  /** Whether this organisation runs the installation: it also sees what concerns no organisation. */
  isHost(tenantId: Uuid): Promise<boolean>;
  /** Names of those of these people that the organisation has now. */
  namesOf(tenantId: Uuid, personIds: readonly Uuid[]): Promise<ReadonlyMap<Uuid, string>>;
}

export interface LedgerSettings {
  tenants(): Promise<readonly Uuid[]>;
  /** Entries that are older lose their content. */
  retentionDays(tenantId: Uuid): number;
}
