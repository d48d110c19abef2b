import { useLocation } from "@tanstack/react-router";
import { useMe } from "../../data/session.ts";
import { allowedGroups, type NavGroup, type NavItem } from "./nav-items.ts";

/** The pages that this person may use, in groups. */
export const useNavGroups = (): readonly NavGroup[] => allowedGroups(useMe().access);

export const useNavItems = (): readonly NavItem[] => useNavGroups().flatMap(({ items }) => items);

/** Whether a page is shown that belongs to this one and has another address. */
export function useIsWithin({ also }: NavItem): boolean {
  const { pathname } = useLocation();
  return also !== undefined && pathname.startsWith(also);
}
