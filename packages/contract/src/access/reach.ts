import type { Uuid } from "@gatehouse/base";
import { HOST_PERMISSIONS, type Permission } from "../permissions.ts";

/** Where something lies: at a site, and there in or on a device where there is one. */
export interface Place {
  readonly siteId: Uuid;
  readonly deviceId?: Uuid;
}

/** Where a permission holds: the whole organisation, or some sites and some devices. */
export type Reach = "all" | { readonly sites: ReadonlySet<Uuid>; readonly devices: ReadonlySet<Uuid> };

/** What one asker may see of one organisation: every query takes it. */
export interface Scope {
  readonly tenantId: Uuid;
  readonly reach: Reach;
}

/** For jobs, devices and whoever acts for the organisation itself. */
export const wholeTenant = (tenantId: Uuid): Scope => ({ tenantId, reach: "all" });

export type GrantScope =
  | { readonly kind: "tenant" }
  | { readonly kind: "site"; readonly siteId: Uuid }
  | { readonly kind: "device"; readonly deviceId: Uuid };

/** A role with its permissions, and where it holds. */
export interface HeldRole {
  readonly permissions: Iterable<Permission>;
  readonly scope: GrantScope;
}

export type Access = ReadonlyMap<Permission, Reach>;

export const NOWHERE: Reach = { sites: new Set(), devices: new Set() };

/** What is granted where, taken together. Rights only add up; the host's own are left out elsewhere. */
export function effectiveAccess(held: readonly HeldRole[], isHost: boolean): Access {
  const access = new Map<Permission, Reach>([["self", "all"]]);
  for (const { permissions, scope } of held) {
    const reach = reachOf(scope);
    for (const permission of permissions) {
      if (permission === "self" || (!isHost && HOST_PERMISSIONS.includes(permission))) continue;
      access.set(permission, unite(access.get(permission) ?? NOWHERE, reach));
    }
  }
  return access;
}

function reachOf(scope: GrantScope): Reach {
  if (scope.kind === "tenant") return "all";
  if (scope.kind === "site") return { sites: new Set([scope.siteId]), devices: new Set() };
  return { sites: new Set(), devices: new Set([scope.deviceId]) };
}

export function unite(a: Reach, b: Reach): Reach {
  if (a === "all" || b === "all") return "all";
  return { sites: new Set([...a.sites, ...b.sites]), devices: new Set([...a.devices, ...b.devices]) };
}

/** A device of `b` that lies at a site of `a` is lost where only ids are known: less, never more. */
export function intersect(a: Reach, b: Reach): Reach {
  if (a === "all") return b;
  if (b === "all") return a;
  return { sites: common(a.sites, b.sites), devices: common(a.devices, b.devices) };
}

const common = (a: ReadonlySet<Uuid>, b: ReadonlySet<Uuid>): ReadonlySet<Uuid> =>
  new Set([...a].filter((id) => b.has(id)));

/** What a program may do: what its token names, no more than its maker may now. */
export function intersectAccess(access: Access, permissions: ReadonlySet<Permission>, reach: Reach): Access {
  const kept = new Map<Permission, Reach>();
  for (const [permission, own] of access) {
    if (!permissions.has(permission)) continue;
    const both = intersect(own, reach);
    if (!isNowhere(both)) kept.set(permission, both);
  }
  return kept;
}

export const isNowhere = (reach: Reach): boolean =>
  reach !== "all" && reach.sites.size === 0 && reach.devices.size === 0;

export const reaches = (reach: Reach, { siteId, deviceId }: Place): boolean =>
  reach === "all" || reach.sites.has(siteId) || (deviceId !== undefined && reach.devices.has(deviceId));

/** Whether a thing that lies in several places is reached: all of it, or not at all. What lies nowhere is everybody's. */
export const reachesAll = (reach: Reach, places: readonly Place[]): boolean =>
  reach === "all" || places.every((place) => reaches(reach, place));

/** Whether whoever has `reach` has it at least where `scope` holds; `siteOf` places a device. */
export function coversScope(
  reach: Reach,
  scope: GrantScope,
  siteOf: (deviceId: Uuid) => Uuid | undefined,
): boolean {
  if (reach === "all") return true;
  if (scope.kind === "tenant") return false;
  if (scope.kind === "site") return reach.sites.has(scope.siteId);
  const siteId = siteOf(scope.deviceId);
  return siteId !== undefined && reaches(reach, { siteId, deviceId: scope.deviceId });
}

/** Sites of which anything may be done. */
export function sitesOf(access: Access): "all" | ReadonlySet<Uuid> {
  const sites = new Set<Uuid>();
  for (const [permission, reach] of access) {
    if (permission === "self") continue;
    if (reach === "all") return "all";
    for (const siteId of reach.sites) sites.add(siteId);
  }
  return sites;
}
