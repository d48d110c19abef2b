import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import { isForeignKeyViolation, isUniqueViolation } from "../../../platform/database/index.ts";
import type { DevicesContext } from "../context.ts";
import { MAX_SITES } from "../model.ts";
import {
  countSites,
  deleteSiteRow,
  insertSite,
  listSiteRows,
  SITE_HAS_DEVICES,
  SITE_NAME_UNIQUE,
  updateSiteRow,
} from "./site-store.ts";
import { parseTimeZone } from "./time-zone.ts";

export class SiteService {
  readonly #context: DevicesContext;

  constructor(context: DevicesContext) {
    this.#context = context;
  }

  async list(tenantId: Uuid): Promise<devices.Site[]> {
    await this.#context.presence.flushStatus();
    return listSiteRows(this.#context.db, tenantId);
  }

  async get(tenantId: Uuid, siteId: Uuid): Promise<devices.Site> {
    await this.#context.presence.flushStatus();
    const [site] = await listSiteRows(this.#context.db, tenantId, siteId);
    if (site === undefined) throw new AppError("site.not_found");
    return site;
  }

  async create(
    tenantId: Uuid,
    {
      name,
      timeZone,
      demo = false,
    }: { readonly name: string; readonly timeZone: string; readonly demo?: boolean },
  ): Promise<devices.Site> {
    const { db, clock, random } = this.#context;
    const site = { name, timeZone: parseTimeZone(timeZone), demo };
    const siteId = newUuid(clock, random);
    if ((await countSites(db, tenantId)) >= MAX_SITES)
      throw new AppError("limit.reached", { limit: MAX_SITES, what: "sites" });
    await insertSite(db, tenantId, { ...site, siteId, createdMs: clock.nowMs() }).catch(refuseTakenName);
    return { id: siteId, ...site, deviceCount: 0, onlineCount: 0 };
  }

  async update(
    tenantId: Uuid,
    siteId: Uuid,
    { name, timeZone }: { readonly name?: string; readonly timeZone?: string },
  ): Promise<devices.Site> {
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(timeZone === undefined ? {} : { timeZone: parseTimeZone(timeZone) }),
    };
    const found = await updateSiteRow(this.#context.db, tenantId, siteId, change).catch(refuseTakenName);
    if (!found) throw new AppError("site.not_found");
    // Its devices are shown with its name, and their rules keep its hours.
    for (const record of this.#context.directory.records()) {
      if (record.siteId === siteId)
        this.#context.bus.publish("device.changed", {
          tenantId,
          deviceId: record.deviceId,
          change: "updated",
        });
    }
    return this.get(tenantId, siteId);
  }

  async delete(tenantId: Uuid, siteId: Uuid): Promise<void> {
    const found = await deleteSiteRow(this.#context.db, tenantId, siteId).catch((error: unknown) => {
      if (isForeignKeyViolation(error, SITE_HAS_DEVICES)) throw new AppError("site.not_empty");
      throw error;
    });
    if (!found) throw new AppError("site.not_found");
  }
}

function refuseTakenName(error: unknown): never {
  if (isUniqueViolation(error, SITE_NAME_UNIQUE)) throw new AppError("site.name_taken");
  throw error;
}
