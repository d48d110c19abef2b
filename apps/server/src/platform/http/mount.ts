import { AppError, type Logger } from "@gatehouse/base";
import type { AnyEndpoint } from "@gatehouse/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { problemReplies } from "./openapi.ts";
import type { DeviceGate, DevicePrincipal, PersonGate, PersonPrincipal } from "./principal.ts";
import { toAppError } from "./problem.ts";
import type { Route } from "./route.ts";
import { isLoopbackAddress } from "./server.ts";

const DEFAULT_BODY_LIMIT_BYTES = 65_536;

export interface Gates {
  readonly person: PersonGate;
  readonly device: DeviceGate;
  /** Whether loopback may read /metrics without a session. */
  readonly metricsFromLoopback: boolean;
}

/** Refuses a declaration that would leave a door open; runs before the server listens. */
export function assertDeclared(endpoint: AnyEndpoint): void {
  const where = `${endpoint.method} ${endpoint.path}`;
  if (endpoint.audience === "operator" && endpoint.permission === undefined)
    throw new Error(`${where}: an operator route needs a permission`);
  if (endpoint.audience !== "operator" && endpoint.permission !== undefined)
    throw new Error(`${where}: only operator routes have a permission`);
}

/** Puts every route on the server: who may call is decided before the body is used. */
export function mount(app: FastifyInstance, routes: readonly Route[], gates: Gates, log: Logger): void {
  const seen = new Set<string>();
  for (const { endpoint, handler, onUnread } of routes) {
    assertDeclared(endpoint);
    const key = `${endpoint.method} ${endpoint.path}`;
    if (seen.has(key)) throw new Error(`${key} is mounted twice`);
    seen.add(key);
    const principals = new WeakMap<FastifyRequest, PersonPrincipal | DevicePrincipal>();
    const handled = new WeakSet<FastifyRequest>();
    app.route({
      method: endpoint.method,
      url: endpoint.path,
      bodyLimit: endpoint.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
      schema: schemaOf(endpoint),
      ...(endpoint.perMinute === undefined
        ? {}
        : { config: { rateLimit: { max: endpoint.perMinute, timeWindow: 60_000 } } }),
      // After the rate limit (onRequest), before the body is read.
      preParsing: async (request, reply) => {
        const principal = await authorise(endpoint, request, reply, gates);
        if (principal !== undefined) principals.set(request, principal);
      },
      onError: async (request, _reply, error) => {
        const device = principals.get(request);
        if (device?.kind === "device" && !handled.has(request))
          onUnread?.(device, request.ip, toAppError(error).code);
      },
      handler: async (request, reply) => {
        handled.add(request);
        const result = await handler({
          principal: principals.get(request),
          params: request.params,
          query: request.query,
          body: request.body,
          address: request.ip,
          request,
          reply,
        });
        if (reply.sent) return reply;
        reply.status(endpoint.status ?? 200);
        if (endpoint.contentType !== undefined && reply.getHeader("content-type") === undefined)
          reply.type(endpoint.contentType);
        reply.header("cache-control", "no-store");
        return reply.send(result);
      },
    });
  }
  log.info({ routes: routes.length }, "http.mounted");
}

async function authorise(
  endpoint: AnyEndpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  gates: Gates,
): Promise<PersonPrincipal | DevicePrincipal | undefined> {
  if (endpoint.audience === "public") return undefined;
  if (endpoint.audience === "device") {
    const device = await gates.device.authenticate(request);
    if (device === undefined) {
      reply.header("www-authenticate", 'Bearer realm="gatehouse"');
      throw new AppError("device.credentials_invalid");
    }
    return device;
  }
  if (endpoint.path === "/metrics" && gates.metricsFromLoopback && isDirectLoopback(request))
    return undefined;
  const person = await gates.person.authenticate(request, reply);
  if (person === undefined) throw new AppError("auth.required");
  if (endpoint.permission === undefined || !person.permissions.has(endpoint.permission))
    throw new AppError("auth.forbidden", { permission: endpoint.permission });
  return person;
}

/** From this machine and not through a proxy on it. */
function isDirectLoopback(request: FastifyRequest): boolean {
  return (
    isLoopbackAddress(request.socket.remoteAddress ?? "") &&
    request.headers["x-forwarded-for"] === undefined &&
    request.headers.forwarded === undefined
  );
}

/** `POST /api/v1/devices/:id/commands` → `postDevicesByIdCommands`. */
function operationIdOf({ method, path }: AnyEndpoint): string {
  const words = path
    .replace(/^\/api\/v1/, "")
    .split(/[/-]/)
    .filter((word) => word !== "")
    .map((word) => (word.startsWith(":") ? `by-${word.slice(1)}` : word));
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return (
    method.toLowerCase() +
    words
      .flatMap((word) => word.split("-"))
      .map(capital)
      .join("")
  );
}

function schemaOf(endpoint: AnyEndpoint): Record<string, unknown> {
  const success =
    endpoint.contentType === undefined
      ? endpoint.reply
      : { type: "string", description: endpoint.contentType };
  return {
    operationId: operationIdOf(endpoint),
    summary: endpoint.summary,
    tags: [endpoint.tag],
    ...(endpoint.audience === "public"
      ? { security: [] }
      : { security: endpoint.audience === "device" ? [{ deviceKey: [] }] : [{ session: [] }] }),
    ...(endpoint.permission === undefined ? {} : { description: `Permission: \`${endpoint.permission}\`.` }),
    ...(endpoint.params === undefined ? {} : { params: endpoint.params }),
    querystring: endpoint.query ?? { type: "object", properties: {}, additionalProperties: false },
    ...(endpoint.body === undefined ? {} : { body: endpoint.body }),
    response: { [endpoint.status ?? 200]: success, ...problemReplies(endpoint) },
  };
}
