import type { Resources } from "../../platform/http/resources.ts";
import { findGroup } from "./enrolment/group-store.ts";
import type { ChannelDatabase } from "./tables.ts";

/** A batch of devices lies at the site where it puts them. */
export const channelResources = (db: ChannelDatabase): Resources => ({
  async enrolment_group(id) {
    const group = await findGroup(db, id);
    return group && { tenantId: group.tenantId, places: () => [{ siteId: group.siteId }] };
  },
});
