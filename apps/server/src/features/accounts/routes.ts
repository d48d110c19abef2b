import { AppError, isAppError, type Uuid } from "@gatehouse/base";
import { accounts, ROLES } from "@gatehouse/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { PersonPrincipal } from "../../platform/http/principal.ts";
import { type Route, route } from "../../platform/http/route.ts";
import { productVersion } from "../../platform/http/server.ts";
import { listAccessLog } from "./access-log/access-log-store.ts";
import { type AccountsContext, note, type Origin } from "./context.ts";
import type { LoginService } from "./login/login-service.ts";
import { getPerson, listPeople, type PersonRow, updatePerson, viewPerson } from "./people/account-store.ts";
import type { Languages } from "./people/languages.ts";
import type { SessionService, Tokens, Which } from "./sessions/session-service.ts";
import { describeClient } from "./sessions/user-agent.ts";
import type { SetupService } from "./setup/setup-service.ts";

export interface AccountServices {
  readonly setup: SetupService;
  readonly logins: LoginService;
  readonly sessions: SessionService;
  readonly languages: Languages;
}

const MAX_PAGE = 200;

const originOf = (request: FastifyRequest): Origin => ({
  address: request.ip || "local",
  client: describeClient(request.headers["user-agent"]),
});

export function accountRoutes(
  context: AccountsContext,
  { setup, logins, sessions, languages }: AccountServices,
): Route[] {
  const { db, jar, names, passwords, secure } = context;

  const viewMe = (person: PersonRow, sessionId: Uuid): accounts.Me => ({
    person: viewPerson(person),
    sessionId,
    permissions: [...ROLES[person.role]],
    tenant: { id: person.tenant_id, name: context.organisation(person.tenant_id) },
    secure,
    mustEnrolFactor: false,
  });
  const welcome = (reply: FastifyReply, person: PersonRow, tokens: Tokens): accounts.Me => {
    jar.setSession(reply, { ...tokens, known: logins.knownCookie(person.email) });
    return viewMe(person, tokens.sessionId);
  };
  const endAndNote = ({ tenantId, personId }: PersonPrincipal, which: Which, request: FastifyRequest) =>
    sessions.end({ tenantId, personId }, which, async (tx, ended) => {
      const event = { tenantId, personId, kind: "session_ended", outcome: "ok" } as const;
      for (let i = 0; i < ended; i++) await note(context, tx, { ...event, ...originOf(request) });
    });
  const me = async (tenantId: Uuid, personId: Uuid, sessionId: Uuid): Promise<accounts.Me> =>
    viewMe(await getPerson(db, tenantId, personId), sessionId);

  return [
    route(accounts.getSetup, async () => ({ needed: await setup.isNeeded(), version: productVersion() })),
    route(accounts.completeSetup, async ({ body, request, reply }) => {
      const { person, ...tokens } = await setup.complete(body, originOf(request));
      await languages.load();
      return welcome(reply, await getPerson(db, person.tenantId, person.personId), tokens);
    }),
    route(accounts.checkPassword, async ({ body }) => passwords.judge(body.password, body.context)),
    route(accounts.login, async ({ body, request, reply }) => {
      const known = request.cookies[names.known];
      const { person, tokens } = await logins.login(body.email, body.password, known, originOf(request));
      return { step: "done" as const, me: welcome(reply, person, tokens) };
    }),
    route(accounts.refresh, async ({ request, reply }) => {
      try {
        const { person, ...tokens } = await sessions.refresh(
          request.cookies[names.refresh],
          originOf(request),
        );
        jar.setSession(reply, tokens);
        return viewMe(person, tokens.sessionId);
      } catch (error) {
        if (isAppError(error, "auth.session_ended")) jar.clearSession(reply);
        throw error;
      }
    }),
    route(accounts.logout, async ({ request, reply }) => {
      const { [names.access]: access, [names.refresh]: secret } = request.cookies;
      await sessions.logOut(access, secret, originOf(request));
      jar.clearSession(reply);
      return {};
    }),
    route(accounts.getMe, async ({ principal }) =>
      me(principal.tenantId, principal.personId, principal.sessionId),
    ),
    route(
      accounts.updateMe,
      async ({ principal: { tenantId, personId, sessionId }, body: { singleKeys, ...change } }) => {
        await updatePerson(db, tenantId, personId, { ...change, single_keys: singleKeys });
        if (change.language !== undefined) await languages.load();
        return me(tenantId, personId, sessionId);
      },
    ),
    route(accounts.changePassword, async ({ principal, body, request }) => {
      await logins.changePassword(principal, body.current, body.next, originOf(request));
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
