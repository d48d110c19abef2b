import { type access, accounts, type Permission } from "@gatehouse/contract";
import { useSuspenseQuery } from "@tanstack/react-query";
import { createContext, use } from "react";
import { query } from "./query.ts";
import { maysAt, maysAtSomeSite, maysEverywhere, maysSomewhere } from "./rights.ts";

/** Who is logged in. Only below the shell, whose route has read it before anything renders. */
export function useMe(): accounts.Me {
  return useSuspenseQuery(query(accounts.getMe, {})).data;
}

/** Where everything below lies: one device's page, for one. What may be done is then asked for that place. */
export const Here = createContext<access.Place | undefined>(undefined);

/** Whether the person may do something here: pages and buttons they cannot use are absent, not greyed. */
export function useCan(): (permission: Permission) => boolean {
  const { access: rights } = useMe();
  const here = use(Here);
  return (permission) =>
    here === undefined ? maysSomewhere(rights, permission) : maysAt(rights, permission, here);
}

/** Whether they may do it to the organisation as a whole. */
export function useCanEverywhere(): (permission: Permission) => boolean {
  const { access: rights } = useMe();
  return (permission) => maysEverywhere(rights, permission);
}

/** Whether they may do it to a whole site, whichever. */
export function useCanAtSomeSite(): (permission: Permission) => boolean {
  const { access: rights } = useMe();
  return (permission) => maysAtSomeSite(rights, permission);
}
