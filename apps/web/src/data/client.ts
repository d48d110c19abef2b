import {
  type AnyEndpoint,
  accounts,
  type BodyOf,
  cameras,
  type ParamsOf,
  type QueryOf,
  type ReplyOf,
} from "@gatehouse/contract";
import { ApiError, isApiError, readProblem } from "./api-error.ts";

type Part<Name extends string, T> = {} extends T
  ? { readonly [K in Name]?: T }
  : undefined extends T
    ? { readonly [K in Name]?: undefined }
    : { readonly [K in Name]: T };

/** Of an answer that is bytes: the first and the last that are wanted (RFC 9110 §14). */
export type ByteRange = readonly [first: number, last: number];

/** What a call needs: only the parts its endpoint declares. */
export type Input<E extends AnyEndpoint> = Part<"params", ParamsOf<E>> &
  Part<"query", QueryOf<E>> &
  Part<"body", BodyOf<E>> & { readonly range?: ByteRange };

/** Answers that are handed on unread, as the `Response` itself. */
const UNREAD: ReadonlySet<string> = new Set([
  "application/zip",
  "application/octet-stream",
  "application/vnd.gatehouse.frames",
  "image/jpeg",
]);

interface AnyInput {
  readonly range?: ByteRange;
  readonly params?: Record<string, unknown>;
  readonly query?: Record<string, unknown>;
  readonly body?: unknown;
}

export interface Client {
  /**
   * Calls one endpoint. Throws ApiError, or the signal's reason when it was aborted. A file, frames and a picture are
   * answered as the unread response, so that their bytes can be followed.
   */
  call<E extends AnyEndpoint>(endpoint: E, input: Input<E>, signal?: AbortSignal): Promise<ReplyOf<E>>;
}

/** `/devices/:id` with its parameters and query filled in, each encoded; undefined query members are left out. */
export function urlOf(endpoint: Pick<AnyEndpoint, "path">, input: AnyInput): string {
  const path = endpoint.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String(input.params?.[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

/** What a call may need of the page around it. */
export interface ClientEvents {
  onSessionEnded(): void;
  /** Asks the person to confirm that it is them; false when they would rather not. */
  confirmIdentity(): Promise<boolean>;
  /** Nothing else is answered until the person has set up a second factor. */
  onFactorRequired(): void;
  /** What was asked for is kept until a second person approves it. */
  onHeld(problem: ApiError): void;
}

/**
 * A client over `fetch`. A 401 of an operator endpoint tries the refresh cookie once, shared by all calls that
 * wait, then repeats the call; `onSessionEnded` hears when that fails too. A call that needs a fresh second factor
 * is repeated once the person has given one; one that needs a second person fails, and `onHeld` hears of it.
 */
export function createClient(fetchFn: typeof fetch, events: ClientEvents): Client {
  let refreshing: Promise<void> | undefined;

  async function send(
    endpoint: AnyEndpoint,
    input: AnyInput,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const response = await fetchFn(urlOf(endpoint, input), {
      method: endpoint.method,
      credentials: "same-origin",
      headers: headersOf(input),
      ...(input.body === undefined ? {} : { body: payloadOf(input.body) }),
      ...(signal === undefined ? {} : { signal }),
    }).catch((cause: unknown) => {
      signal?.throwIfAborted();
      throw new ApiError("network", 0, { cause });
    });
    if (!response.ok) throw await readProblem(response);
    if (response.status === 204) return undefined;
    if (UNREAD.has(endpoint.contentType ?? "")) return response;
    if (endpoint.contentType !== undefined) return response.text();
    return response.json().catch((cause: unknown) => {
      throw new ApiError("unexpected", response.status, { cause });
    });
  }

  async function refreshOnce(): Promise<void> {
    refreshing ??= send(accounts.refresh, {}, undefined)
      .then(() => undefined)
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  }

  async function sendFresh(
    endpoint: AnyEndpoint,
    input: AnyInput,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    try {
      return await send(endpoint, input, signal);
    } catch (error) {
      if (endpoint.audience !== "operator" || !isApiError(error) || !needsRefresh(error)) throw error;
    }
    try {
      await refreshOnce();
    } catch (error) {
      if (isApiError(error) && error.status === 401) events.onSessionEnded();
      throw error;
    }
    return send(endpoint, input, signal);
  }

  async function sendConfirmed(
    endpoint: AnyEndpoint,
    input: AnyInput,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    try {
      return await sendFresh(endpoint, input, signal);
    } catch (error) {
      if (isApiError(error, "auth.factor_required")) events.onFactorRequired();
      if (!isApiError(error, "auth.step_up_required") || !(await events.confirmIdentity())) throw error;
    }
    return sendFresh(endpoint, input, signal);
  }

  return {
    async call(endpoint, input, signal) {
      try {
        return (await sendConfirmed(endpoint, input as AnyInput, signal)) as never;
      } catch (error) {
        if (isApiError(error, "approval.required")) events.onHeld(error);
        throw error;
      }
    },
  };
}

const payloadOf = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);

const typeOf = (body: unknown): string =>
  body instanceof Uint8Array ? cameras.UPLOAD_TYPE : "application/json";

const headersOf = ({ body, range }: AnyInput): Record<string, string> => ({
  ...(body === undefined ? {} : { "content-type": typeOf(body) }),
  ...(range === undefined ? {} : { range: `bytes=${range[0]}-${range[1]}` }),
});

const needsRefresh = (error: ApiError): boolean =>
  error.code === "auth.required" || error.code === "auth.session_ended";
