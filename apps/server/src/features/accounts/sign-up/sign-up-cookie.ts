import { isUuid, type Random, type Uuid } from "@gatehouse/base";
import type { FastifyReply, FastifyRequest } from "fastify";
import { newToken, sha256Hex } from "../../../platform/secrets/index.ts";

const MAX_AGE_S = 30 * 86_400;

/** What ties a sign-up to the browser that began it, or that proved to be the same person's. */
export interface BrowserTie {
  readonly id: Uuid;
  readonly hash: string;
}

export class SignUpCookie {
  readonly #name: string;
  readonly #options: object;
  readonly #random: Random;

  constructor(secure: boolean, random: Random) {
    this.#name = secure ? "__Host-gh-sign-up" : "gh-sign-up";
    this.#options = { path: "/", httpOnly: true, secure, sameSite: "strict" };
    this.#random = random;
  }

  newTie(id: Uuid): { readonly cookie: string; readonly hash: string } {
    const secret = newToken(this.#random, 24);
    return { cookie: `${id}.${secret}`, hash: sha256Hex(secret) };
  }

  read(request: FastifyRequest): BrowserTie | undefined {
    const [id = "", secret = ""] = (request.cookies[this.#name] ?? "").split(".", 2);
    return isUuid(id) && secret !== "" ? { id, hash: sha256Hex(secret) } : undefined;
  }

  set(reply: FastifyReply, cookie: string): void {
    reply.setCookie(this.#name, cookie, { ...this.#options, maxAge: MAX_AGE_S });
  }

  clear(reply: FastifyReply): void {
    reply.clearCookie(this.#name, this.#options);
  }
}
