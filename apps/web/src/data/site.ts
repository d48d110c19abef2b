import { devices, operations } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { createPreference } from "./preference.ts";
import { query } from "./query.ts";
import { useCan, useCanEverywhere } from "./session.ts";

/** The site the console is narrowed to; "" means all sites. */
export const sitePreference = createPreference<string>("gatehouse.site", (stored) => stored ?? "");

/** The sites that this person may see; undefined until read, and for who may see none. */
export function useSites(): readonly devices.Site[] | undefined {
  const enabled = useCan()("site.read");
  return useQuery({ ...query(devices.listSites, {}), enabled }).data?.items;
}

/** The chosen site, or undefined for all sites (also when the chosen one was deleted). */
export function useSelectedSite(): devices.Site | undefined {
  const chosen = sitePreference.use();
  return useSites()?.find((site) => site.id === chosen);
}

/** Times are shown in the chosen site's zone; with all sites, in the installation's, for who may read it. */
export function useSiteTimeZone(): string | undefined {
  const site = useSelectedSite();
  const enabled = useCanEverywhere()("settings.read");
  const settings = useQuery({ ...query(operations.getSettings, {}), enabled }).data;
  return site?.timeZone ?? settings?.timeZone;
}
