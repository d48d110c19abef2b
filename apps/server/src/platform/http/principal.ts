import type { Uuid } from "@gatehouse/base";
import type { Permission } from "@gatehouse/contract";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Who is asking, decided before any handler runs. */
export interface PersonPrincipal {
  readonly kind: "person";
  readonly tenantId: Uuid;
  readonly personId: Uuid;
  readonly sessionId: Uuid;
  readonly name: string;
  readonly permissions: ReadonlySet<Permission>;
}

export interface DevicePrincipal {
  readonly kind: "device";
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly credentialId: Uuid;
  readonly typeId: string;
}

/** Implemented by the accounts feature: reads the session cookie. Undefined = nobody; throws auth.session_ended when a session was ended. */
export interface PersonGate {
  authenticate(request: FastifyRequest, reply: FastifyReply): Promise<PersonPrincipal | undefined>;
}

/** Implemented by the devices feature: reads `Authorization: Bearer gh_…` (or X-API-Key) or the TLS client certificate. */
export interface DeviceGate {
  authenticate(request: FastifyRequest): Promise<DevicePrincipal | undefined>;
}
