import { AppError, type Uuid } from "@gatehouse/base";
import { gateways } from "@gatehouse/contract";
import { type DevicesContext, getActiveRecord, getRecord } from "../context.ts";
import { type Actor, type DeviceRecord, GATEWAY_TYPE } from "../model.ts";
import { loadAssignments, writeAssignments } from "./assignment-store.ts";

/** Of one change in the ledger; the count is of all. */
const DEVICES_NAMED = 200;
const NOBODY: ReadonlySet<Uuid> = new Set();

/**
 * Which gateway speaks for which devices, in memory for every frame. A change is committed first, then known here and
 * said on the bus; changes run one after the other.
 */
export class AssignmentService {
  readonly #context: DevicesContext;
  readonly #gatewayOf = new Map<Uuid, Uuid>();
  readonly #devicesOf = new Map<Uuid, Set<Uuid>>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: DevicesContext) {
    this.#context = context;
  }

  async load(): Promise<void> {
    for (const { deviceId, gatewayId } of await loadAssignments(this.#context.db))
      this.#put(deviceId, gatewayId);
  }

  gatewayOf(deviceId: Uuid): Uuid | undefined {
    return this.#gatewayOf.get(deviceId);
  }

  devicesOf(gatewayId: Uuid): ReadonlySet<Uuid> {
    return this.#devicesOf.get(gatewayId) ?? NOBODY;
  }

  /** All of them or none; answers how many changed. Without a gateway they speak for themselves alone. */
  assign(actor: Actor, deviceIds: readonly Uuid[], gatewayId: Uuid | undefined): Promise<number> {
    const mine = this.#turn.then(() => this.#assign(actor, deviceIds, gatewayId));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** A device that is gone is nobody's, and speaks for nobody. */
  drop(deviceId: Uuid): void {
    this.#put(deviceId, undefined);
    for (const assigned of [...this.devicesOf(deviceId)]) this.#put(assigned, undefined);
  }

  async #assign(actor: Actor, deviceIds: readonly Uuid[], gatewayId: Uuid | undefined): Promise<number> {
    const { tenantId } = actor;
    const gateway = gatewayId === undefined ? undefined : this.#getGateway(tenantId, gatewayId);
    const records = deviceIds.map((id) => getRecord(this.#context, tenantId, id));
    if (gateway !== undefined) assertAssignable(records);
    const changing = deviceIds.filter((id) => this.#gatewayOf.get(id) !== gatewayId);
    const { devicesPerGateway } = gateways.GATEWAY_LIMITS;
    if (gatewayId !== undefined && this.devicesOf(gatewayId).size + changing.length > devicesPerGateway)
      throw new AppError("limit.reached", { limit: devicesPerGateway, what: "devices of a gateway" });
    const found = await this.#context.db.transaction().execute(async (tx) => {
      const written = await writeAssignments(tx, tenantId, changing, gatewayId);
      if (written !== changing.length) throw new AppError("device.not_found");
      await this.#context.audit.record(tx, {
        kind: "device.assigned",
        tenantId,
        ...(gatewayId === undefined ? {} : { subject: { kind: "device", id: gatewayId } }),
        data: { count: changing.length, devices: changing.slice(0, DEVICES_NAMED) },
      });
      return written;
    });
    if (found === 0) return 0;
    const former = new Set(changing.flatMap((id) => this.#gatewayOf.get(id) ?? []));
    for (const id of changing) {
      this.#note(actor, id, gateway);
      this.#put(id, gatewayId);
    }
    const atMs = this.#context.clock.nowMs();
    this.#context.bus.publish("gateway.assigned", {
      tenantId,
      deviceIds: changing,
      gatewayId,
      former: [...former],
      atMs,
    });
    return found;
  }

  #getGateway(tenantId: Uuid, gatewayId: Uuid): DeviceRecord {
    const gateway = getActiveRecord(this.#context, tenantId, gatewayId);
    if (gateway.typeId !== GATEWAY_TYPE)
      throw new AppError("gateway.not_assignable", { gatewayId, reason: "not_a_gateway" });
    return gateway;
  }

  #put(deviceId: Uuid, gatewayId: Uuid | undefined): void {
    const before = this.#gatewayOf.get(deviceId);
    if (before !== undefined) {
      const others = this.#devicesOf.get(before);
      others?.delete(deviceId);
      if (others?.size === 0) this.#devicesOf.delete(before);
    }
    if (gatewayId === undefined) {
      this.#gatewayOf.delete(deviceId);
      return;
    }
    this.#gatewayOf.set(deviceId, gatewayId);
    const mine = this.#devicesOf.get(gatewayId);
    if (mine === undefined) this.#devicesOf.set(gatewayId, new Set([deviceId]));
    else mine.add(deviceId);
  }

  #note({ tenantId, name }: Actor, deviceId: Uuid, gateway: DeviceRecord | undefined): void {
    const { directory, deviceLog } = this.#context;
    const before = directory.find(this.#gatewayOf.get(deviceId) ?? "")?.name;
    const said =
      gateway === undefined
        ? ({ code: "gateway_unassigned", message: "No gateway speaks for this device any more" } as const)
        : ({ code: "gateway_assigned", message: `Assigned to gateway ${gateway.name}` } as const);
    const data = { by: name, ...(before ? { from: before } : {}), ...(gateway ? { to: gateway.name } : {}) };
    deviceLog.note({ tenantId, deviceId, kind: "event", level: "info", ...said, data });
  }
}

/** A gateway is nobody's device, and nobody speaks for a device that is revoked. */
function assertAssignable(records: readonly DeviceRecord[]): void {
  for (const { deviceId, typeId, revoked } of records) {
    if (typeId === GATEWAY_TYPE)
      throw new AppError("gateway.not_assignable", { deviceId, reason: "is_a_gateway" });
    if (revoked) throw new AppError("device.revoked", { deviceId });
  }
}
