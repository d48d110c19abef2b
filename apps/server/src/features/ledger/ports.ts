import type { UnixMs, Uuid } from "@gatehouse/base";

/** What the ledger asks of accounts and organisations. */
export interface LedgerPeople {
  /** Whether this organisation runs the installation: it also sees what concerns no organisation. */
  isHost(tenantId: Uuid): Promise<boolean>;
  /** Names of those of these people that the organisation has now. */
  namesOf(tenantId: Uuid, personIds: readonly Uuid[]): Promise<ReadonlyMap<Uuid, string>>;
}

/** An older database was put back. */
export interface Restore {
  /** Of this one restore, for ever the same. */
  readonly id: string;
  /** What was restored by our own command. */
  readonly backup?: {
    readonly madeMs: UnixMs;
    /** SHA-256 of its manifest, hex. */
    readonly sha256: string;
  };
}

export interface LedgerSettings {
  tenants(): Promise<readonly Uuid[]>;
  /** Entries that are older lose their content. */
  retentionDays(tenantId: Uuid): number;
}
