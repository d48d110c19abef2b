import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { ERRORS, type ErrorCode } from "@gatehouse/base";
import { type AnyEndpoint, Problem, RESOURCE_KINDS } from "@gatehouse/contract";
import type { FastifyInstance } from "fastify";

/** The console's mark, in the place of the library's own. */
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 20 20"><path d="M2 18V8.6A8 8 0 0110 1a8 8 0 018 7.6V18h-3.4V9.4A4.6 4.6 0 0010 4.8a4.6 4.6 0 00-4.6 4.6V18z" fill="#62c3cf"/><path d="M8.1 18v-7M11.9 18v-7M5.4 13.2h9.2" stroke="#62c3cf" stroke-width="1.5"/></svg>`;

const ALWAYS: readonly ErrorCode[] = [
  "request.invalid",
  "request.rate_limited",
  "server.internal",
  "server.busy",
];

/** Problem replies of a route by status, each naming the codes it can carry. */
export function problemReplies(endpoint: AnyEndpoint): Record<number, object> {
  const codes: ErrorCode[] = [...ALWAYS, ...(endpoint.errors ?? [])];
  if (endpoint.audience === "operator") codes.push("auth.required", "auth.session_ended", "auth.forbidden");
  if (endpoint.stepUp === true) codes.push("auth.step_up_required");
  if (endpoint.fourEyes !== undefined) codes.push("approval.required");
  if (endpoint.resource !== undefined) codes.push(RESOURCE_KINDS[endpoint.resource.kind]);
  if (endpoint.audience === "device") codes.push("device.credentials_invalid", "device.revoked");
  const byStatus = new Map<number, Set<string>>();
  for (const code of codes) {
    const { status } = ERRORS[code];
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
  }
  const replies = [...byStatus].map(([status, names]) => [
    status,
    { description: [...names].join(", "), content: { "application/problem+json": { schema: Problem } } },
  ]);
  return Object.fromEntries(replies);
}

/** OpenAPI 3.1 from the contract, with Swagger UI at /api/docs. Register before the routes. */
export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Gatehouse",
        version,
        description:
          "Everything the console does, by the same calls. Errors are RFC 9457 problem details; their codes are in docs/errors.md.",
      },
      components: {
        securitySchemes: {
          session: {
            type: "apiKey",
            in: "cookie",
            name: "__Host-gh-access",
            description: "Set by POST /api/v1/auth/login",
          },
          token: { type: "http", scheme: "bearer", description: "A program's token, ghp_…" },
          deviceKey: { type: "http", scheme: "bearer", description: "A device's API key, gh_…" },
        },
      },
    },
  });
  await app.register(swaggerUi, {
    routePrefix: "/api/docs",
    staticCSP: false,
    logo: { type: "image/svg+xml", content: LOGO },
    theme: { title: "Gatehouse API" },
    uiConfig: { deepLinking: true, persistAuthorization: false },
  });
}
