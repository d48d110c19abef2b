import type { FastifyReply } from "fastify";

export interface CookieNames {
  readonly access: string;
  readonly refresh: string;
  readonly known: string;
  /** A log-in between its steps. */
  readonly login: string;
  /** Of the browser that asked for a mailed link. */
  readonly link: string;
  /** That a passkey's challenge is ours. */
  readonly challenge: string;
}

/** `__Host-` ties a cookie to this origin over TLS (RFC 6265bis §4.1.3.2); plain HTTP on loopback cannot have it. */
export const cookieNames = (secure: boolean): CookieNames => named(secure ? "__Host-gh-" : "gh-");

const named = (prefix: string): CookieNames => ({
  access: `${prefix}access`,
  refresh: `${prefix}refresh`,
  known: `${prefix}known`,
  login: `${prefix}login`,
  link: `${prefix}link`,
  challenge: `${prefix}challenge`,
});

export interface CookieJar {
  setSession(
    reply: FastifyReply,
    tokens: { readonly access: string; readonly refresh?: string; readonly known?: string },
  ): void;
  clearSession(reply: FastifyReply): void;
  /** What a log-in needs between two requests; half an hour at the longest. */
  setStep(reply: FastifyReply, name: "login" | "link" | "challenge", value: string): void;
  clearStep(reply: FastifyReply, name: "login" | "link" | "challenge"): void;
}

const REFRESH_SECONDS = 14 * 86_400;
const STEP_SECONDS = 30 * 60;
const KNOWN_SECONDS = 365 * 86_400;

export function createCookieJar(names: CookieNames, secure: boolean, accessSeconds: number): CookieJar {
  const common = { path: "/", httpOnly: true, secure, sameSite: "strict" as const };
  return {
    setSession(reply, { access, refresh, known }) {
      reply.setCookie(names.access, access, { ...common, maxAge: accessSeconds });
      if (refresh !== undefined)
        reply.setCookie(names.refresh, refresh, { ...common, maxAge: REFRESH_SECONDS });
      if (known !== undefined) reply.setCookie(names.known, known, { ...common, maxAge: KNOWN_SECONDS });
    },
    clearSession(reply) {
      reply.clearCookie(names.access, common);
      reply.clearCookie(names.refresh, common);
    },
    setStep(reply, name, value) {
      reply.setCookie(names[name], value, { ...common, maxAge: STEP_SECONDS });
    },
    clearStep(reply, name) {
      reply.clearCookie(names[name], common);
    },
  };
}
