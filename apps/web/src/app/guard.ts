import { accounts } from "@gatehouse/contract";
import { redirect } from "@tanstack/react-router";
import { isApiError } from "../data/api-error.ts";
import { query, queryClient } from "../data/query.ts";
import { maysSomewhere } from "../data/rights.ts";
import { allowedGroups } from "./shell/nav-items.ts";

const withNext = (next: string) => (next === "/" ? {} : { next });

/** Lets only a logged-in person pass, even one who still has to set up a second factor. */
export async function requireLogin(next: string): Promise<accounts.Me> {
  try {
    return await queryClient.ensureQueryData(query(accounts.getMe, {}));
  } catch (error) {
    if (isApiError(error) && error.status === 401) throw redirect({ to: "/login", search: withNext(next) });
    throw error;
  }
}

/** Lets only a person pass who may use the console or the portal; `next` brings them back after log-in. */
export async function requireSession(next: string): Promise<accounts.Me> {
  const me = await requireLogin(next);
  if (me.mustEnrolFactor) throw redirect({ to: "/login/enrol", search: withNext(next) });
  return me;
}

/** Lets only people of the organisation pass; its customers have pages of their own. */
export async function requireStaff(next: string): Promise<void> {
  const { person } = await requireSession(next);
  if (person.role === "customer") throw redirect({ to: "/my" });
}

/** The first page, for who may see it; others begin at the first page that is theirs. */
export async function requireOverview(): Promise<void> {
  const { access } = await requireSession("/");
  if (maysSomewhere(access, "overview.read")) return;
  const [first] = allowedGroups(access).flatMap(({ items }) => items);
  throw redirect({ to: first?.to ?? "/account" });
}

/** The part of `next` that may be followed: a path of this console, never another site (`//host`, `/\host`). */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : "/";
}
