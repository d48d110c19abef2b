import type { access } from "@gatehouse/contract";
import type { ReactNode } from "react";
import { Here } from "../../data/session.ts";
import { useSites } from "../../data/site.ts";
import { SiteTime, useFormat } from "../../i18n/provider.tsx";

/** A page about one device: its times are those of the device's site, and what may be done is what may be done there. */
export function DevicePlace(props: { place: access.Place; children: ReactNode }) {
  const format = useFormat();
  const sites = useSites();
  const { siteId } = props.place;
  const zone = sites?.find((site) => site.id === siteId)?.timeZone;
  return (
    <SiteTime timeZone={zone ?? format.timeZone}>
      <Here value={props.place}>{props.children}</Here>
    </SiteTime>
  );
}
