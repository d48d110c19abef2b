import type { Clock, Timer } from "@gatehouse/base";
import type { QueueState } from "./relay.ts";
import type { Via } from "./site.ts";

export interface StateReporterParts {
  readonly clock: Clock;
  readonly serverNowMs: () => number;
  readonly queue: () => QueueState;
  readonly isConnected: () => boolean;
  /** Resolves when the server has it. */
  readonly send: (message: object) => Promise<void>;
}

const EVERY_MS = 30_000;
/** After something changed, but not more often. */
const AT_MOST_EVERY_MS = 5_000;
const MAX_DEVICES_PER_MESSAGE = 500;

/** Tells the server how this gateway is: its queue, and when each device was last heard. Not kept: the next one says more. */
export class StateReporter {
  readonly #parts: StateReporterParts;
  readonly #lastHeard = new Map<string, { readonly lastHeardMs: number; readonly via: Via }>();
  readonly #changed = new Set<string>();
  readonly #timer: Timer;
  #sentMs: number;
  #sending = false;

  constructor(parts: StateReporterParts) {
    this.#parts = parts;
    this.#sentMs = parts.clock.monotonicMs();
    this.#timer = parts.clock.every(AT_MOST_EVERY_MS, () => void this.#sendIfDue());
  }

  heard(deviceId: string, via: Via): void {
    this.#lastHeard.set(deviceId, { lastHeardMs: Math.round(this.#parts.serverNowMs()), via });
    this.#changed.add(deviceId);
  }

  /** Of those who were heard since `sinceMs` ago. */
  heardWithin(sinceMs: number): number {
    const fromMs = this.#parts.serverNowMs() - sinceMs;
    return [...this.#lastHeard.values()].filter(({ lastHeardMs }) => lastHeardMs >= fromMs).length;
  }

  forget(isAssigned: (deviceId: string) => boolean): void {
    for (const deviceId of this.#lastHeard.keys())
      if (!isAssigned(deviceId)) {
        this.#lastHeard.delete(deviceId);
        this.#changed.delete(deviceId);
      }
  }

  stop(): void {
    this.#timer.cancel();
  }

  async #sendIfDue(): Promise<void> {
    const { clock, isConnected } = this.#parts;
    const isDue = this.#changed.size > 0 || clock.monotonicMs() - this.#sentMs >= EVERY_MS;
    if (!isDue || this.#sending || !isConnected()) return;
    this.#sending = true;
    try {
      await this.#send();
    } finally {
      this.#sending = false;
    }
  }

  async #send(): Promise<void> {
    const { clock, queue, send } = this.#parts;
    const told = [...this.#changed].slice(0, MAX_DEVICES_PER_MESSAGE);
    const devices = told.map((deviceId) => ({ deviceId, ...this.#lastHeard.get(deviceId) }));
    for (const deviceId of told) this.#changed.delete(deviceId);
    try {
      await send({ kind: "state", queue: queue(), devices });
      this.#sentMs = clock.monotonicMs();
    } catch {
      for (const deviceId of told) this.#changed.add(deviceId);
    }
  }
}
