import { AppError, isAppError } from "@gatehouse/base";
import { accounts } from "@gatehouse/contract";
import type { FastifyRequest } from "fastify";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { type Route, route } from "../../../platform/http/route.ts";
import { type AccountsContext, note } from "../context.ts";
import { originOf, sessionCookies } from "../visitor.ts";
import { viewMe } from "./me.ts";
import type { SessionService, Which } from "./session-service.ts";

export function sessionRoutes(context: AccountsContext, sessions: SessionService): Route[] {
  const { jar, names } = context;

  /** Who ends sessions has just proved who they are: a thief of one must not throw out the owner (ASVS 7.5.2). */

  const endAndNote = async (principal: PersonPrincipal, which: Which, request: FastifyRequest) => {
    const { tenantId, personId, sessionId, stepUpMs } = principal;
    await sessions.assertFresh(sessionId, stepUpMs);
    return sessions.end({ tenantId, personId }, which, async (tx, ended) => {
      const event = { tenantId, personId, kind: "session_ended", outcome: "ok" } as const;
      for (let i = 0; i < ended; i++) await note(context, tx, { ...event, ...originOf(request) });
    });
  };

  return [
    route(accounts.refresh, async ({ request, reply }) => {
      try {
        const { person, ...session } = await sessions.refresh(
          request.cookies[names.refresh],
          originOf(request),
        );
        jar.setSession(reply, session);
        return await viewMe(context, person, session);
      } catch (error) {
        if (isAppError(error, "auth.session_ended")) jar.clearSession(reply);
        throw error;
      }
    }),
    route(accounts.logout, async ({ request, reply }) => {
      await sessions.logOut(sessionCookies(names, request), originOf(request));
      jar.clearSession(reply);
      return {};
    }),
    route(accounts.listSessions, async ({ principal }) => ({
      items: await sessions.list(principal.personId, principal.name, principal.sessionId),
    })),
    route(accounts.endSession, async ({ principal, params, request }) => {
      const ended = await endAndNote(principal, { only: params.id }, request);
      if (ended === 0) throw new AppError("account.not_found");
      return {};
    }),
    route(accounts.endOtherSessions, async ({ principal, request }) => ({
      ended: await endAndNote(principal, { except: principal.sessionId }, request),
    })),
    route(accounts.endEverySession, async ({ principal, request, reply }) => {
      const ended = await endAndNote(principal, {}, request);
      jar.clearSession(reply);
      return { ended };
    }),
  ];
}
