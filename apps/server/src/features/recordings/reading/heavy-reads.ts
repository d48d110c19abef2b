import type { Uuid } from "@gatehouse/base";
import { BoundedQueue } from "../../../platform/throttle/index.ts";

/** Questions at once, and such that wait; more are refused. */
const ALL = [4, 64] as const;
const OF_TENANT = [2, 16] as const;

/** Questions that walk through much of the index: a few at a time, so that the database is there for everything else. */
export class HeavyReads {
  readonly #all = new BoundedQueue(...ALL);
  readonly #ofTenant = new Map<Uuid, BoundedQueue>();

  /** Refuses `server.busy`. */
  run<T>(tenantId: Uuid, read: () => Promise<T>): Promise<T> {
    const queue = this.#ofTenant.get(tenantId) ?? new BoundedQueue(...OF_TENANT);
    this.#ofTenant.set(tenantId, queue);
    return queue.run(() => this.#all.run(read));
  }
}
