import { useMe } from "../../data/session.ts";
import { allowedGroups, type NavGroup, type NavItem } from "./nav-items.ts";

/** The pages that this person may use, in groups. */
export const useNavGroups = (): readonly NavGroup[] => allowedGroups(useMe().access);

export const useNavItems = (): readonly NavItem[] => useNavGroups().flatMap(({ items }) => items);
