import { accounts } from "@gatehouse/contract";
import type { FastifyRequest } from "fastify";
import { type Route, route } from "../../../platform/http/route.ts";
import type { AccountsContext } from "../context.ts";
import type { KnownBrowsers } from "../login/known-browsers.ts";
import type { MailedLinks } from "../login/mailed-links.ts";
import { listTenantIds } from "../people/account-store.ts";
import type { SessionService } from "../sessions/session-service.ts";
import { originOf } from "../visitor.ts";
import { NO_RULES, type PasswordRules } from "./password-policy.ts";
import type { PasswordService } from "./password-service.ts";

export interface PasswordRouteParts {
  readonly known: KnownBrowsers;
  readonly links: MailedLinks;
  readonly passwords: PasswordService;
  readonly sessions: SessionService;
}

export function passwordRoutes(
  context: AccountsContext,
  { known, links, passwords, sessions }: PasswordRouteParts,
): Route[] {
  const { db, jar, names, passwordRules } = context;

  /** Of whoever is logged in; of the only organisation for somebody who is about to have an account. */
  const rulesFor = async (request: FastifyRequest): Promise<PasswordRules> => {
    const token = request.cookies[names.access];
    const found = token === undefined ? undefined : await sessions.authenticate(token).catch(() => undefined);
    if (found !== undefined) return passwordRules(found.person.tenant_id);
    const [only, another] = await listTenantIds(db);
    return only === undefined || another !== undefined ? NO_RULES : passwordRules(only);
  };

  return [
    route(accounts.checkPassword, async ({ body, request }) =>
      context.passwords.judge(body.password, body.context, await rulesFor(request)),
    ),
    route(accounts.changePassword, async ({ principal, body, request }) => {
      await passwords.change(principal, body.current, body.next, originOf(request));
      return {};
    }),
    route(accounts.requestPasswordReset, async ({ body, request }) =>
      links.request("reset", body.email, {
        device: known.find(request.cookies[names.known], body.email) ?? "",
      }),
    ),
    route(accounts.resetPassword, async ({ body, reply }) => {
      await passwords.reset(body.token, body.password);
      jar.clearSession(reply);
      return {};
    }),
  ];
}
