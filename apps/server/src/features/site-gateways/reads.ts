import { AppError, type ErrorCode, newUuid, type Timer, type Uuid } from "@gatehouse/base";
import { access, type gateways } from "@gatehouse/contract";
import type { Located } from "../../platform/http/resources.ts";
import { type Actor, encodeControl, inParts, type SiteGatewayContext } from "./context.ts";
import {
  DEVICES_PER_READ_MESSAGE,
  expectedEndMs,
  MAX_OPEN_READS,
  METER_TYPE,
  type OpenRead,
  type VerdictFilter,
  type VerdictsMessage,
} from "./model.ts";
import type { KnownDevice } from "./ports.ts";
import { findReadTenant, loadOpenReads, type ReadDeviceRow, ReadStore } from "./read-store.ts";

export interface Selection {
  readonly deviceIds?: readonly Uuid[];
  readonly siteId?: Uuid;
  readonly gatewayId?: Uuid;
  readonly all?: true;
}

const subjectOf = (readId: Uuid) => ({ kind: "meter_read", id: readId });

/** How late after its last verdict or its deadline a round ends. */
const TICK_MS = 500;

/**
 * Rounds of asking meters. A round is in the database before anybody is asked; whoever is asked is told again after
 * each reconnect until there is a verdict; the first verdict of a device counts; what is open at the deadline has not
 * answered. So neither side's end loses or doubles one.
 */
export class MeterReads {
  readonly #context: SiteGatewayContext;
  readonly #open = new Map<Uuid, OpenRead>();
  /** Rounds that got verdicts since the last tick. */
  readonly #answered = new Set<Uuid>();
  #timer: Timer | undefined;
  #ticking: Promise<void> = Promise.resolve();

  constructor(context: SiteGatewayContext) {
    this.#context = context;
  }

  async load(): Promise<void> {
    for (const read of await loadOpenReads(this.#context.db)) {
      this.#open.set(read.id, read);
      this.#answered.add(read.id);
    }
    this.#timer = this.#context.clock.every(TICK_MS, () => this.#tickInBackground());
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#ticking;
  }

  async start(
    actor: Actor,
    scope: access.Scope,
    selection: Selection,
    deadlineSeconds: number,
  ): Promise<gateways.MeterRead> {
    const { tenantId } = actor;
    const { clock, random, audit } = this.#context;
    const meters = await this.#select(scope, selection);
    if (meters.length === 0) throw new AppError("meter_read.no_meters");
    const openOfTenant = [...this.#open.values()].filter((read) => read.tenantId === tenantId);
    if (openOfTenant.length >= MAX_OPEN_READS)
      throw new AppError("limit.reached", { limit: MAX_OPEN_READS, what: "open rounds" });
    const createdMs = clock.nowMs();
    const read: OpenRead = {
      id: newUuid(clock, random),
      tenantId,
      deadlineMs: createdMs + deadlineSeconds * 1_000,
    };
    const data = {
      meters: meters.length,
      deadlineSeconds,
      ...(selection.siteId ? { siteId: selection.siteId } : {}),
      ...(selection.gatewayId ? { gatewayId: selection.gatewayId } : {}),
    };
    await this.#store(tenantId).insert({ ...read, createdMs }, actor, meters, (tx) =>
      audit.record(tx, { kind: "meter_read.requested", tenantId, subject: subjectOf(read.id), data }),
    );
    this.#open.set(read.id, read);
    const asked = new Set(meters.map(({ deviceId }) => this.#askedThrough(deviceId)));
    for (const id of asked) await this.#ask(read, id);
    return this.get(tenantId, read.id);
  }

  async get(tenantId: Uuid, readId: Uuid): Promise<gateways.MeterRead> {
    const [read] = (await this.list(access.wholeTenant(tenantId), { id: readId, limit: 1 })).items;
    if (read === undefined) throw new AppError("meter_read.not_found");
    return read;
  }

  /** Rounds of which the asker may see every device. */
  async list(
    scope: access.Scope,
    page: { readonly id?: Uuid; readonly beforeSeq?: number | undefined; readonly limit: number },
  ): Promise<{ items: gateways.MeterRead[]; next?: string }> {
    const rows = await this.#store(scope.tenantId).list({ ...page, within: this.#within(scope) });
    const nowMs = this.#context.clock.nowMs();
    const last = rows.at(-1);
    const items = rows.map(
      ({ seq: _seq, tenantId: _tenantId, endedMs, counts, ...row }): gateways.MeterRead => {
        const { waiting: open = 0, ...verdicts } = Object.fromEntries(counts);
        const expectedMs = row.state === "open" ? expectedEndMs({ ...row, open }, nowMs) : undefined;
        return {
          ...row,
          open,
          verdicts,
          ...(endedMs === undefined ? {} : { endedMs }),
          ...(expectedMs === undefined ? {} : { expectedMs }),
        };
      },
    );
    return { items, ...(last === undefined || rows.length < page.limit ? {} : { next: String(last.seq) }) };
  }

  async listDevices(
    tenantId: Uuid,
    readId: Uuid,
    filter: VerdictFilter | undefined,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<{ items: gateways.MeterReadDevice[]; total: number }> {
    await this.get(tenantId, readId);
    const { items, total } = await this.#store(tenantId).listDevices(readId, filter, page);
    return { items: items.map((row) => this.#viewDevice(row)), total };
  }

  /** Somebody takes the verdicts of a round away; refuses a round that is not the tenant's. */
  async recordExport(tenantId: Uuid, readId: Uuid): Promise<void> {
    const { db, audit } = this.#context;
    await this.get(tenantId, readId);
    await db
      .transaction()
      .execute((tx) => audit.record(tx, { kind: "readings.exported", tenantId, subject: subjectOf(readId) }));
  }

  async cancel(tenantId: Uuid, readId: Uuid): Promise<gateways.MeterRead> {
    const { clock, sessions, audit } = this.#context;
    await this.get(tenantId, readId);
    const waiting = await this.#store(tenantId).allWaiting(readId);
    const isEnded = await this.#store(tenantId).end(readId, "cancelled", new Date(clock.nowMs()), (tx) =>
      audit.record(tx, { kind: "meter_read.cancelled", tenantId, subject: subjectOf(readId) }),
    );
    this.#open.delete(readId);
    if (isEnded) {
      const message = encodeControl({ kind: "cancel", requestId: readId });
      for (const id of new Set(waiting.map((deviceId) => this.#askedThrough(deviceId))))
        sessions.send(id, message);
    }
    return this.get(tenantId, readId);
  }

  /** Everything that is still wanted of a gateway that came, or of a meter that is asked itself. */
  async askAgain(askedId: Uuid): Promise<void> {
    const tenantId = this.#context.devices.find(askedId)?.tenantId;
    for (const read of [...this.#open.values()])
      if (read.tenantId === tenantId) await this.#ask(read, askedId);
  }

  /** Resolves after they are stored. Only devices of the gateway itself count. */
  async takeVerdicts(
    gateway: KnownDevice,
    { requestId, items }: VerdictsMessage,
  ): Promise<ErrorCode | undefined> {
    const { clock } = this.#context;
    const mine = items.filter(({ deviceId }) => this.#askedThrough(deviceId) === gateway.deviceId);
    const ofDevice = new Map(mine.toReversed().map((item) => [item.deviceId, item]));
    if (ofDevice.size > 0) {
      const at = new Date(clock.nowMs());
      await this.#store(gateway.tenantId).giveVerdicts(requestId, [...ofDevice.values()], at);
      this.answered(requestId);
    }
    return mine.length === items.length ? undefined : "message.topic_forbidden";
  }

  /** A verdict of this round has been committed. */
  answered(readId: Uuid): void {
    if (this.#open.has(readId)) this.#answered.add(readId);
  }

  /** Ends what is complete or over. */
  async tick(): Promise<void> {
    const { clock, log } = this.#context;
    const nowMs = clock.nowMs();
    for (const read of [...this.#open.values()]) {
      const at = new Date(nowMs);
      const isOver = read.deadlineMs <= nowMs;
      if (!isOver && !this.#answered.delete(read.id)) continue;
      const store = this.#store(read.tenantId);
      const ended = isOver
        ? await store.end(read.id, "no_answer", at)
        : await store.endWhenComplete(read.id, at);
      if (!ended && !isOver) continue;
      this.#open.delete(read.id);
      this.#answered.delete(read.id);
      log.info({ readId: read.id, isOver }, "meter_read.ended");
    }
  }

  #tickInBackground(): void {
    const run = this.#ticking.then(() => this.tick());
    this.#ticking = run.catch((error: unknown) => {
      // Told again at the next tick.
      for (const id of this.#open.keys()) this.#answered.add(id);
      this.#context.log.warn({ err: error }, "meter_read.tick_failed");
    });
  }

  async #ask(read: OpenRead, askedId: Uuid): Promise<void> {
    const { devices, sessions } = this.#context;
    if (!sessions.has(askedId) || !this.#open.has(read.id)) return;
    const reached = [...devices.assignedTo(askedId)];
    if (devices.gatewayOf(askedId) === undefined) reached.push(askedId);
    const waiting = await this.#store(read.tenantId).waiting(read.id, reached);
    for (const part of inParts(waiting, DEVICES_PER_READ_MESSAGE)) {
      const { id: requestId, deadlineMs } = read;
      const message = { kind: "read", requestId, deadlineMs, devices: part };
      if (!sessions.send(askedId, encodeControl(message))) return;
    }
  }

  /** Its gateway; a meter without one is asked itself. */
  #askedThrough(deviceId: Uuid): Uuid {
    return this.#context.devices.gatewayOf(deviceId) ?? deviceId;
  }

  async #select(
    { tenantId, reach }: access.Scope,
    { deviceIds, siteId, gatewayId, all }: Selection,
  ): Promise<readonly KnownDevice[]> {
    const { devices } = this.#context;
    const given = [deviceIds, siteId, gatewayId, all].filter((one) => one !== undefined);
    if (given.length !== 1)
      throw new AppError("request.invalid", { field: "deviceIds, siteId, gatewayId or all" });
    const isMeter = ({ typeId, revoked }: KnownDevice): boolean => typeId === METER_TYPE && !revoked;
    if (deviceIds !== undefined)
      return deviceIds.map((id) => {
        const device = devices.find(id);
        if (device?.tenantId !== tenantId || !access.reaches(reach, device))
          throw new AppError("device.not_found");
        if (!isMeter(device)) throw new AppError("meter_read.no_meters", { deviceId: id });
        return device;
      });
    const gateway = gatewayId === undefined ? undefined : devices.find(gatewayId);
    const isKnownGateway =
      gatewayId === undefined || (gateway?.tenantId === tenantId && access.reaches(reach, gateway));
    if (!isKnownGateway) throw new AppError("device.not_found");
    const behind = gatewayId === undefined ? undefined : devices.assignedTo(gatewayId);
    const isKnownSite =
      siteId === undefined ||
      (access.reaches(reach, { siteId }) && (await devices.siteNames(tenantId)).has(siteId));
    if (!isKnownSite) throw new AppError("site.not_found");
    return devices
      .list(tenantId)
      .filter((device) => isMeter(device) && (siteId === undefined || device.siteId === siteId))
      .filter((device) => behind?.has(device.deviceId) ?? true)
      .filter((device) => access.reaches(reach, device));
  }

  /** Whose a round is, and where its devices lie. */
  async locate(readId: Uuid): Promise<Located | undefined> {
    const { db, devices } = this.#context;
    const tenantId = await findReadTenant(db, readId);
    if (tenantId === undefined) return undefined;
    return {
      tenantId,
      places: async () => {
        const ids = await this.#store(tenantId).deviceIds(readId);
        // Of a device that is gone nobody knows the place any more: the round is the organisation's.
        const known = ids.flatMap((id) => devices.find(id) ?? []);
        return known.length < ids.length ? undefined : known;
      },
    };
  }

  #within({ tenantId, reach }: access.Scope): "all" | Uuid[] {
    if (reach === "all") return "all";
    const known = this.#context.devices.list(tenantId).filter((device) => access.reaches(reach, device));
    return known.map(({ deviceId }) => deviceId);
  }

  #viewDevice({ deviceId, name, verdict, detail, atMs }: ReadDeviceRow): gateways.MeterReadDevice {
    const { devices } = this.#context;
    const gatewayId = devices.gatewayOf(deviceId);
    const gatewayName = gatewayId === undefined ? undefined : devices.find(gatewayId)?.name;
    return {
      deviceId,
      name,
      ...(gatewayId === undefined ? {} : { gatewayId }),
      ...(gatewayName === undefined ? {} : { gatewayName }),
      ...(verdict === undefined ? {} : { verdict }),
      ...(detail === undefined ? {} : { detail }),
      ...(atMs === undefined ? {} : { atMs }),
    };
  }

  #store(tenantId: Uuid): ReadStore {
    return new ReadStore(this.#context.db, tenantId);
  }
}
