import type { Clock, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";

interface Attending {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
}

/** Says once that a device is connected and once that it has gone, over all the ways it may be connected by. */
export class Attendance {
  readonly #bus: Pick<Bus, "publish">;
  readonly #clock: Clock;
  readonly #open = new Map<Uuid, number>();

  constructor({ bus, clock }: { bus: Pick<Bus, "publish">; clock: Clock }) {
    this.#bus = bus;
    this.#clock = clock;
  }

  arrived({ tenantId, deviceId }: Attending, by: { readonly via: string; readonly address: string }): void {
    const open = (this.#open.get(deviceId) ?? 0) + 1;
    this.#open.set(deviceId, open);
    const { via, address } = by;
    const atMs = this.#clock.nowMs();
    if (open === 1) this.#bus.publish("device.connected", { tenantId, deviceId, via, address, atMs });
  }

  /** For each `arrived`, once. */
  left({ tenantId, deviceId }: Attending, by: { readonly via: string; readonly reason: string }): void {
    const open = (this.#open.get(deviceId) ?? 1) - 1;
    if (open > 0) {
      this.#open.set(deviceId, open);
      return;
    }
    this.#open.delete(deviceId);
    const { via, reason } = by;
    this.#bus.publish("device.disconnected", { tenantId, deviceId, via, reason, atMs: this.#clock.nowMs() });
  }
}
