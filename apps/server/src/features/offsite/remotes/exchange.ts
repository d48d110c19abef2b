import { type Clock, isAppError } from "@gatehouse/base";
import {
  fetchPinned,
  type Lookup,
  type PinnedRequest,
  type PinnedResponse,
} from "../../../platform/outgoing/index.ts";
import type { Pace } from "./pace.ts";
import { RemoteFailure } from "./remote.ts";

/** Of anything that is no part of a segment. */
const BASE_TIMEOUT_MS = 60_000;
/** A line that is slower than this is taken for broken. */
const SLOWEST_BYTES_PER_MS = 20;
const MAX_REPLY_BYTES = 4 * 1_048_576;

export interface ExchangeDeps {
  readonly clock: Clock;
  readonly allowPrivate: boolean;
  readonly pace: Pace;
  readonly lookup?: Lookup;
}

/** One request to the other side by the rules for outgoing requests, as slow as its target wants it. */
export async function exchange(
  { allowPrivate, pace, lookup }: ExchangeDeps,
  url: string,
  init: Omit<PinnedRequest, "pace"> & { readonly maxBytes?: number },
): Promise<PinnedResponse> {
  const { maxBytes = MAX_REPLY_BYTES, ...request } = init;
  const bytes = (request.body?.length ?? 0) + (init.maxBytes ?? 0);
  const timeoutMs = Math.round(BASE_TIMEOUT_MS + bytes / SLOWEST_BYTES_PER_MS + pace.longestMs(bytes));
  try {
    return await fetchPinned(
      url,
      { ...request, pace: (piece) => pace.take(piece, request.signal) },
      { allowPrivate, timeoutMs, maxBytes, ...(lookup === undefined ? {} : { lookup }) },
    );
  } catch (error) {
    if (isAppError(error, "url.forbidden")) throw new RemoteFailure("address_forbidden", reasonOf(error));
    if (isAppError(error, "url.unreachable"))
      throw new RemoteFailure(reasonOf(error) === "timeout" ? "timeout" : "unreachable", causeOf(error));
    throw error;
  }
}

const reasonOf = (error: { readonly fields: Readonly<Record<string, unknown>> }): string =>
  String(error.fields.reason);

/** What the system says, without addresses: "ECONNREFUSED". */
function causeOf(error: Error & { readonly fields: Readonly<Record<string, unknown>> }): string {
  const code = (error.cause as { readonly code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : reasonOf(error);
}
