import type { Logger } from "@gatehouse/base";
import type { AnyEndpoint } from "@gatehouse/contract";
import type { FastifyRequest } from "fastify";
import { type Actor, type Asker, askedBy } from "../audit/index.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { isLocalRequest } from "./local-socket.ts";
import type { DevicePrincipal, PersonPrincipal } from "./principal.ts";

const MAX_CLIENT_LENGTH = 200;

type Principal = PersonPrincipal | DevicePrincipal | undefined;

/** Refuses an operation that changes something and does not say what the ledger keeps of it, or why nothing. */
export function assertAccounted({ method, path, records, unrecorded }: AnyEndpoint): void {
  const where = `${method} ${path}`;
  if (records !== undefined && unrecorded !== undefined)
    throw new Error(`${where}: the ledger keeps it or it does not`);
  if (records?.length === 0 || unrecorded === "") throw new Error(`${where}: says nothing about the ledger`);
  if (method !== "GET" && records === undefined && unrecorded === undefined)
    throw new Error(`${where}: a change names its kinds in the ledger, or says why it has none`);
}

/**
 * Does what was asked in the name of who asked. A success of an endpoint that writes none of the kinds it declares is
 * a fault of ours: told to `onUnrecorded`, for the act is done by then.
 */
export async function actRecorded<T>(
  asked: { readonly endpoint: AnyEndpoint; readonly principal: Principal; readonly request: FastifyRequest },
  onUnrecorded: (endpoint: AnyEndpoint) => void,
  act: () => Promise<T>,
): Promise<T> {
  const { endpoint, principal, request } = asked;
  const asker = askerOf(principal, request);
  const result = await askedBy(asker, act);
  const isKept = endpoint.records?.some((kind) => asker.recorded.has(kind)) ?? true;
  if (!isKept) onUnrecorded(endpoint);
  return result;
}

/** Tells the log, and counts. */
export function unrecordedTo(log: Logger, metrics: Metrics): (endpoint: AnyEndpoint) => void {
  let count = 0;
  metrics.add({
    name: "gatehouse_acts_unrecorded_total",
    help: "Changes by request of which the ledger has nothing, since start; anything but 0 is a fault",
    read: () => count,
  });
  return ({ method, path }) => {
    count++;
    log.error({ method, path }, "ledger.unrecorded");
  };
}

function askerOf(principal: Principal, request: FastifyRequest): Asker {
  const isLocal = isLocalRequest(request.raw);
  return {
    actor: isLocal ? machine(principal) : actorOf(principal),
    address: isLocal ? undefined : request.ip,
    client: request.headers["user-agent"]?.slice(0, MAX_CLIENT_LENGTH),
    recorded: new Set(),
  };
}

const machine = (principal: Principal): Actor => ({
  kind: "machine",
  ...(principal === undefined ? {} : { tenantId: principal.tenantId }),
});

export function actorOf(principal: Principal): Actor {
  if (principal === undefined) return { kind: "anonymous" };
  const { tenantId } = principal;
  if (principal.kind === "device") return { kind: "device", id: principal.deviceId, tenantId };
  if (principal.program !== undefined) return { kind: "program", id: principal.program.tokenId, tenantId };
  return { kind: "person", id: principal.personId, tenantId };
}
