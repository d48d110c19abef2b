import type { UnixMs, Uuid } from "@gatehouse/base";
import type { access } from "@gatehouse/contract";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Who is asking, decided before any handler runs. */
export interface PersonPrincipal {
  readonly kind: "person";
  readonly tenantId: Uuid;
  readonly personId: Uuid;
  readonly sessionId: Uuid;
  readonly name: string;
  /** What this person may do, and in which part of the organisation. */
  readonly permissions: access.Access;
  /** When this session last gave a second factor. */
  readonly stepUpMs?: UnixMs;
  /** It is a program that asks, with a token that this person made. */
  readonly program?: { readonly tokenId: Uuid; readonly name: string };
  /** Whoever can open the local socket: owns the data folder, so that nothing stands above them. */
  readonly isMachine?: boolean;
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
