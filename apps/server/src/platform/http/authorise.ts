import { AppError, type UnixMs } from "@gatehouse/base";
import { type AnyEndpoint, type access, accounts } from "@gatehouse/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { isLoopbackHost } from "../config/load.ts";
import { ALL_ON, type Controls } from "../controls.ts";
import type { DeviceGate, DevicePrincipal, PersonGate, PersonPrincipal } from "./principal.ts";
import { assertReached, type Resources, tenantOfNamed } from "./resources.ts";
import { isLoopbackAddress } from "./server.ts";

export interface Gates {
  readonly person: PersonGate;
  readonly device: DeviceGate;
  readonly resources: Resources;
  /** Whether loopback may read /metrics without a session. */
  readonly metricsFromLoopback: boolean;
  readonly controls?: Controls;
  nowMs(): UnixMs;
}

/** Who asks, and what of the organisation the answer may be about. */
export interface Admitted {
  readonly principal: PersonPrincipal | DevicePrincipal;
  readonly scope: access.Scope;
}

const identified = new WeakMap<FastifyRequest, PersonPrincipal>();

/** Who this request turned out to be of, also when it was refused. */
export const identifiedAs = (request: FastifyRequest): PersonPrincipal | undefined => identified.get(request);

/** Decides before anything is read: permission, organisation, site, second factor. Undefined for those who need none. */
export async function authorise(
  endpoint: AnyEndpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  gates: Gates,
): Promise<Admitted | undefined> {
  if (endpoint.audience === "public") return undefined;
  if (endpoint.audience === "device") {
    const device = await gates.device.authenticate(request);
    if (device === undefined) {
      reply.header("www-authenticate", 'Bearer realm="gatehouse"');
      throw new AppError("device.credentials_invalid");
    }
    return { principal: device, scope: { tenantId: device.tenantId, reach: "all" } };
  }
  if (endpoint.path === "/metrics" && gates.metricsFromLoopback && isDirectLoopback(request))
    return undefined;
  const asker = await gates.person.authenticate(request, reply);
  if (asker === undefined) throw new AppError("auth.required");
  identified.set(request, asker);
  const { controls = ALL_ON, resources } = gates;
  const params = request.params as Record<string, string>;
  const elsewhere = controls.tenantScope ? undefined : await tenantOfNamed(endpoint, params, resources);
  const person = elsewhere === undefined ? asker : { ...asker, tenantId: elsewhere };
  const scope = await assertMay(endpoint, params, person, gates);
  return { principal: person, scope };
}

/** The part of the organisation in which this person may do this. */
export async function assertMay(
  endpoint: AnyEndpoint,
  params: Readonly<Record<string, string>>,
  person: PersonPrincipal,
  { resources, nowMs, controls = ALL_ON }: Pick<Gates, "resources" | "nowMs" | "controls">,
): Promise<access.Scope> {
  const { permission } = endpoint;
  const given = permission === undefined ? undefined : person.permissions.get(permission);
  if (permission === undefined || given === undefined) throw new AppError("auth.forbidden", { permission });
  const reach = controls.grantPlace ? given : "all";
  const scope = { tenantId: person.tenantId, reach };
  if (endpoint.resource !== undefined) await assertReached(endpoint, params, scope, resources);
  else if (endpoint.partial !== true && reach !== "all") throw new AppError("auth.forbidden", { permission });
  if (endpoint.stepUp === true) assertSteppedUp(person, nowMs());
  return scope;
}

function assertSteppedUp({ program, stepUpMs }: PersonPrincipal, nowMs: UnixMs): void {
  if (program !== undefined) throw new AppError("auth.forbidden", { reason: "needs a person" });
  if (stepUpMs === undefined || nowMs - stepUpMs > accounts.STEP_UP_MS)
    throw new AppError("auth.step_up_required");
}

/**
 * From this machine, not through a proxy on it, and by a name of it: a page whose own name was pointed at this machine
 * (DNS rebinding) is of the same origin for the browser.
 */
function isDirectLoopback(request: FastifyRequest): boolean {
  return (
    isLoopbackAddress(request.socket.remoteAddress ?? "") &&
    isLoopbackHost(URL.parse(`http://${request.headers.host}`)?.hostname.replace(/^\[|\]$/g, "") ?? "") &&
    request.headers["x-forwarded-for"] === undefined &&
    request.headers.forwarded === undefined
  );
}
