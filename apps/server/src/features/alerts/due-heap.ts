import type { UnixMs } from "@gatehouse/base";

interface Entry<T> {
  readonly atMs: UnixMs;
  readonly item: T;
}

/** Binary min-heap of instants: push and pop in O(log n). The same item may be in it more than once. */
export class DueHeap<T> {
  readonly #entries: Entry<T>[] = [];

  get size(): number {
    return this.#entries.length;
  }

  push(atMs: UnixMs, item: T): void {
    const entries = this.#entries;
    let at = entries.length;
    const entry = { atMs, item };
    entries.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((entries[parent] as Entry<T>).atMs <= atMs) break;
      entries[at] = entries[parent] as Entry<T>;
      at = parent;
    }
    entries[at] = entry;
  }

  /** The earliest entry that is due by `nowMs`. */
  popDue(nowMs: UnixMs): Entry<T> | undefined {
    const entries = this.#entries;
    const first = entries[0];
    if (first === undefined || first.atMs > nowMs) return undefined;
    const last = entries.pop() as Entry<T>;
    if (entries.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: Entry<T>): void {
    const entries = this.#entries;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= entries.length) break;
      const right = entries[child + 1];
      if (right !== undefined && right.atMs < (entries[child] as Entry<T>).atMs) child++;
      if ((entries[child] as Entry<T>).atMs >= entry.atMs) break;
      entries[at] = entries[child] as Entry<T>;
      at = child;
    }
    entries[at] = entry;
  }
}
