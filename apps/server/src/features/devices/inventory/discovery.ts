import { AppError, isUuid, randomCode, type Uuid } from "@gatehouse/base";
import { LIMITS } from "@gatehouse/contract";
import { isMetricKey } from "@gatehouse/device-types";
import { isUniqueViolation } from "../../../platform/database/index.ts";
import { announceChange, type DevicesContext } from "../context.ts";
import { storableText } from "../device-log/log-line.ts";
import type { OwnMetric } from "../model.ts";
import { findFirstSiteId } from "../sites/site-store.ts";
import { countDiscovered, DISCOVERY_UNIQUE, findDiscovered } from "./device-store.ts";
import type { InventoryService } from "./inventory-service.ts";
import { putOwnMetrics } from "./metric-store.ts";

/** More than any house has; a bridge gone wild stops here and not at the limit of the installation. */
const MAX_DISCOVERED = 2_000;
const NAME_LENGTH = 48;
const LABEL_LENGTH = 200;
const UNIT_LENGTH = 32;
const ID_LENGTH = 200;
const PUT = { limit: LIMITS.metricsPerDevice, replace: true };

/** A device that another one announces. All text comes from outside. */
export interface Announcement {
  /** Unique within the tenant and the same every time: the caller puts who announces it in front. */
  readonly discoveryId: string;
  readonly name: string;
  readonly label?: string;
  readonly siteId?: Uuid | undefined;
  readonly metrics: readonly {
    readonly key: string;
    readonly label: string;
    readonly unit?: string | undefined;
    readonly kind: "number" | "boolean" | "string";
    readonly decimals?: number | undefined;
  }[];
}

/** Devices that appear by themselves (Home Assistant discovery). They speak through their bridge and get no key. */
export class Discovery {
  readonly #context: DevicesContext;
  readonly #inventory: InventoryService;

  constructor(context: DevicesContext, inventory: InventoryService) {
    this.#context = context;
    this.#inventory = inventory;
  }

  /** The device's id, made when it is new; announced again, its metrics are brought up to date. */
  async discover(tenantId: Uuid, announcement: Announcement): Promise<Uuid> {
    const { db } = this.#context;
    const discoveryId = storableText(announcement.discoveryId, ID_LENGTH);
    const metrics = announcement.metrics.slice(0, LIMITS.metricsPerDevice).map(toOwnMetric);
    const distinct = [...new Map(metrics.map((metric) => [metric.key, metric])).values()];
    const known =
      (await findDiscovered(db, tenantId, discoveryId)) ??
      (await this.#create(tenantId, { ...announcement, discoveryId }));
    if (await putOwnMetrics(db, tenantId, known, distinct, PUT))
      await announceChange(this.#context, { tenantId, deviceId: known, change: "updated" });
    return known;
  }

  async #create(tenantId: Uuid, announcement: Announcement): Promise<Uuid> {
    const { db, deviceLog } = this.#context;
    if ((await countDiscovered(db, tenantId)) >= MAX_DISCOVERED)
      throw new AppError("limit.reached", { limit: MAX_DISCOVERED, what: "discovered devices" });
    const siteId = announcement.siteId ?? (await findFirstSiteId(db, tenantId));
    if (siteId === undefined) throw new AppError("site.not_found");
    const input = {
      name: this.#freeName(tenantId, announcement.name),
      label: storableText(announcement.label ?? announcement.name, LABEL_LENGTH),
      typeId: "generic",
      siteId,
      discoveryId: announcement.discoveryId,
    };
    try {
      const { deviceId } = await this.#inventory.insert(tenantId, input, async () => undefined);
      const remark = { code: "device_announced", message: "Announced itself" } as const;
      deviceLog.note({ tenantId, deviceId, kind: "event", level: "info", ...remark });
      return deviceId;
    } catch (error) {
      // The same announcement came twice at once: the other one was first.
      const other = isUniqueViolation(error, DISCOVERY_UNIQUE) || isNameTaken(error);
      const known = other ? await findDiscovered(db, tenantId, announcement.discoveryId) : undefined;
      if (known === undefined) throw error;
      return known;
    }
  }

  /** The announced name with what a name may hold, and a mark behind it when another device has it. */
  #freeName(tenantId: Uuid, announced: string): string {
    const { directory, random } = this.#context;
    const plain = announced.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
    const allowed = plain.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[._-]+|[._-]+$/g, "");
    const name = allowed.slice(0, NAME_LENGTH) || "device";
    if (!isUuid(name.toLowerCase()) && directory.resolveName(tenantId, name) === undefined) return name;
    return `${name}-${randomCode(random, 1, 6).toLowerCase()}`;
  }
}

const isNameTaken = (error: unknown): boolean =>
  error instanceof AppError && error.code === "device.name_taken";

function toOwnMetric({ key, label, unit, kind, decimals }: Announcement["metrics"][number]): OwnMetric {
  if (!isMetricKey(key)) throw new AppError("message.schema", { metric: key.slice(0, 64) });
  const text = storableText(label, LABEL_LENGTH) || key;
  return {
    key,
    kind,
    unit: storableText(unit ?? "", UNIT_LENGTH),
    label: { en: text, fr: text },
    ...(decimals === undefined ? {} : { decimals }),
  };
}
