import type { UnixMs } from "@gatehouse/base";

const SLOT_MS = 1_000;

interface Due {
  /** Slot it waits in; owned by the wheel. */
  dueSlot: number | undefined;
}

/**
 * Items by the second in which they want to be looked at. A tick touches only those that are due, so 100,000
 * quiet devices cost nothing and one that keeps talking is looked at once an interval, not once a message.
 */
export class DueWheel<T extends Due> {
  readonly #slots = new Map<number, Set<T>>();
  #doneSlot: number;

  constructor(nowMs: UnixMs) {
    this.#doneSlot = Math.floor(nowMs / SLOT_MS);
  }

  /** Keeps the earlier of the two when the item waits already: being looked at too early is harmless. */
  schedule(item: T, atMs: UnixMs): void {
    const slot = Math.max(Math.ceil(atMs / SLOT_MS), this.#doneSlot + 1);
    if (item.dueSlot !== undefined && item.dueSlot <= slot) return;
    this.remove(item);
    item.dueSlot = slot;
    const waiting = this.#slots.get(slot);
    if (waiting === undefined) this.#slots.set(slot, new Set([item]));
    else waiting.add(item);
  }

  remove(item: T): void {
    if (item.dueSlot === undefined) return;
    const waiting = this.#slots.get(item.dueSlot);
    waiting?.delete(item);
    if (waiting?.size === 0) this.#slots.delete(item.dueSlot);
    item.dueSlot = undefined;
  }

  /** Takes out what is due; everything when the clock went back, because all that was planned is wrong then. */
  *take(nowMs: UnixMs): Generator<T> {
    const nowSlot = Math.floor(nowMs / SLOT_MS);
    if (nowSlot === this.#doneSlot) return;
    const slots = this.#dueSlots(this.#doneSlot + 1, nowSlot);
    this.#doneSlot = nowSlot;
    for (const slot of slots) {
      const waiting = this.#slots.get(slot);
      this.#slots.delete(slot);
      for (const item of waiting ?? []) {
        item.dueSlot = undefined;
        yield item;
      }
    }
  }

  #dueSlots(first: number, last: number): number[] {
    if (last < first) return [...this.#slots.keys()];
    // After a long sleep there are fewer occupied slots than seconds passed.
    if (last - first < this.#slots.size) return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    return [...this.#slots.keys()].filter((slot) => slot <= last);
  }
}
