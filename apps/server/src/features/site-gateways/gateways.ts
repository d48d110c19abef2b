import { AppError, type ErrorCode, type Uuid } from "@gatehouse/base";
import { access, type gateways } from "@gatehouse/contract";
import { encodeControl, inParts, type SiteGatewayContext } from "./context.ts";
import { DEVICES_PER_LIST_PART, GATEWAY_TYPE, HEARD_FOR_MS, type StateMessage } from "./model.ts";
import type { KnownDevice } from "./ports.ts";
import { loadStates, saveState } from "./state-store.ts";

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** Site gateways: what they are told of their devices, and what they say of themselves. */
export class Gateways {
  readonly #context: SiteGatewayContext;
  readonly #queues = new Map<Uuid, gateways.GatewayQueue>();
  /** When a gateway last heard each of its devices. */
  readonly #heard = new Map<Uuid, Map<Uuid, number>>();
  #version = 0;

  constructor(context: SiteGatewayContext) {
    this.#context = context;
  }

  async load(): Promise<void> {
    for (const [id, queue] of await loadStates(this.#context.db)) this.#queues.set(id, queue);
  }

  /** The whole list, in parts, to a gateway that is there; one that is away gets it when it comes. */
  sendAssigned(gatewayId: Uuid): void {
    const { clock, devices, sessions } = this.#context;
    if (devices.find(gatewayId)?.typeId !== GATEWAY_TYPE || !sessions.has(gatewayId)) return;
    const known = [...devices.assignedTo(gatewayId)].sort().flatMap((id) => devices.find(id) ?? []);
    const all = known.filter(({ revoked }) => !revoked).map((device) => this.#describe(device));
    const parts = all.length === 0 ? [[]] : [...inParts(all, DEVICES_PER_LIST_PART)];
    this.#version = Math.max(this.#version + 1, clock.nowMs());
    for (const [part, listed] of parts.entries()) {
      const message = {
        kind: "assigned",
        version: this.#version,
        part,
        parts: parts.length,
        devices: listed,
      };
      if (!sessions.send(gatewayId, encodeControl(message))) return;
    }
  }

  /** Resolves after it is stored. Devices that are not its own are passed over; then it is told so. */
  async takeState(
    gateway: KnownDevice,
    { queue, devices: heard }: StateMessage,
  ): Promise<ErrorCode | undefined> {
    const { db, clock, devices } = this.#context;
    const nowMs = clock.nowMs();
    const stored = { ...queue, atMs: nowMs };
    await saveState(db, gateway.tenantId, gateway.deviceId, stored);
    this.#queues.set(gateway.deviceId, stored);
    const times = this.#heard.get(gateway.deviceId) ?? new Map<Uuid, number>();
    this.#heard.set(gateway.deviceId, times);
    let foreign = 0;
    for (const { deviceId, lastHeardMs, via = "gateway" } of heard) {
      if (devices.gatewayOf(deviceId) !== gateway.deviceId) foreign++;
      // A gateway whose clock is wrong cannot make a device look newer than now, or older than it is known to be.
      else {
        times.set(deviceId, Math.min(lastHeardMs, nowMs));
        if (lastHeardMs > nowMs - HEARD_FOR_MS) devices.heard(deviceId, via, Math.min(lastHeardMs, nowMs));
      }
    }
    return foreign === 0 ? undefined : "message.topic_forbidden";
  }

  async list(
    { tenantId, reach }: access.Scope,
    page: { readonly q: string; readonly offset: number; readonly limit: number },
  ): Promise<{ items: gateways.SiteGateway[]; total: number }> {
    const wanted = page.q.trim().toLowerCase();
    const found = this.#context.devices
      .list(tenantId)
      .filter(
        ({ typeId, revoked, name, siteId, deviceId }) =>
          typeId === GATEWAY_TYPE &&
          !revoked &&
          name.toLowerCase().includes(wanted) &&
          access.reaches(reach, { siteId, deviceId }),
      )
      .sort((a, b) => a.name.localeCompare(b.name, "en"));
    const sites = await this.#context.devices.siteNames(tenantId);
    const items = found
      .slice(page.offset, page.offset + page.limit)
      .map((gateway) => this.#view(gateway, sites.get(gateway.siteId) ?? ""));
    return { items, total: found.length };
  }

  async get(tenantId: Uuid, gatewayId: Uuid): Promise<gateways.SiteGateway> {
    const gateway = this.#context.devices.find(gatewayId);
    if (gateway?.tenantId !== tenantId || gateway.typeId !== GATEWAY_TYPE)
      throw new AppError("device.not_found");
    const sites = await this.#context.devices.siteNames(tenantId);
    return this.#view(gateway, sites.get(gateway.siteId) ?? "");
  }

  /** A device that is gone is heard by nobody. */
  forget(deviceId: Uuid): void {
    this.#queues.delete(deviceId);
    this.#heard.delete(deviceId);
    for (const times of this.#heard.values()) times.delete(deviceId);
  }

  #describe({ deviceId, name, typeId }: KnownDevice): object {
    const keys = this.#context.devices.keysOf(deviceId).map((key) => ({
      keyId: key.keyId,
      suite: key.suite,
      agreementKey: base64url(key.agreementKey),
      signingKey: base64url(key.signingKey),
    }));
    return { deviceId, name, typeId, keyIds: keys.map(({ keyId }) => keyId), keys };
  }

  #view({ deviceId, name, siteId }: KnownDevice, siteName: string): gateways.SiteGateway {
    const { clock, devices, sessions } = this.#context;
    const lastSeenMs = devices.lastSeenOf(deviceId);
    const assigned = devices.assignedTo(deviceId);
    const sinceMs = clock.nowMs() - HEARD_FOR_MS;
    const times = this.#heard.get(deviceId);
    const queue = this.#queues.get(deviceId);
    return {
      id: deviceId,
      name,
      siteId,
      siteName,
      status: devices.statusOf(deviceId) ?? "never",
      connected: sessions.has(deviceId),
      devices: assigned.size,
      heard: [...assigned].filter((id) => (times?.get(id) ?? 0) > sinceMs).length,
      ...(lastSeenMs === undefined ? {} : { lastSeenMs }),
      ...(queue === undefined ? {} : { queue }),
    };
  }
}
