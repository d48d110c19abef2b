import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";
import { DueHeap } from "./due-heap.ts";
import { dueMs, type Effect, evaluate, type Input, type WatchState } from "./engine.ts";
import { metricOf } from "./model.ts";
import type { StoredValue } from "./ports.ts";
import { type Watch, WatchList } from "./watch-list.ts";

/** Effects that one watch waits to see carried out, in their order; raise and clear alternate. */
export interface PendingEffects {
  readonly watch: Watch;
  readonly effects: readonly Effect[];
}

/** Of a watch that flaps faster than alerts can be written, the first pair and the latest state are kept. */
const MAX_PENDING = 4;

/** A last value is believed for this many reporting intervals, and for five minutes at least. */
const BELIEVED_INTERVALS = 3;
const BELIEVED_AT_LEAST_MS = 300_000;

/**
 * All watches in memory: readings and ticks go in, effects and watches to save come out. No I/O. Whatever
 * waits is bounded by the number of watches.
 */
export class LiveEngine {
  readonly list = new WatchList();
  readonly #due = new DueHeap<Watch>();
  readonly #unsaved = new Set<Watch>();
  #effects = new Map<Watch, Effect[]>();
  #merged = 0;

  onReadings(readings: readonly Reading[]): void {
    for (const reading of readings) {
      const watches = this.list.ofDevice(reading.deviceId);
      if (watches === undefined) continue;
      const { tsMs, receivedMs } = reading;
      for (const watch of watches.silence)
        this.#step(watch, { kind: "reading", tsMs, receivedMs, value: true });
      if (watches.byMetric.size === 0) continue;
      for (const values of [reading.numbers, reading.states]) {
        for (const [metric, value] of values) {
          for (const watch of watches.byMetric.get(metric) ?? [])
            this.#step(watch, { kind: "reading", tsMs, receivedMs, value });
        }
      }
    }
  }

  tick(nowMs: UnixMs): void {
    for (let entry = this.#due.popDue(nowMs); entry !== undefined; entry = this.#due.popDue(nowMs)) {
      const { item: watch, atMs } = entry;
      if (watch.isRemoved || watch.queuedMs !== atMs) continue;
      delete watch.queuedMs;
      this.#step(watch, { kind: "tick", nowMs });
      this.#schedule(watch);
    }
  }

  /** Lets a watch go on from a state that was stored. */
  restore(watch: Watch, state: WatchState, alertId?: Uuid): void {
    watch.state = state;
    if (alertId !== undefined) watch.alertId = alertId;
    this.#schedule(watch);
  }

  /** The device was last heard at this time; nothing new when that is known already. */
  seedHeard(watch: Watch, heardMs: UnixMs): void {
    if (heardMs <= (watch.state.seenMs ?? 0)) return;
    this.#step(watch, { kind: "reading", tsMs: heardMs, receivedMs: heardMs, value: true });
  }

  /** The last values of the device, for a watch that begins. */
  seedValue(watch: Watch, last: readonly StoredValue[], nowMs: UnixMs): void {
    const metric = metricOf(watch.rule.condition);
    const stored = last.find(({ metric: key }) => key === metric);
    if (stored === undefined) return;
    const believedMs = Math.max(BELIEVED_AT_LEAST_MS, watch.device.intervalMs * BELIEVED_INTERVALS);
    if (stored.tsMs < nowMs - believedMs) return;
    const tsMs = Math.min(stored.tsMs, nowMs);
    this.#step(watch, { kind: "reading", tsMs, receivedMs: tsMs, value: stored.value });
  }

  takeEffects(): PendingEffects[] {
    const taken = [...this.#effects].map(([watch, effects]) => ({ watch, effects }));
    this.#effects = new Map();
    return taken;
  }

  /** What could not be carried out yet goes before what came since. */
  giveBackEffects({ watch, effects }: PendingEffects): void {
    const newer = this.#effects.get(watch) ?? [];
    this.#effects.set(watch, []);
    for (const effect of [...effects, ...newer]) this.#queue(watch, effect);
  }

  get hasEffects(): boolean {
    return this.#effects.size > 0;
  }

  /** Pairs of raise and clear that were left out since the last call. */
  takeMerged(): number {
    const merged = this.#merged;
    this.#merged = 0;
    return merged;
  }

  takeUnsaved(): Watch[] {
    const taken = [...this.#unsaved];
    this.#unsaved.clear();
    return taken;
  }

  giveBackUnsaved(watches: readonly Watch[]): void {
    for (const watch of watches) this.#unsaved.add(watch);
  }

  #step(watch: Watch, input: Input): void {
    const before = watch.state;
    const { state, effects } = evaluate(watch.engineRule, before, input);
    if (state === before) return;
    watch.state = state;
    for (const effect of effects) this.#queue(watch, effect);
    if (before.sinceMs === state.sinceMs && before.raised === state.raised) return;
    if (watch.rule.condition.kind !== "silence" && watch.rule.holdMs > 0) this.#unsaved.add(watch);
    this.#schedule(watch);
  }

  #queue(watch: Watch, effect: Effect): void {
    const pending = this.#effects.get(watch);
    if (pending === undefined) {
      this.#effects.set(watch, [effect]);
      return;
    }
    if (pending.length >= MAX_PENDING) {
      pending.length -= 2;
      this.#merged++;
    }
    pending.push(effect);
  }

  /** At most one live entry a watch; one whose time moved back is found again when it comes up. */
  #schedule(watch: Watch): void {
    const atMs = dueMs(watch.engineRule, watch.state);
    if (atMs === undefined || (watch.queuedMs !== undefined && watch.queuedMs <= atMs)) return;
    watch.queuedMs = atMs;
    this.#due.push(atMs, watch);
  }
}

/** Whether a hold time runs that a restart must not forget; silence is known from when the device was last seen. */
export const isHolding = ({ state, rule }: Watch): boolean =>
  rule.condition.kind !== "silence" && rule.holdMs > 0 && state.sinceMs !== undefined && !state.raised;
