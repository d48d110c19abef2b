import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import { access, type devices } from "@gatehouse/contract";
import { isForeignKeyViolation, isUniqueViolation } from "../../../platform/database/index.ts";
import type { DevicesContext } from "../context.ts";
import { MAX_SITES } from "../model.ts";
import type { DevicesDatabase } from "../tables.ts";
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

interface SiteAct {
  readonly kind: "site.created" | "site.changed" | "site.removed";
  readonly siteId: Uuid;
  readonly data: Readonly<Record<string, unknown>>;
}

export class SiteService {
  readonly #context: DevicesContext;

  constructor(context: DevicesContext) {
    this.#context = context;
  }

  async list(scope: access.Scope): Promise<devices.Site[]> {
    await this.#context.presence.flushStatus();
    return listSiteRows(this.#context.db, scope);
  }

  async get(tenantId: Uuid, siteId: Uuid): Promise<devices.Site> {
    await this.#context.presence.flushStatus();
    const [site] = await listSiteRows(this.#context.db, access.wholeTenant(tenantId), siteId);
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
    const row = { ...site, siteId, createdMs: clock.nowMs() };
    const act = { kind: "site.created", siteId, data: site } as const;
    await this.#change(tenantId, act, (tx) => insertSite(tx, tenantId, row)).catch(refuseTakenName);
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
    await this.#change(tenantId, { kind: "site.changed", siteId, data: change }, async (tx) => {
      if (!(await updateSiteRow(tx, tenantId, siteId, change))) throw new AppError("site.not_found");
    }).catch(refuseTakenName);
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
    await this.#change(tenantId, { kind: "site.removed", siteId, data: {} }, async (tx) => {
      if (!(await deleteSiteRow(tx, tenantId, siteId))) throw new AppError("site.not_found");
    }).catch((error: unknown) => {
      if (isForeignKeyViolation(error, SITE_HAS_DEVICES)) throw new AppError("site.not_empty");
      throw error;
    });
  }

  #change(
    tenantId: Uuid,
    { kind, siteId, data }: SiteAct,
    act: (tx: DevicesDatabase) => Promise<void>,
  ): Promise<void> {
    const { db, audit } = this.#context;
    return db.transaction().execute(async (tx) => {
      await act(tx);
      await audit.record(tx, { kind, tenantId, subject: { kind: "site", id: siteId }, data });
    });
  }
}

function refuseTakenName(error: unknown): never {
  if (isUniqueViolation(error, SITE_NAME_UNIQUE)) throw new AppError("site.name_taken");
  throw error;
}
