import type { ErrorCode } from "@gatehouse/base";
import type { Static, TObject, TSchema } from "typebox";
import type { Permission } from "./permissions.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Who may call: `public` anybody (log-in, set-up, health), `operator` a person with a session and the named
 * permission, `device` a device with its credential.
 */
export type Audience = "public" | "operator" | "device";

/** One operation, declared once: the server mounts it, the console is typed by it, OpenAPI is made from it. */
export interface Endpoint<
  P extends TObject = TObject,
  Q extends TObject = TObject,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> {
  readonly method: Method;
  /** Fastify path with `:name` parameters. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly audience: Audience;
  /** Required for `operator`, absent for the others. */
  readonly permission?: Permission;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly reply: R;
  /** HTTP status of success; 200 unless told, 204 means no body. */
  readonly status?: number;
  /** Content type of success when it is not JSON: the handler then returns text, bytes or a stream. */
  readonly contentType?: string;
  /** Codes beyond those any route can answer. */
  readonly errors?: readonly ErrorCode[];
  /** Largest body accepted; 64 KiB unless told. */
  readonly bodyLimitBytes?: number;
  /** Calls per minute for one address; the global limit holds beside it. */
  readonly perMinute?: number;
}

export type AnyEndpoint = Endpoint<TObject, TObject, TSchema, TSchema>;

/** Keeps the literal types, so that a handler and the console know the exact shapes. */
export function endpoint<const E extends AnyEndpoint>(declared: E): E {
  return declared;
}

export type ParamsOf<E> = E extends { readonly params?: infer P extends TObject }
  ? Static<P>
  : Record<string, never>;
export type QueryOf<E> = E extends { readonly query?: infer Q extends TObject }
  ? Static<Q>
  : Record<string, never>;
export type BodyOf<E> = E extends { readonly body?: infer B extends TSchema } ? Static<B> : undefined;
export type ReplyOf<E> = E extends { readonly reply: infer R extends TSchema } ? Static<R> : never;
