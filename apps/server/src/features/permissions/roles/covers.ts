import { AppError, type Uuid } from "@gatehouse/base";
import { access, HOST_PERMISSIONS, type Permission } from "@gatehouse/contract";
import type { Controls } from "../../../platform/controls.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";

/** The organisation in which something is given. */
export interface Within {
  readonly controls: Controls;
  /** Elsewhere the host's own rights are left out, as they are where rights are used. */
  readonly isHost: boolean;
  siteOf(deviceId: Uuid): Uuid | undefined;
}

/** Whether somebody may do all of this themselves where it is to hold. */
export function covers(
  { permissions: own }: Pick<PersonPrincipal, "permissions">,
  permissions: Iterable<Permission>,
  scope: access.GrantScope,
  { isHost, siteOf }: Within,
): boolean {
  for (const permission of permissions) {
    if (permission === "self" || (!isHost && HOST_PERMISSIONS.includes(permission))) continue;
    const reach = own.get(permission);
    if (reach === undefined || !access.coversScope(reach, scope, siteOf)) return false;
  }
  return true;
}

/** Refuses with role.exceeds_own. */
export function assertCovers(
  principal: Pick<PersonPrincipal, "permissions">,
  permissions: Iterable<Permission>,
  scope: access.GrantScope,
  within: Within,
): void {
  if (within.controls.grantCeiling && !covers(principal, permissions, scope, within))
    throw new AppError("role.exceeds_own");
}

/** Refuses unless somebody may do all that somebody else may: nobody takes rights from those above them. */
export function assertCoversAccess(
  { permissions: own }: Pick<PersonPrincipal, "permissions">,
  other: access.Access,
): void {
  for (const [permission, reach] of other) {
    if (permission === "self") continue;
    const mine = own.get(permission);
    if (mine === undefined || !isWithin(reach, mine)) throw new AppError("role.exceeds_own");
  }
}

function isWithin(inner: access.Reach, outer: access.Reach): boolean {
  if (outer === "all") return true;
  if (inner === "all") return false;
  return (
    [...inner.sites].every((id) => outer.sites.has(id)) &&
    [...inner.devices].every((id) => outer.devices.has(id))
  );
}
