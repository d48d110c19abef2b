import { access, ROLE_NAMES, type Role } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import type { Givable } from "./permission-groups.ts";

export const isBuiltIn = (ref: string): ref is Role => (ROLE_NAMES as readonly string[]).includes(ref);

/** "see devices": completes "may …". */
export function usePermissionText(): (permission: Givable) => string {
  const t = useTranslations("permissions.may");
  return (permission) => t(permission);
}

/** A role's name: a built-in one's in the reader's language, an own one's as it was given. */
export function useRoleName(): (ref: access.RoleRef, name?: string) => string {
  const t = useTranslations("people.role");
  const can = useCan();
  const known = useQuery({ ...query(access.listRoles, {}), enabled: can("role.read") }).data?.items;
  return useCallback(
    (ref, name) => {
      if (isBuiltIn(ref)) return t(ref);
      return name ?? known?.find((one) => one.ref === ref)?.name ?? ref.slice(-8);
    },
    [t, known],
  );
}

/** What a role is for: its own words, or those of the built-in ones. */
export function useRoleText(): (role: access.RoleInfo) => string {
  const t = useTranslations("roles.text");
  return useCallback(({ ref, description }) => (isBuiltIn(ref) ? t(ref) : (description ?? "")), [t]);
}
