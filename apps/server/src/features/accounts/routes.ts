import { AppError, type Uuid } from "@gatehouse/base";
import { accounts, ROLES } from "@gatehouse/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Route, route } from "../../platform/http/route.ts";
import { productVersion } from "../../platform/http/server.ts";
import { listAccessLog } from "./access-log-store.ts";
import {
  getPerson,
  getPersonById,
  listPeople,
  type PersonRow,
  tenantName,
  updatePerson,
  viewPerson,
} from "./account-store.ts";
import { type AccountsContext, note, type Origin } from "./context.ts";
import type { LoginService } from "./login-service.ts";
import { judgePassword } from "./password-policy.ts";
import type { SessionService, Tokens } from "./session-service.ts";
import type { SetupService } from "./setup-service.ts";
import { describeClient } from "./user-agent.ts";

export interface AccountServices {
  readonly setup: SetupService;
  readonly logins: LoginService;
  readonly sessions: SessionService;
}

const MAX_PAGE = 200;

const originOf = (request: FastifyRequest): Origin => ({
  address: request.ip || "local",
  client: describeClient(request.headers["user-agent"]),
});

export function accountRoutes(
  context: AccountsContext,
  { setup, logins, sessions }: AccountServices,
): Route[] {
  const { db, jar, names, secure } = context;

  const viewMe = async (person: PersonRow, sessionId: Uuid): Promise<accounts.Me> => ({
    person: viewPerson(person),
    sessionId,
    permissions: [...ROLES[person.role]],
    tenant: { id: person.tenant_id, name: await tenantName(db, person.tenant_id) },
    secure,
  });
  const welcome = async (reply: FastifyReply, person: PersonRow, tokens: Tokens): Promise<accounts.Me> => {
    jar.setSession(reply, { ...tokens, known: logins.knownCookie(person.email) });
    return viewMe(person, tokens.sessionId);
  };
  const me = async (tenantId: Uuid, personId: Uuid, sessionId: Uuid): Promise<accounts.Me> =>
    viewMe(await getPerson(db, tenantId, personId), sessionId);

  return [
    route(accounts.getSetup, async () => ({ needed: await setup.isNeeded(), version: productVersion() })),
    route(accounts.completeSetup, async ({ body, request, reply }) => {
      const origin = originOf(request);
      const { personId } = await setup.complete(body, origin);
      return welcome(reply, await getPersonById(db, personId), await sessions.open(personId, origin.client));
    }),
    route(accounts.checkPassword, async ({ body }) => judgePassword(body.password, body.context)),
    route(accounts.login, async ({ body, request, reply }) => {
      const origin = originOf(request);
      const person = await logins.login(body.email, body.password, request.cookies[names.known], origin);
      return welcome(reply, person, await sessions.open(person.id, origin.client));
    }),
    route(accounts.refresh, async ({ request, reply }) => {
      const cookie = request.cookies[names.refresh];
      try {
        if (cookie === undefined) throw new AppError("auth.session_ended");
        const tokens = await sessions.refresh(cookie, originOf(request));
        jar.setSession(reply, tokens);
        return await viewMe(await getPersonById(db, tokens.personId), tokens.sessionId);
      } catch (error) {
        jar.clearSession(reply);
        throw error;
      }
    }),
    route(accounts.logout, async ({ request, reply }) => {
      const token = request.cookies[names.access];
      const found =
        token === undefined ? undefined : await sessions.authenticate(token).catch(() => undefined);
      jar.clearSession(reply);
      if (found === undefined) return {};
      const { tenant_id: tenantId, id: personId, email } = found.person;
      await sessions.end(tenantId, personId, { only: found.sessionId });
      await note(context, { tenantId, personId, kind: "logout", outcome: "ok", email, ...originOf(request) });
      return {};
    }),
    route(accounts.getMe, async ({ principal }) =>
      me(principal.tenantId, principal.personId, principal.sessionId),
    ),
    route(
      accounts.updateMe,
      async ({ principal: { tenantId, personId, sessionId }, body: { singleKeys, ...change } }) => {
        await updatePerson(db, tenantId, personId, { ...change, single_keys: singleKeys });
        return me(tenantId, personId, sessionId);
      },
    ),
    route(
      accounts.changePassword,
      async ({ principal: { tenantId, personId, sessionId }, body, request }) => {
        await logins.changePassword(tenantId, personId, body.current, body.next, originOf(request));
        await sessions.end(tenantId, personId, { except: sessionId });
        return {};
      },
    ),
    route(accounts.listSessions, async ({ principal }) => ({
      items: await sessions.list(principal.personId, principal.name, principal.sessionId),
    })),
    route(accounts.endSession, async ({ principal: { tenantId, personId }, params, request }) => {
      if ((await sessions.end(tenantId, personId, { only: params.id })) === 0)
        throw new AppError("account.not_found");
      await note(context, { tenantId, personId, kind: "session_ended", outcome: "ok", ...originOf(request) });
      return {};
    }),
    route(accounts.endOtherSessions, async ({ principal: { tenantId, personId, sessionId }, request }) => {
      const ended = await sessions.end(tenantId, personId, { except: sessionId });
      if (ended > 0)
        await note(context, {
          tenantId,
          personId,
          kind: "session_ended",
          outcome: "ok",
          reason: `${ended} others`,
          ...originOf(request),
        });
      return { ended };
    }),
    route(accounts.listPeople, async ({ principal }) => ({
      items: (await listPeople(db, principal.tenantId)).map(viewPerson),
    })),
    route(accounts.listAccessLog, async ({ principal, query }) => {
      const limit = Math.min(MAX_PAGE, Math.max(1, Number(query.limit ?? 50)));
      const { outcome, kind, q } = query;
      const before = query.before === undefined ? undefined : Number(query.before);
      const items = await listAccessLog(db, principal.tenantId, { before, limit, outcome, kind, q });
      const last = items.at(-1);
      return { items, ...(items.length === limit && last !== undefined ? { next: last.id } : {}) };
    }),
  ];
}
