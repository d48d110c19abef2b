import { accounts, type Permission } from "@gatehouse/contract";
import { useSuspenseQuery } from "@tanstack/react-query";
import { query } from "./query.ts";

/** Who is logged in. Only below the shell, whose route has read it before anything renders. */
export function useMe(): accounts.Me {
  return useSuspenseQuery(query(accounts.getMe, {})).data;
}

/** Whether the person may do something: pages and buttons a role cannot use are absent, not greyed. */
export function useCan(): (permission: Permission) => boolean {
  const { permissions } = useMe();
  return (permission) => permissions.includes(permission);
}
