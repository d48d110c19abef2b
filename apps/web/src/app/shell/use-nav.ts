import { useCan } from "../../data/session.ts";
import { NAV_GROUPS, type NavGroup, type NavItem } from "./nav-items.ts";

/** The pages that this person may use, in groups; a group without any is left out. */
export function useNavGroups(): readonly NavGroup[] {
  const can = useCan();
  return NAV_GROUPS.map((group) => ({
    ...group,
    items: group.items.filter((item) => item.permissions.some(can)),
  })).filter(({ items }) => items.length > 0);
}

export const useNavItems = (): readonly NavItem[] => useNavGroups().flatMap(({ items }) => items);
