import { PERMISSIONS, type Permission, type Role, roleGrants } from "@gatehouse/contract";
import type { PersonGate, PersonPrincipal } from "../../../platform/http/principal.ts";
import type { PersonRow } from "../people/account-store.ts";
import type { SessionService } from "./session-service.ts";

const GRANTS = new Map<Role, ReadonlySet<Permission>>();

function permissionsOf(role: Role): ReadonlySet<Permission> {
  const known = GRANTS.get(role) ?? new Set(PERMISSIONS.filter((permission) => roleGrants(role, permission)));
  GRANTS.set(role, known);
  return known;
}

export const principalOf = (person: PersonRow, sessionId: string): PersonPrincipal => ({
  kind: "person",
  tenantId: person.tenant_id,
  personId: person.id,
  sessionId,
  name: person.name,
  permissions: permissionsOf(person.role),
});

/** Reads the access cookie; the session's row decides, so an ended session is out at its next request. */
export function createPersonGate(
  sessions: SessionService,
  cookieName: string,
): PersonGate & { byToken(token: string | undefined): Promise<PersonPrincipal | undefined> } {
  const byToken = async (token: string | undefined): Promise<PersonPrincipal | undefined> => {
    if (token === undefined || token === "") return undefined;
    const found = await sessions.authenticate(token);
    return found === undefined ? undefined : principalOf(found.person, found.sessionId);
  };
  return { byToken, authenticate: (request) => byToken(request.cookies[cookieName]) };
}
