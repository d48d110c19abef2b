import type { Clock, ErrorCode } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import { RateCounter } from "./counters.ts";
import type { Refused } from "./refused.ts";

export interface RefusedBy {
  readonly tenantId?: string;
  readonly deviceId?: string;
  readonly via: string;
  readonly address: string;
  /** What came names the device; nobody knows who sent it. */
  readonly unproven?: boolean;
}

const DETAIL_LENGTH = 200;

/** Every refusal is counted here and said on the bus; codes are those of the catalogue, so the labels are bounded. */
export class Refusals {
  readonly #bus: Pick<Bus, "publish">;
  readonly #clock: Clock;
  readonly #byCode = new Map<ErrorCode, number>();
  readonly #byTenant = new Map<string, number>();
  readonly counter: RateCounter;

  constructor({ bus, clock }: { bus: Pick<Bus, "publish">; clock: Clock }) {
    this.#bus = bus;
    this.#clock = clock;
    this.counter = new RateCounter(clock);
  }

  add({ code, detail }: Refused, by: RefusedBy): void {
    this.counter.add();
    if (by.tenantId !== undefined)
      this.#byTenant.set(by.tenantId, (this.#byTenant.get(by.tenantId) ?? 0) + 1);
    this.#byCode.set(code, (this.#byCode.get(code) ?? 0) + 1);
    this.#bus.publish("message.refused", {
      ...(by.tenantId === undefined ? {} : { tenantId: by.tenantId }),
      ...(by.deviceId === undefined ? {} : { deviceId: by.deviceId }),
      ...(detail === undefined ? {} : { detail: detail.slice(0, DETAIL_LENGTH) }),
      ...(by.unproven === true ? { unproven: true } : {}),
      code,
      via: by.via,
      address: by.address,
      atMs: this.#clock.nowMs(),
    });
  }

  /** Since start, of one organisation. */
  countOf(tenantId: string): number {
    return this.#byTenant.get(tenantId) ?? 0;
  }

  byCode(): ReadonlyMap<ErrorCode, number> {
    return this.#byCode;
  }
}
