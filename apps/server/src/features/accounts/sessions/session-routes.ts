import { AppError, isAppError } from "@gatehouse/base";
import { accounts } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { type Route, route } from "../../../platform/http/route.ts";
import type { AccountsContext } from "../context.ts";
import { originOf, sessionCookies } from "../visitor.ts";
import { viewMe } from "./me.ts";
import type { SessionService, Which } from "./session-service.ts";

export function sessionRoutes(context: AccountsContext, sessions: SessionService): Route[] {
  const { jar, names } = context;
  /** Who ends sessions has just proved who they are: a thief of one must not throw out the owner (ASVS 7.5.2). */
  const end = async ({ tenantId, personId, sessionId, stepUpMs }: PersonPrincipal, which: Which) => {
    await sessions.assertFresh(sessionId, stepUpMs);
    return sessions.end({ tenantId, personId }, which);
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
      await sessions.endHeld(sessionCookies(names, request));
      jar.clearSession(reply);
      return {};
    }),
    route(accounts.listSessions, async ({ principal }) => ({
      items: await sessions.list(principal.personId, principal.name, principal.sessionId),
    })),
    route(accounts.endSession, async ({ principal, params }) => {
      const ended = await end(principal, { only: params.id });
      if (ended === 0) throw new AppError("account.not_found");
      return {};
    }),
    route(accounts.endOtherSessions, async ({ principal }) => ({
      ended: await end(principal, { except: principal.sessionId }),
    })),
    route(accounts.endEverySession, async ({ principal, reply }) => {
      const ended = await end(principal, {});
      jar.clearSession(reply);
      return { ended };
    }),
  ];
}
