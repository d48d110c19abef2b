import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, Email, line, object, UnixMs } from "../schemas.ts";
import { CodeSent, FactorAnswer, FactorChoice, SentFactor } from "./factor-answers.ts";
import { LinkToken, RequestTaken } from "./link.ts";
import { Me } from "./me.ts";
import { Password } from "./passwords.ts";
import { AuthenticationResponse, RequestOptions } from "./webauthn.ts";

/**
 * Where a log-in stands. `done`: the session cookies are set. `factor_needed`: a cookie holds the half-done log-in
 * for ten minutes; any one of `factors` finishes it. docs/accounts.md tells the steps.
 */
export const LoginStep = Type.Union([
  object({ step: Type.Literal("done"), me: Me }),
  object({
    step: Type.Literal("factor_needed"),
    factors: Type.Array(FactorChoice),
    expiresMs: UnixMs,
  }),
]);
export type LoginStep = Static<typeof LoginStep>;

export const login = endpoint({
  method: "POST",
  path: "/api/v1/auth/login",
  tag: "people",
  audience: "public",
  perMinute: 60,
  summary: "Log in with e-mail address and password: the first step",
  body: object({ email: line(254), password: Password }),
  reply: LoginStep,
  errors: ["auth.invalid_credentials", "auth.throttled"],
  unrecorded:
    "a first step may come before the log-in is done; login.done and login.refused are written where they happen",
});
export const getLogin = endpoint({
  method: "GET",
  path: "/api/v1/auth/login",
  tag: "people",
  audience: "public",
  perMinute: 120,
  summary: "Where this browser's half-done log-in stands, after a reload for example",
  reply: LoginStep,
  errors: ["auth.login_expired"],
});
export const cancelLogin = endpoint({
  method: "DELETE",
  path: "/api/v1/auth/login",
  tag: "people",
  audience: "public",
  summary: "Forget this browser's half-done log-in",
  reply: Done,
  unrecorded: "nobody was logged in yet",
});
export const sendLoginCode = endpoint({
  method: "POST",
  path: "/api/v1/auth/login/code",
  tag: "people",
  audience: "public",
  perMinute: 20,
  summary: "Send a code to finish a half-done log-in; it replaces every earlier one",
  body: object({ factor: SentFactor }),
  reply: CodeSent,
  errors: [
    "auth.login_expired",
    "auth.factor_unavailable",
    "auth.throttled",
    "auth.message_limit",
    "auth.message_day_limit",
  ],
  unrecorded: "nobody is logged in yet; the message is in the outbox",
});
export const answerLogin = endpoint({
  method: "POST",
  path: "/api/v1/auth/login/factor",
  tag: "people",
  audience: "public",
  perMinute: 60,
  summary: "Finish a half-done log-in with a code, or with the password after a mailed link",
  body: FactorAnswer,
  reply: LoginStep,
  errors: [
    "auth.login_expired",
    "auth.code_wrong",
    "auth.code_expired",
    "auth.codes_exhausted",
    "auth.factor_unavailable",
    "auth.invalid_credentials",
    "auth.throttled",
  ],
  records: ["login.done"],
});
export const startPasskeyLogin = endpoint({
  method: "POST",
  path: "/api/v1/auth/passkey/options",
  tag: "people",
  audience: "public",
  perMinute: 60,
  summary:
    "Options for a passkey: the half-done log-in's person's own when there is one, else whichever the browser has",
  reply: RequestOptions,
  errors: ["auth.passkey_on_address"],
  unrecorded: "a challenge, for anybody",
});
export const finishPasskeyLogin = endpoint({
  method: "POST",
  path: "/api/v1/auth/passkey",
  tag: "people",
  audience: "public",
  perMinute: 60,
  summary: "Log in, or finish a half-done log-in, with a passkey",
  body: object({ response: AuthenticationResponse }),
  reply: LoginStep,
  errors: ["auth.passkey_refused", "auth.login_expired", "auth.passkey_on_address", "auth.throttled"],
  records: ["login.done"],
});
export const requestLoginLink = endpoint({
  method: "POST",
  path: "/api/v1/auth/link",
  tag: "people",
  audience: "public",
  perMinute: 20,
  summary: "Send a log-in link; the answer is the same whether the account exists or not",
  body: object({ email: Email }),
  reply: RequestTaken,
  status: 202,
  unrecorded: "anybody can ask for any address; what comes of it is recorded",
});
export const openLoginLink = endpoint({
  method: "POST",
  path: "/api/v1/auth/link/open",
  tag: "people",
  audience: "public",
  perMinute: 20,
  summary: "Log in with a link's token, in the browser that asked for it: the first step",
  body: object({ token: LinkToken }),
  reply: LoginStep,
  errors: ["auth.link_invalid"],
  unrecorded:
    "a first step may come before the log-in is done; login.done and login.refused are written where they happen",
});
