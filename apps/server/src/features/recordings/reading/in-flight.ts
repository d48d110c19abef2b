import { AppError, type Uuid } from "@gatehouse/base";

/** Bytes that answers hold in memory until they have left. One whole segment fits into each. */
export const IN_FLIGHT_LIMITS = {
  all: 192 * 1_048_576,
  tenant: 128 * 1_048_576,
  /** Of one person, or of one program. */
  asker: 96 * 1_048_576,
} as const satisfies Record<string, number>;

export interface Holder {
  readonly tenantId: Uuid;
  /** Undefined for what the server itself reads. */
  readonly askerId?: Uuid | undefined;
}

/** Who holds how much: whoever takes answers slowly leaves room for others. */
export class InFlight {
  readonly #limits: Readonly<Record<keyof typeof IN_FLIGHT_LIMITS, number>>;
  readonly #held = new Map<string, number>();

  constructor(limits: Partial<typeof IN_FLIGHT_LIMITS> = {}) {
    this.#limits = { ...IN_FLIGHT_LIMITS, ...limits };
  }

  /** Answers how to give it back. Refuses `server.busy`. */
  take(bytes: number, { tenantId, askerId }: Holder): () => void {
    const shares: [string, number][] = [
      ["all", this.#limits.all],
      [`tenant ${tenantId}`, this.#limits.tenant],
      ...(askerId === undefined ? [] : [[`asker ${askerId}`, this.#limits.asker] as [string, number]]),
    ];
    if (shares.some(([name, limit]) => (this.#held.get(name) ?? 0) + bytes > limit))
      throw new AppError("server.busy");
    for (const [name] of shares) this.#held.set(name, (this.#held.get(name) ?? 0) + bytes);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      for (const [name] of shares) {
        const left = (this.#held.get(name) ?? 0) - bytes;
        if (left > 0) this.#held.set(name, left);
        else this.#held.delete(name);
      }
    };
  }
}
