import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";
import { DueHeap } from "./due-heap.ts";
import { dueMs, type Effect, evaluate, type Input, type WatchState } from "./engine.ts";
import { metricOf } from "./model.ts";
import type { StoredValue } from "./ports.ts";
import { type Watch, WatchList } from "./watch-list.ts";

export interface PendingEffect {
  readonly watch: Watch;
  readonly effect: Effect;
}

/** A last value is believed for this many reporting intervals, and for five minutes at least. */
const BELIEVED_INTERVALS = 3;
const BELIEVED_AT_LEAST_MS = 300_000;

/**
 * All watches in memory: readings and ticks go in, effects and watches to save come out. No I/O. The queue of
 * effects is bounded by the number of watches: while the database is away nothing new is stored, so that only
 * the clock can still raise, once a watch.
 */
export class LiveEngine {
  readonly list = new WatchList();
  readonly #due = new DueHeap<Watch>();
  readonly #unsaved = new Set<Watch>();
  #effects: PendingEffect[] = [];

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

  takeEffects(): PendingEffect[] {
    const taken = this.#effects;
    this.#effects = [];
    return taken;
  }

  /** Effects that could not be carried out yet go before the newer ones. */
  giveBackEffects(effects: readonly PendingEffect[]): void {
    this.#effects = [...effects, ...this.#effects];
  }

  get hasEffects(): boolean {
    return this.#effects.length > 0;
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
    for (const effect of effects) this.#effects.push({ watch, effect });
    if (before.sinceMs === state.sinceMs && before.raised === state.raised) return;
    if (watch.rule.condition.kind !== "silence" && watch.rule.holdMs > 0) this.#unsaved.add(watch);
    this.#schedule(watch);
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
