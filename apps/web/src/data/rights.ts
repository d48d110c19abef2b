import type { access, Permission } from "@gatehouse/contract";

/** Whether something may be done anywhere, however little. */
export const maysSomewhere = (rights: access.AccessView, permission: Permission): boolean =>
  rights[permission] !== undefined;

/** Whether it may be done to the organisation as a whole: its people, its settings, a new site. */
export const maysEverywhere = (rights: access.AccessView, permission: Permission): boolean =>
  rights[permission] === "all";

/** Whether it may be done to everything of at least one site: adding a device, for one. */
export function maysAtSomeSite(rights: access.AccessView, permission: Permission): boolean {
  const reach = rights[permission];
  return reach === "all" || (reach !== undefined && reach.sites.length > 0);
}

/** Whether it may be done to what lies at this place. */
export function maysAt(
  rights: access.AccessView,
  permission: Permission,
  { siteId, deviceId }: access.Place,
): boolean {
  const reach = rights[permission];
  if (reach === undefined || reach === "all") return reach === "all";
  return reach.sites.includes(siteId) || (deviceId !== undefined && reach.devices.includes(deviceId));
}
