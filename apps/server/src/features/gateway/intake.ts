import { AppError, type Clock, type MonotonicMs, type Timer } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";
import { MQTT_LIMITS } from "./limits.ts";
import type { ReadingSink } from "./ports.ts";
import { ReadGate } from "./read-gate.ts";

export type Settled = (error?: AppError) => void;

interface Waiting {
  readonly reading: Reading;
  readonly settled: Settled;
  readonly sinceMs: MonotonicMs;
}

const RETRY_EVERY_MS = 10;

/**
 * Back-pressure between sockets and the store. A reading the store has no room for waits here, in order, while
 * aedes reads nothing more from that socket; after `holdMs`, or when too many wait, it fails with
 * `server.busy` and is not acknowledged.
 */
export class Intake {
  readonly #sink: ReadingSink;
  readonly #clock: Clock;
  /** Sockets are not read while this is shut. */
  readonly gate = new ReadGate(() => this.waitingCount >= MQTT_LIMITS.readWhileWaiting);
  #waiting: Waiting[] = [];
  #head = 0;
  #timer: Timer | undefined;

  constructor({ sink, clock }: { sink: ReadingSink; clock: Clock }) {
    this.#sink = sink;
    this.#clock = clock;
  }

  get waitingCount(): number {
    return this.#waiting.length - this.#head;
  }

  /** `settled` is called once: after the commit, or with why not. */
  submit(reading: Reading, settled: Settled) {
    if (this.waitingCount === 0 && this.#sink.submit(reading, settled)) return;
    if (this.waitingCount >= MQTT_LIMITS.heldMessages) return settled(new AppError("server.busy"));
    this.#waiting.push({ reading, settled, sinceMs: this.#clock.monotonicMs() });
    this.#timer ??= this.#clock.after(RETRY_EVERY_MS, () => this.#retry());
  }

  /** Takes it now or not at all: for QoS 0, and for callers that can come again. */
  trySubmit(reading: Reading, settled: Settled): boolean {
    return this.waitingCount === 0 && this.#sink.submit(reading, settled);
  }

  #retry(): void {
    this.#timer = undefined;
    const tooOldMs = this.#clock.monotonicMs() - MQTT_LIMITS.holdMs;
    while (this.#head < this.#waiting.length) {
      const { reading, settled, sinceMs } = this.#waiting[this.#head] as Waiting;
      if (sinceMs < tooOldMs) settled(new AppError("server.busy"));
      else if (!this.#sink.submit(reading, settled)) break;
      this.#head++;
    }
    if (this.#head === this.#waiting.length || this.#head > 1_000) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    this.gate.open();
    if (this.waitingCount > 0) this.#timer ??= this.#clock.after(RETRY_EVERY_MS, () => this.#retry());
  }
}
