import type { FastifyReply } from "fastify";

export interface CookieNames {
  readonly access: string;
  readonly refresh: string;
  readonly known: string;
}

/** `__Host-` ties a cookie to this origin over TLS (RFC 6265bis §4.1.3.2); plain HTTP on loopback cannot have it. */
export const cookieNames = (secure: boolean): CookieNames =>
  secure
    ? { access: "__Host-gh-access", refresh: "__Host-gh-refresh", known: "__Host-gh-known" }
    : { access: "gh-access", refresh: "gh-refresh", known: "gh-known" };

export interface CookieJar {
  setSession(
    reply: FastifyReply,
    tokens: { readonly access: string; readonly refresh?: string; readonly known?: string },
  ): void;
  clearSession(reply: FastifyReply): void;
}

const REFRESH_SECONDS = 14 * 86_400;
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
  };
}
