import type { Readable } from "node:stream";
import type { ErrorCode } from "@gatehouse/base";
import type { AnyEndpoint, access, BodyOf, ParamsOf, QueryOf, ReplyOf } from "@gatehouse/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { DevicePrincipal, PersonPrincipal } from "./principal.ts";

type PrincipalOf<E> = E extends { readonly audience: "operator" }
  ? PersonPrincipal
  : E extends { readonly audience: "device" }
    ? DevicePrincipal
    : undefined;

/** What a handler gets: checked input, and who asks. `request`/`reply` only for cookies, addresses and streams. */
export interface Call<E> {
  readonly principal: PrincipalOf<E>;
  /** What of the organisation the answer may be about: goes into every query that lists. */
  readonly scope: E extends { readonly audience: "public" } ? undefined : access.Scope;
  readonly params: ParamsOf<E>;
  readonly query: QueryOf<E>;
  readonly body: BodyOf<E>;
  /** The caller's address, after the trusted proxies. */
  readonly address: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

type Result<E> = E extends { readonly contentType: string } ? string | Uint8Array | Readable : ReplyOf<E>;

export interface Route {
  readonly endpoint: AnyEndpoint;
  // biome-ignore lint/suspicious/noExplicitAny: the pair is checked by route(); the list holds routes of every shape
  readonly handler: (call: any) => Promise<unknown>;
  readonly onUnread?: OnUnread;
}

/** Told of a known device's request that was refused before the handler saw it: for its body, say. */
export type OnUnread = (device: DevicePrincipal, address: string, code: ErrorCode) => void;

/** Binds an endpoint of the contract to its handler; the mount does the rest. */
export function route<const E extends AnyEndpoint>(
  endpoint: E,
  handler: (call: Call<E>) => Promise<Result<E>>,
  onUnread?: OnUnread,
): Route {
  return { endpoint, handler, ...(onUnread === undefined ? {} : { onUnread }) };
}
