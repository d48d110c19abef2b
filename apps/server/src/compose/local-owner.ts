import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import { type access, PERMISSIONS, type Permission } from "@gatehouse/contract";
import { isLocalRequest } from "../platform/http/local-socket.ts";
import type { PersonGate, PersonPrincipal } from "../platform/http/principal.ts";

/** Not a person's id: acts of the command line are recorded under this one. */
export const LOCAL_OWNER_ID: Uuid = "00000000-0000-4000-8000-000000000000";

/**
 * Whoever can open the local socket can read the database's files, so the command line acts as the
 * installation's owner. Everybody else goes through `gate`.
 */
export function withLocalOwner(
  gate: PersonGate,
  firstTenantId: () => Promise<Uuid | undefined>,
  nowMs: () => UnixMs,
): PersonGate {
  return {
    async authenticate(request, reply) {
      if (!isLocalRequest(request.raw)) return gate.authenticate(request, reply);
      const tenantId = await firstTenantId();
      if (tenantId === undefined)
        throw new AppError("auth.required", { reason: "the installation has no owner yet" });
      return localOwner(tenantId, nowMs());
    },
  };
}

const EVERYTHING: access.Access = new Map(PERMISSIONS.map((one): [Permission, "all"] => [one, "all"]));

const localOwner = (tenantId: Uuid, nowMs: UnixMs): PersonPrincipal => ({
  kind: "person",
  tenantId,
  personId: LOCAL_OWNER_ID,
  sessionId: LOCAL_OWNER_ID,
  name: "command line",
  permissions: EVERYTHING,
  stepUpMs: nowMs,
  isMachine: true,
});
