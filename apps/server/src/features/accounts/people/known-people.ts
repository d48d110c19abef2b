import type { Uuid } from "@gatehouse/base";
import type { Language, Role } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { NameSource } from "../../../platform/names.ts";
import { type AccessOf, principalOf } from "../sessions/person-gate.ts";
import type { AccountsDatabase, SharedTransaction } from "../tables.ts";
import { findPersonById, firstTenantId, listPeople, type PersonRow, setPersonRole } from "./account-store.ts";

/** A person as other features know them. */
export interface KnownPerson {
  readonly id: Uuid;
  readonly name: string;
  readonly email: string;
  readonly language: Language;
  readonly role: Role;
  /** May hold a session. */
  readonly active: boolean;
}

/** Who is who, for those who decide what people may do. */
export interface KnownPeople {
  find(tenantId: Uuid, personId: Uuid): Promise<KnownPerson | undefined>;
  list(tenantId: Uuid): Promise<KnownPerson[]>;
  setRole(tx: SharedTransaction, tenantId: Uuid, personId: Uuid, role: Role): Promise<void>;
  /** As they would ask, without a session; undefined unless they may hold one. */
  principalOf(tenantId: Uuid, personId: Uuid): Promise<PersonPrincipal | undefined>;
  hostTenantId(): Promise<Uuid | undefined>;
  /** Whose account it is. */
  tenantOf(personId: Uuid): Promise<Uuid | undefined>;
}

/** In the place of a session's id, for somebody who acts without one. */
const NO_SESSION: Uuid = "00000000-0000-0000-0000-000000000000";

export const knownPeople = (db: AccountsDatabase, accessOf: AccessOf): KnownPeople => ({
  async find(tenantId, personId) {
    const row = await findPersonById(db, personId);
    return row?.tenant_id === tenantId ? viewKnown(row) : undefined;
  },
  list: async (tenantId) => (await listPeople(db, tenantId)).map(viewKnown),
  setRole: (tx, tenantId, personId, role) => setPersonRole(tx, tenantId, personId, role),
  async principalOf(tenantId, personId) {
    const row = await findPersonById(db, personId);
    if (row?.tenant_id !== tenantId || row.state !== "active") return undefined;
    return principalOf(row, NO_SESSION, accessOf(row));
  },
  hostTenantId: () => firstTenantId(db),
  tenantOf: async (personId) => (await findPersonById(db, personId))?.tenant_id,
});

/** Those of an organisation, or of them these alone. */
export const namesOfPeople =
  (people: Pick<KnownPeople, "find" | "list">): NameSource["list"] =>
  async ({ tenantId }, ids) => {
    if (ids === undefined) return people.list(tenantId);
    const found = await Promise.all([...ids].map((id) => people.find(tenantId, id)));
    return found.filter((person) => person !== undefined);
  };

const viewKnown = ({ id, name, email, language, role, state }: PersonRow): KnownPerson => ({
  id,
  name,
  email,
  language,
  role,
  active: state === "active",
});
