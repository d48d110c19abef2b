import type { Resources } from "../../platform/http/resources.ts";
import type { DevicesContext } from "./context.ts";
import { findSiteTenant } from "./sites/site-store.ts";

/** Devices from memory, sites from the database. */
export const deviceResources = ({ db, directory }: Pick<DevicesContext, "db" | "directory">): Resources => ({
  device(id) {
    const record = directory.find(id);
    if (record === undefined) return undefined;
    const { tenantId, siteId } = record;
    return { tenantId, places: () => [{ siteId, deviceId: id }] };
  },
  async site(id) {
    const tenantId = await findSiteTenant(db, id);
    return tenantId === undefined ? undefined : { tenantId, places: () => [{ siteId: id }] };
  },
});
