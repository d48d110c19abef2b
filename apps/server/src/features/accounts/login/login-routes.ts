import { accounts } from "@gatehouse/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Route, route } from "../../../platform/http/route.ts";
import type { AccountsContext } from "../context.ts";
import { viewMe } from "../sessions/me.ts";
import type { SessionService } from "../sessions/session-service.ts";
import { sessionCookies, visitorOf } from "../visitor.ts";
import type { Step } from "./admission.ts";
import type { KnownBrowsers } from "./known-browsers.ts";
import type { LinkLogin } from "./link-login.ts";
import type { LoginService } from "./login-service.ts";
import type { PasskeyLogin } from "./passkey-login.ts";

export interface LoginRouteParts {
  readonly known: KnownBrowsers;
  readonly links: LinkLogin;
  readonly logins: LoginService;
  readonly passkeys: PasskeyLogin;
  readonly sessions: SessionService;
}

/** Log-in in steps (docs/accounts.md). */
export function loginRoutes(context: AccountsContext, parts: LoginRouteParts): Route[] {
  const { jar, messenger, names } = context;
  const { known, links, logins, passkeys, sessions } = parts;
  const visitor = (request: FastifyRequest) => visitorOf(names, request);

  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    step: Step,
  ): Promise<accounts.LoginStep> => {
    if (step.step === "factor_needed") {
      const { cookie, factors, expiresMs } = step;
      jar.setStep(reply, "login", cookie);
      return { step: "factor_needed", factors, expiresMs };
    }
    const { person, tokens } = step;
    await sessions.endHeld(sessionCookies(names, request));
    const before = request.cookies[names.known];
    const isKnown = known.find(before, person.email) !== undefined;
    jar.setSession(reply, {
      ...tokens,
      known: isKnown && before !== undefined ? before : known.cookie(person.email),
    });
    jar.clearStep(reply, "login");
    messenger.wake();
    return { step: "done", me: await viewMe(context, person, tokens) };
  };

  return [
    route(accounts.login, async ({ body, request, reply }) =>
      answer(request, reply, await logins.logIn(body.email, body.password, visitor(request))),
    ),
    route(accounts.getLogin, async ({ request, reply }) =>
      answer(request, reply, await logins.state(request.cookies[names.login])),
    ),
    route(accounts.cancelLogin, async ({ request, reply }) => {
      await logins.cancel(request.cookies[names.login]);
      jar.clearStep(reply, "login");
      return {};
    }),
    route(accounts.sendLoginCode, async ({ body, request }) =>
      logins.sendCode(request.cookies[names.login], body.factor),
    ),
    route(accounts.answerLogin, async ({ body, request, reply }) => {
      const step =
        "password" in body
          ? await logins.answerPassword(body.password, visitor(request))
          : await logins.answer(body.factor, body.code, visitor(request));
      return answer(request, reply, step);
    }),
    route(accounts.startPasskeyLogin, async ({ request, reply }) => {
      const { options, cookie } = await passkeys.options(request.cookies[names.login]);
      if (cookie !== undefined) jar.setStep(reply, "challenge", cookie);
      return options;
    }),
    route(accounts.finishPasskeyLogin, async ({ body, request, reply }) => {
      const challenge = request.cookies[names.challenge];
      const step = await passkeys.finish(body.response, challenge, visitor(request));
      jar.clearStep(reply, "challenge");
      return answer(request, reply, step);
    }),
    route(accounts.requestLoginLink, async ({ body, request, reply }) => {
      const { expiresMs, cookie } = await links.request(body.email, visitor(request));
      jar.setStep(reply, "link", cookie);
      return { expiresMs };
    }),
    route(accounts.openLoginLink, async ({ body, request, reply }) =>
      answer(request, reply, await links.open(body.token, visitor(request))),
    ),
  ];
}
