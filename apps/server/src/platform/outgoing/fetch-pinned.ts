import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { request as tlsRequest } from "node:https";
import { isIP } from "node:net";
import { pipeline, Readable } from "node:stream";
import { AppError, isAppError } from "@gatehouse/base";
import { hostOf, type OutgoingOptions, type OutgoingTarget, resolveOutgoing } from "./resolve.ts";

export interface PinnedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Asked before each piece of the body leaves. */
  pace?(this: void, bytes: number): Promise<void>;
}

/** Of a body whose pace is given. */
const PIECE_BYTES = 65_536;

export interface PinnedOptions extends OutgoingOptions {
  /** For everything together: name, connection, TLS, request and the whole answer. */
  readonly timeoutMs: number;
  /** Largest body taken; a longer one is cut off and refused. */
  readonly maxBytes: number;
}

export interface PinnedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/**
 * One HTTP request to the address that was checked. Redirects are not followed (a 3xx is an answer like any
 * other), no connection is kept, no proxy and no cookie is used. TLS certificates are checked against the URL's
 * name. Refuses `url.forbidden`, or `url.unreachable` with `reason` name, connection, timeout or too_large.
 */
export async function fetchPinned(
  url: string | URL,
  init: PinnedRequest,
  options: PinnedOptions,
): Promise<PinnedResponse> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = init.signal === undefined ? deadline : AbortSignal.any([deadline, init.signal]);
  try {
    const target = await orAborted(resolveOutgoing(url, options), signal);
    return await exchange(target, { ...init, signal }, options.maxBytes);
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    if (init.signal?.aborted === true) throw init.signal.reason;
    throw new AppError("url.unreachable", { reason: deadline.aborted ? "timeout" : "connection" }, { cause });
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function exchange(target: OutgoingTarget, init: PinnedRequest, maxBytes: number): Promise<PinnedResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = open(target, init);
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      readBody(response, maxBytes).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        (error: unknown) => {
          outgoing.destroy();
          reject(error);
        },
      );
    });
    if (init.pace === undefined || init.body === undefined) outgoing.end(init.body);
    // What goes wrong is heard by the request's own listeners.
    else pipeline(Readable.from(pieces(init.body, init.pace)), outgoing, () => undefined);
  });
}

async function* pieces(
  body: string | Uint8Array,
  pace: (bytes: number) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    await pace(piece.length);
    yield piece;
  }
}

function open({ url, address, family }: OutgoingTarget, init: PinnedRequest): ClientRequest {
  const host = hostOf(url);
  return (url.protocol === "https:" ? tlsRequest : request)({
    agent: false,
    host: address,
    family,
    // RFC 6066 §3: a literal address is no server name; the certificate is then checked against the address.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(url.port === "" ? {} : { port: Number(url.port) }),
    path: url.pathname + url.search,
    method: init.method ?? "GET",
    headers: {
      ...init.headers,
      ...(init.body === undefined ? {} : { "content-length": Buffer.byteLength(init.body) }),
      host: url.host,
      connection: "close",
    },
    ...(init.signal === undefined ? {} : { signal: init.signal }),
  });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let lengthBytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    lengthBytes += chunk.length;
    if (lengthBytes > maxBytes) throw new AppError("url.unreachable", { reason: "too_large" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
