import type { AnyEndpoint, ReplyOf } from "@gatehouse/contract";
import { QueryClient, queryOptions, useMutation } from "@tanstack/react-query";
import { type ApiError, isApiError } from "./api-error.ts";
import { createClient, type Input } from "./client.ts";
import { tellHeld } from "./held.ts";
import { askToConfirm } from "./identity.ts";

const session = new EventTarget();

function listen(event: "end" | "factor", listener: () => void): () => void {
  session.addEventListener(event, listener);
  return () => session.removeEventListener(event, listener);
}

/** Hears that the session ended and cannot be refreshed. Returns how to stop hearing. */
export const onSessionEnded = (listener: () => void): (() => void) => listen("end", listener);

/** Hears that a second factor has to be set up before anything else is answered. Returns how to stop hearing. */
export const onFactorRequired = (listener: () => void): (() => void) => listen("factor", listener);

/** The console's only way to the network beside the live socket. */
export const { call } = createClient((...args) => fetch(...args), {
  onSessionEnded: () => session.dispatchEvent(new Event("end")),
  onFactorRequired: () => session.dispatchEvent(new Event("factor")),
  confirmIdentity: askToConfirm,
  onHeld: tellHeld,
});

const MAX_RETRIES = 2;
/** Whoever looks at a page waits no longer for each. */
const LONGEST_PAUSE_MS = 6_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      /** A browser's idea of being offline says nothing about a server on the same machine or network. */
      networkMode: "always",
      retryDelay: (failures, error) =>
        Math.min(LONGEST_PAUSE_MS, (isApiError(error) && error.retryAfterMs) || 1_000 * 2 ** failures),
      retry: (failures, error) => failures < MAX_RETRIES && isApiError(error) && error.retry,
    },
    mutations: { networkMode: "always", retry: false },
  },
});

/** Options for `useQuery`: `useQuery(query(devices.listDevices, { query: { q } }))`. Aborted when nobody waits. */
export function query<E extends AnyEndpoint>(endpoint: E, input: Input<E>) {
  return queryOptions<ReplyOf<E>, ApiError>({
    queryKey: [endpoint.path, endpoint.method, input],
    queryFn: ({ signal }) => call(endpoint, input, signal),
  });
}

/** Reads again everything that was read from these endpoints and is on screen. */
export function invalidate(...endpoints: readonly AnyEndpoint[]): Promise<unknown> {
  return Promise.all(
    endpoints.map(({ path, method }) => queryClient.invalidateQueries({ queryKey: [path, method] })),
  );
}

/** A change: `const save = useCall(devices.updateDevice, [devices.listDevices])`, then `save.mutate({ params, body })`. */
export function useCall<E extends AnyEndpoint>(endpoint: E, thenReadAgain: readonly AnyEndpoint[] = []) {
  return useMutation<ReplyOf<E>, ApiError, Input<E>>({
    mutationFn: (input) => call(endpoint, input),
    onSuccess: () => void invalidate(...thenReadAgain),
  });
}
