import type { Clock, Timer, UnixMs, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { DeviceRecord } from "../model.ts";
import { DueWheel } from "../presence/due-wheel.ts";

const TICK_MS = 500;

interface Expiry {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly credentialId: Uuid;
  readonly expiresMs: UnixMs;
  dueSlot: number | undefined;
}

/** Ends the connections of a credential when its time is over (the overlap of a rotation, a certificate). */
export class ExpiryWatch {
  readonly #byDevice = new Map<Uuid, Expiry[]>();
  readonly #wheel: DueWheel<Expiry>;
  readonly #clock: Clock;
  readonly #bus: Bus;
  #timer: Timer | undefined;

  constructor(clock: Clock, bus: Bus) {
    this.#clock = clock;
    this.#bus = bus;
    this.#wheel = new DueWheel(clock.nowMs());
  }

  start(): void {
    this.#timer = this.#clock.every(TICK_MS, () => this.tick());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  put(deviceId: Uuid, record: DeviceRecord | undefined): void {
    for (const known of this.#byDevice.get(deviceId) ?? []) this.#wheel.remove(known);
    this.#byDevice.delete(deviceId);
    const nowMs = this.#clock.nowMs();
    const expiries: Expiry[] = [];
    for (const { credentialId, expiresMs, revoked } of record?.credentials ?? []) {
      if (record === undefined || expiresMs === undefined || revoked || expiresMs <= nowMs) continue;
      const expiry = { tenantId: record.tenantId, deviceId, credentialId, expiresMs, dueSlot: undefined };
      this.#wheel.schedule(expiry, expiresMs);
      expiries.push(expiry);
    }
    if (expiries.length > 0) this.#byDevice.set(deviceId, expiries);
  }

  tick(): void {
    const nowMs = this.#clock.nowMs();
    for (const expiry of this.#wheel.take(nowMs)) {
      const { tenantId, deviceId, credentialId, expiresMs } = expiry;
      if (expiresMs > nowMs) this.#wheel.schedule(expiry, expiresMs);
      else
        this.#bus.publish("device.credentials_ended", { tenantId, deviceId, credentialIds: [credentialId] });
    }
  }
}
