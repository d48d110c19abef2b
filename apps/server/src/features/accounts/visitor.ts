import type { FastifyRequest } from "fastify";
import type { Origin } from "./context.ts";
import type { Visitor } from "./login/admission.ts";
import type { CookieNames } from "./sessions/cookies.ts";
import type { HeldCookies } from "./sessions/session-service.ts";
import { describeClient } from "./sessions/user-agent.ts";

export const originOf = (request: FastifyRequest): Origin => ({
  address: request.ip || "local",
  client: describeClient(request.headers["user-agent"]),
});

export const sessionCookies = (names: CookieNames, { cookies }: FastifyRequest): HeldCookies => ({
  access: cookies[names.access],
  refresh: cookies[names.refresh],
});

export const visitorOf = ({ login, known, link }: CookieNames, request: FastifyRequest): Visitor => ({
  pending: request.cookies[login],
  known: request.cookies[known],
  link: request.cookies[link],
  origin: originOf(request),
});
