import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Language, Role } from "@gatehouse/contract";
import type { AnyDatabase } from "../../platform/database/index.ts";
import type { PersonPrincipal } from "../../platform/http/principal.ts";

export interface KnownPerson {
  readonly id: Uuid;
  readonly name: string;
  readonly email: string;
  readonly language: Language;
  readonly role: Role;
  /** May hold a session. */
  readonly active: boolean;
}

/** What is asked of the accounts. */
export interface People {
  find(tenantId: Uuid, personId: Uuid): Promise<KnownPerson | undefined>;
  /** Everybody of the organisation. */
  list(tenantId: Uuid): Promise<readonly KnownPerson[]>;
  setRole(tx: AnyDatabase, tenantId: Uuid, personId: Uuid, role: Role): Promise<void>;
  /** As they would ask, without a session; undefined unless they may hold one. */
  principalOf(tenantId: Uuid, personId: Uuid): Promise<PersonPrincipal | undefined>;
  /** The installation's first organisation; undefined before there is one. */
  hostTenantId(): Promise<Uuid | undefined>;
}

/** What is asked of the inventory. */
export interface Places {
  /** Of a device of this organisation. */
  siteOf(tenantId: Uuid, deviceId: Uuid): Uuid | undefined;
  deviceName(tenantId: Uuid, deviceId: Uuid): string | undefined;
  siteNames(tenantId: Uuid): Promise<ReadonlyMap<Uuid, string>>;
}

/** Tells people that an act waits for them. */
export interface ApprovalNotifier {
  /** In the transaction that keeps the request. */
  waiting(
    tx: AnyDatabase,
    request: {
      readonly tenantId: Uuid;
      readonly approvalId: Uuid;
      readonly requestedBy: string;
      readonly summary: string;
      readonly expiresMs: UnixMs;
    },
    people: readonly KnownPerson[],
  ): Promise<void>;
}
