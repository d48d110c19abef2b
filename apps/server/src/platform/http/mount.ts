import type { Logger } from "@gatehouse/base";
import { type AnyEndpoint, PERSON_ONLY_PERMISSIONS } from "@gatehouse/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Admitted, authorise, type Gates, identifiedAs } from "./authorise.ts";
import { problemReplies } from "./openapi.ts";
import { toAppError } from "./problem.ts";
import { actRecorded, assertAccounted } from "./recorded.ts";
import type { Refused } from "./refusals.ts";
import type { Route } from "./route.ts";
import type { Acts, HeldAct, SecondPerson } from "./second-person.ts";

const DEFAULT_BODY_LIMIT_BYTES = 65_536;

/** Refuses a declaration that would leave a door open; runs before the server listens. */
export function assertDeclared(endpoint: AnyEndpoint): void {
  const where = `${endpoint.method} ${endpoint.path}`;
  if (endpoint.audience === "operator" && endpoint.permission === undefined)
    throw new Error(`${where}: an operator route needs a permission`);
  if (endpoint.audience !== "operator" && endpoint.permission !== undefined)
    throw new Error(`${where}: only operator routes have a permission`);
  if (endpoint.resource !== undefined && !endpoint.path.includes(`:${endpoint.resource.param}`))
    throw new Error(`${where}: the address does not name its ${endpoint.resource.kind}`);
  if (endpoint.audience === "operator" && endpoint.permission !== "self" && endpoint.path.includes(":id"))
    if (endpoint.resource === undefined) throw new Error(`${where}: an address with an id names a resource`);
  if (endpoint.fourEyes !== undefined && (endpoint.method === "GET" || endpoint.contentType !== undefined))
    throw new Error(`${where}: only a change can wait for a second person`);
  assertAccounted(endpoint);
}

export interface MountGates extends Gates {
  readonly secondPerson: SecondPerson;
  /** A change succeeded and nothing was recorded of it. */
  readonly onUnrecorded: (endpoint: AnyEndpoint) => void;
  readonly onRefused: (refused: Refused) => void;
}

/** Puts every route on the server: who may call is decided before the body is used. */
export function mount(app: FastifyInstance, routes: readonly Route[], gates: MountGates, log: Logger): Acts {
  const mounted = new Map<string, Route>();
  for (const one of routes) {
    const { endpoint, handler, onUnread } = one;
    assertDeclared(endpoint);
    const key = `${endpoint.method} ${endpoint.path}`;
    if (mounted.has(key)) throw new Error(`${key} is mounted twice`);
    mounted.set(key, one);
    const admissions = new WeakMap<FastifyRequest, Admitted>();
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
        const admitted = await authorise(endpoint, request, reply, gates);
        if (admitted !== undefined) admissions.set(request, admitted);
      },
      onError: async (request, _reply, thrown) => {
        const error = toAppError(thrown);
        const principal = admissions.get(request)?.principal ?? identifiedAs(request);
        gates.onRefused({ error, endpoint, request, principal });
        if (principal?.kind === "device" && !handled.has(request))
          onUnread?.(principal, request.ip, error.code);
      },
      handler: async (request, reply) => {
        handled.add(request);
        const { principal, scope } = admissions.get(request) ?? {};
        const result = await actRecorded({ endpoint, principal, request }, gates.onUnrecorded, async () => {
          const { params, query, body } = request as Asked;
          if (endpoint.fourEyes !== undefined && principal?.kind === "person")
            await gates.secondPerson.hold({ endpoint, principal, params, query, body });
          return handler({ principal, scope, params, query, body, address: request.ip, request, reply });
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
  return { find: (key) => mounted.get(key) };
}

type Asked = Pick<HeldAct, "params" | "query" | "body">;

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

/** Programs ask with a token, but for what needs a person. */
const operatorSecurity = ({ permission, stepUp }: AnyEndpoint): object[] =>
  stepUp === true || permission === undefined || PERSON_ONLY_PERMISSIONS.includes(permission)
    ? [{ session: [] }]
    : [{ session: [] }, { token: [] }];

function demandsOf({ permission, resource, partial, stepUp, fourEyes }: AnyEndpoint): string {
  return [
    `Permission: \`${permission}\``,
    ...(resource === undefined ? [] : [`on the ${resource.kind.replaceAll("_", " ")}`]),
    ...(partial === true ? ["anywhere; answers what it reaches"] : []),
    ...(stepUp === true ? ["a second factor in the last five minutes"] : []),
    ...(fourEyes === undefined ? [] : [`a second person where \`${fourEyes}\` demands one`]),
  ].join("; ");
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
      : { security: endpoint.audience === "device" ? [{ deviceKey: [] }] : operatorSecurity(endpoint) }),
    ...(endpoint.permission === undefined ? {} : { description: demandsOf(endpoint) }),
    ...(endpoint.params === undefined ? {} : { params: endpoint.params }),
    querystring: endpoint.query ?? { type: "object", properties: {}, additionalProperties: false },
    ...(endpoint.body === undefined ? {} : { body: endpoint.body }),
    response: { [endpoint.status ?? 200]: success, ...problemReplies(endpoint) },
  };
}
