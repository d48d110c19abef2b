import { accounts } from "@gatehouse/contract";
import { redirect } from "@tanstack/react-router";
import { isApiError } from "../data/api-error.ts";
import { query, queryClient } from "../data/query.ts";

/** Lets only a logged-in person pass; `next` brings them back after log-in. */
export async function requireSession(next: string): Promise<void> {
  try {
    await queryClient.ensureQueryData(query(accounts.getMe, {}));
  } catch (error) {
    if (isApiError(error) && error.status === 401) {
      throw redirect({ to: "/login", search: next === "/" ? {} : { next } });
    }
    throw error;
  }
}

/** The part of `next` that may be followed: a path of this console, never another site (`//host`, `/\host`). */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : "/";
}
