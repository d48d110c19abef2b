import type { Uuid } from "@gatehouse/base";
import type { access } from "@gatehouse/contract";
import type { SearchPorts } from "./ports.ts";

/** A camera, and the time zone of the site where it is. */
export interface ZonedCamera {
  readonly id: Uuid;
  readonly title: string;
  readonly timeZone: string;
}

/** Those that an asker may see, of one site or anywhere. */
export async function zonedCameras(
  search: SearchPorts,
  scope: access.Scope,
  siteId: Uuid | undefined,
): Promise<readonly ZonedCamera[]> {
  const zones = new Map((await search.sites(scope.tenantId)).map(({ id, timeZone }) => [id, timeZone]));
  return search.named(scope, siteId).map(({ id, siteId: at, title }) => {
    return { id, title, timeZone: zones.get(at) ?? "UTC" };
  });
}
