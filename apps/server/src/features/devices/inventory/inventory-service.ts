import { AppError, isUuid, newUuid, type Uuid } from "@gatehouse/base";
import { access, type devices } from "@gatehouse/contract";
import { findDeviceType } from "@gatehouse/device-types";
import { isForeignKeyViolation, isUniqueViolation } from "../../../platform/database/index.ts";
import type { ClaimService } from "../claims/claim-service.ts";
import { announceChange, type DevicesContext, getRecord, recordOnDevice } from "../context.ts";
import type { CredentialService } from "../credentials/credential-service.ts";
import type { RevocationService } from "../credentials/revocation-service.ts";
import { deleteDeviceLogLines } from "../device-log/log-store.ts";
import { type Actor, MAX_DEVICES } from "../model.ts";
import type { TrustBoard } from "../ports.ts";
import { insertPresence } from "../presence/presence-store.ts";
import { SITE_HAS_DEVICES, siteExists } from "../sites/site-store.ts";
import type { DevicesDatabase } from "../tables.ts";
import { type DeviceDescription, type DeviceSelection, describeDevices } from "./description-store.ts";
import {
  DEVICE_NAME_UNIQUE,
  type DeviceChange,
  deleteDeviceRow,
  insertDevice,
  type NewDevice,
  updateDeviceRow,
} from "./device-store.ts";
import { viewDevice } from "./device-view.ts";
import {
  countFacets,
  countInventory,
  type DeviceFilter,
  type DeviceSort,
  type InventoryRow,
  listDeviceIdsOfSite,
  listFleet,
  listInventory,
} from "./inventory-store.ts";
import { listOwnMetrics } from "./metric-store.ts";
import { searchPatterns } from "./search.ts";

/** What the newest values are asked of. */
export interface LastValues {
  lastValues(deviceIds: readonly Uuid[]): Promise<ReadonlyMap<Uuid, readonly devices.LastValue[]>>;
}

const FLEET_SQUARES = 5_000;
const LOG_LINES_DELETED_AT_ONCE = 20_000;

export interface DeviceQuery extends Omit<DeviceFilter, "patterns" | "deviceId"> {
  readonly q?: string | undefined;
  /** Only those whose readings are kept apart. */
  readonly quarantined?: boolean;
  readonly sort: DeviceSort;
  readonly offset: number;
  readonly limit: number;
}

export interface DeviceInput {
  readonly name: string;
  readonly label?: string;
  readonly typeId: string;
  readonly siteId: Uuid;
  readonly tags?: readonly string[];
  readonly intervalMs?: number;
  readonly demo?: boolean;
  readonly discoveryId?: string;
}

export interface InventoryDeps {
  readonly context: DevicesContext;
  readonly credentials: CredentialService;
  readonly revocation: RevocationService;
  readonly claims: ClaimService;
  readonly lastValues: LastValues;
  readonly trust: TrustBoard | undefined;
}

export class InventoryService {
  readonly #deps: InventoryDeps;
  readonly #context: DevicesContext;

  constructor(deps: InventoryDeps) {
    this.#deps = deps;
    this.#context = deps.context;
  }

  /** The same few queries whatever the size of the fleet or the page. */
  async list(scope: access.Scope, query: DeviceQuery): Promise<{ items: devices.Device[]; total: number }> {
    await this.#context.presence.flushStatus();
    const { q = "", sort, offset, limit, quarantined = false, ...filters } = query;
    const deviceIds = quarantined ? (this.#deps.trust?.quarantinedIds(scope.tenantId) ?? []) : undefined;
    const filter = { ...filters, deviceIds, patterns: searchPatterns(q) };
    const total = await countInventory(this.#context.db, scope, filter);
    if (offset >= total || limit === 0) return { items: [], total };
    if (sort.endsWith("lastSeen")) await this.#context.presence.flush();
    const rows = await listInventory(this.#context.db, scope, filter, { sort, offset, limit });
    return { items: await this.#view(scope.tenantId, rows), total };
  }

  async facets(scope: access.Scope, siteId: Uuid | undefined) {
    await this.#context.presence.flushStatus();
    const facets = await countFacets(this.#context.db, scope, siteId);
    const total = Object.values(facets.status).reduce((sum, count) => sum + count, 0);
    const apart = this.#deps.trust?.quarantinedIds(scope.tenantId) ?? [];
    const quarantined = apart.filter((deviceId) => {
      const at = this.#context.directory.find(deviceId)?.siteId;
      if (at === undefined || (siteId !== undefined && at !== siteId)) return false;
      return access.reaches(scope.reach, { siteId: at, deviceId });
    }).length;
    return { total, quarantined, ...facets };
  }

  /** One square a device; sites with more squares than fit still show their true totals. */
  async fleet(scope: access.Scope, sites: readonly devices.Site[]) {
    const rows = await listFleet(this.#context.db, scope, FLEET_SQUARES + 1);
    const bySite = new Map<Uuid, { id: Uuid; name: string; status: devices.DeviceStatus }[]>();
    for (const { deviceId, name, siteId } of rows.slice(0, FLEET_SQUARES)) {
      const squares = bySite.get(siteId) ?? [];
      squares.push({ id: deviceId, name, status: this.#context.presence.find(deviceId)?.status ?? "never" });
      bySite.set(siteId, squares);
    }
    return {
      sites: sites.map(({ id, name, onlineCount, deviceCount }) => {
        return { id, name, online: onlineCount, total: deviceCount, devices: bySite.get(id) ?? [] };
      }),
      truncated: rows.length > FLEET_SQUARES,
    };
  }

  /** Refuses a device beyond the asker's as if there were none. */
  assertWithin(scope: access.Scope, deviceId: Uuid): void {
    const { siteId } = getRecord(this.#context, scope.tenantId, deviceId);
    if (!access.reaches(scope.reach, { siteId, deviceId })) throw new AppError("device.not_found");
  }

  describe(which: DeviceSelection = {}): Promise<DeviceDescription[]> {
    return describeDevices(this.#context.db, which);
  }

  async get(tenantId: Uuid, deviceId: Uuid): Promise<devices.Device> {
    const [device] = await this.find(tenantId, [deviceId]);
    if (device === undefined) throw new AppError("device.not_found");
    return device;
  }

  /** Those of the given devices that are this tenant's, by name. */
  async find(tenantId: Uuid, deviceIds: readonly Uuid[]): Promise<devices.Device[]> {
    const page = { sort: "name", offset: 0, limit: deviceIds.length } as const;
    const scope = access.wholeTenant(tenantId);
    return this.#view(tenantId, await listInventory(this.#context.db, scope, { deviceIds }, page));
  }

  /** A device with its first key and an open claim code: either lets it in. */
  async create(
    actor: Actor,
    input: DeviceInput,
  ): Promise<{ device: devices.Device; key: devices.NewApiKey; claim: devices.ClaimCode }> {
    const { tenantId, name: by } = actor;
    const { credentials, claims } = this.#deps;
    const { deviceId, made } = await this.insert(tenantId, input, async (tx, id) => ({
      key: await credentials.addKey(tx, tenantId, id),
      claim: await claims.put(tx, tenantId, id, false),
    }));
    const data = { by, keyId: made.key.keyId };
    this.#note(tenantId, deviceId, "device_added", "Device added", data);
    return { device: await this.get(tenantId, deviceId), ...made };
  }

  /** Stores the device and, in the same transaction, what `more` adds to it. */
  async insert<T>(
    tenantId: Uuid,
    input: DeviceInput,
    more: (tx: DevicesDatabase, deviceId: Uuid) => Promise<T>,
  ): Promise<{ readonly deviceId: Uuid; readonly made: T }> {
    const { db, clock, random, directory } = this.#context;
    const type = findDeviceType(input.typeId);
    if (type === undefined) throw new AppError("device.type_unknown", { typeId: input.typeId });
    assertName(input.name);
    if (directory.countOf(tenantId) >= MAX_DEVICES)
      throw new AppError("limit.reached", { limit: MAX_DEVICES, what: "devices" });
    const device: NewDevice = {
      deviceId: newUuid(clock, random),
      siteId: input.siteId,
      name: input.name,
      label: input.label ?? "",
      typeId: type.id,
      tags: input.tags ?? [],
      intervalMs: input.intervalMs ?? type.intervalMs,
      demo: input.demo ?? false,
      discoveryId: input.discoveryId,
      createdMs: clock.nowMs(),
    };
    const { deviceId } = device;
    const made = await db
      .transaction()
      .execute(async (tx) => {
        if (!(await siteExists(tx, tenantId, input.siteId))) throw new AppError("site.not_found");
        await insertDevice(tx, tenantId, device);
        await insertPresence(tx, tenantId, deviceId);
        const { name, typeId, siteId } = device;
        const data = { name, typeId, siteId, announced: input.discoveryId === undefined ? undefined : true };
        await recordOnDevice(this.#context, tx, { tenantId, deviceId }, { kind: "device.created", data });
        return more(tx, deviceId);
      })
      .catch(refuseConflict);
    await announceChange(this.#context, { tenantId, deviceId, change: "added" });
    return { deviceId, made };
  }

  async update({ tenantId, name: by }: Actor, deviceId: Uuid, change: DeviceChange): Promise<devices.Device> {
    const before = getRecord(this.#context, tenantId, deviceId);
    if (change.name !== undefined) assertName(change.name);
    const found = await this.#context.db
      .transaction()
      .execute(async (tx) => {
        if (change.siteId !== undefined && !(await siteExists(tx, tenantId, change.siteId)))
          throw new AppError("site.not_found");
        const data = { name: before.name, change };
        await recordOnDevice(this.#context, tx, { tenantId, deviceId }, { kind: "device.changed", data });
        return updateDeviceRow(tx, tenantId, deviceId, change);
      })
      .catch(refuseConflict);
    if (!found) throw new AppError("device.not_found");
    await announceChange(this.#context, { tenantId, deviceId, change: "updated" });
    if (change.name !== undefined && change.name !== before.name)
      this.#note(tenantId, deviceId, "device_renamed", `Renamed from ${before.name} to ${change.name}`, {
        from: before.name,
        to: change.name,
        by,
      });
    return this.get(tenantId, deviceId);
  }

  /** Shut out first, so that nothing is added while what can be long is removed in parts. */
  async delete(actor: Actor, deviceId: Uuid): Promise<void> {
    const { tenantId } = actor;
    const { db, deviceLog } = this.#context;
    const { name, typeId, siteId } = getRecord(this.#context, tenantId, deviceId);
    await this.#deps.revocation.revoke(actor, deviceId);
    await deviceLog.flush();
    while (await deleteDeviceLogLines(db, tenantId, deviceId, LOG_LINES_DELETED_AT_ONCE));
    await db.transaction().execute(async (tx) => {
      const data = { name, typeId, siteId };
      await recordOnDevice(this.#context, tx, { tenantId, deviceId }, { kind: "device.removed", data });
      await deleteDeviceRow(tx, tenantId, deviceId);
    });
    await announceChange(this.#context, { tenantId, deviceId, change: "removed" });
  }

  async deleteAllOfSite(actor: Actor, siteId: Uuid): Promise<void> {
    for (const deviceId of await listDeviceIdsOfSite(this.#context.db, actor.tenantId, siteId))
      await this.delete(actor, deviceId);
  }

  async #view(tenantId: Uuid, rows: readonly InventoryRow[]): Promise<devices.Device[]> {
    const ids = rows.map(({ deviceId }) => deviceId);
    if (ids.length === 0) return [];
    const [metrics, last] = await Promise.all([
      listOwnMetrics(this.#context.db, tenantId, ids),
      this.#deps.lastValues.lastValues(ids),
    ]);
    return rows.map((row) => {
      const presence = this.#context.presence.find(row.deviceId);
      return viewDevice(row, presence, {
        metrics: metrics.get(row.deviceId) ?? [],
        last: last.get(row.deviceId) ?? [],
        trust: this.#deps.trust?.badge(row.deviceId),
      });
    });
  }

  #note(tenantId: Uuid, deviceId: Uuid, code: devices.LogCode, message: string, data: object): void {
    this.#context.deviceLog.note({ tenantId, deviceId, kind: "event", level: "info", code, message, data });
  }
}

/** A name that looks like an id would be taken for another device's in a topic. */
function assertName(name: string): void {
  if (isUuid(name.toLowerCase())) throw new AppError("request.invalid", { field: "name" });
}

function refuseConflict(error: unknown): never {
  if (isUniqueViolation(error, DEVICE_NAME_UNIQUE)) throw new AppError("device.name_taken");
  if (isForeignKeyViolation(error, SITE_HAS_DEVICES)) throw new AppError("site.not_found");
  throw error;
}
