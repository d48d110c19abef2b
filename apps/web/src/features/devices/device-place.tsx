import type { access } from "@gatehouse/contract";
import type { ReactNode } from "react";
import { Here } from "../../data/session.ts";
import { useSites } from "../../data/site.ts";
import { PlaceTime, SiteTime, useFormat } from "../../i18n/provider.tsx";

/** A page about one device: its times are those of the device's site, and what may be done is what may be done there. */
export function DevicePlace(props: {
  place: access.Place;
  /** Its times say their zone where that is not the page's. */
  namesZone?: boolean;
  children: ReactNode;
}) {
  const format = useFormat();
  const sites = useSites();
  const { siteId } = props.place;
  const zone = sites?.find((site) => site.id === siteId)?.timeZone;
  const Times = props.namesZone === true ? PlaceTime : SiteTime;
  return (
    <Times timeZone={zone ?? format.timeZone}>
      <Here value={props.place}>{props.children}</Here>
    </Times>
  );
}
