import { useSyncExternalStore } from "react";
import type { ApiError } from "./api-error.ts";

/** A request that waits for a second person. */
export interface Held {
  readonly approvalId: string;
  readonly expiresMs: number;
  /** Nobody else is able: from then on one can carry it out alone. */
  readonly aloneFromMs?: number;
}

/** The last request that was kept, until the person has been told. */
let current: Held | undefined;
const listeners = new Set<() => void>();

function set(held: Held | undefined): void {
  current = held;
  for (const listener of listeners) listener();
}

/** Reads a problem `approval.required`; one without the request's id says nothing that could be shown. */
export function tellHeld({ fields }: Pick<ApiError, "fields">): void {
  const { approvalId, expiresMs, aloneFromMs } = fields;
  if (typeof approvalId !== "string" || typeof expiresMs !== "number") return;
  set({ approvalId, expiresMs, ...(typeof aloneFromMs === "number" ? { aloneFromMs } : {}) });
}

export const forgetHeld = (): void => set(undefined);

export const useHeld = (): Held | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
