import type { Clock, Timer } from "@gatehouse/base";
import { TokenBucket } from "../../platform/throttle/index.ts";

interface Lane {
  readonly bucket: TokenBucket;
  waiting: (() => void)[];
}

const TICK_MS = 20;
/** Lanes kept for devices that are silent; full buckets are forgotten beyond it. */
const MAX_IDLE_LANES = 10_000;

/**
 * The rate limit of every device, over all its connections. A message that must be acknowledged waits its turn,
 * which stops the reading of its socket; MQTT 3.1.1 has no way to say no, and an acknowledged message must not
 * be thrown away.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #lanes = new Map<string, Lane>();
  readonly #slow = new Set<Lane>();
  #timer: Timer | undefined;

  constructor({ clock, perSecond }: { clock: Clock; perSecond: number }) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /** True when the device may send one more message now. */
  take(deviceId: string): boolean {
    const lane = this.#laneOf(deviceId);
    return lane.waiting.length === 0 && lane.bucket.take(this.#clock.monotonicMs());
  }

  /** Runs `next` when it is the device's turn; for a message that `take` turned away. */
  wait(deviceId: string, next: () => void): void {
    const lane = this.#laneOf(deviceId);
    lane.waiting.push(next);
    this.#slow.add(lane);
    this.#timer ??= this.#clock.after(TICK_MS, () => this.#tick());
  }

  /** True while messages of the device wait. */
  isWaiting(deviceId: string): boolean {
    return (this.#lanes.get(deviceId)?.waiting.length ?? 0) > 0;
  }

  #tick(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (const lane of this.#slow) {
      let served = 0;
      while (served < lane.waiting.length && lane.bucket.take(nowMs)) served++;
      for (const next of lane.waiting.splice(0, served)) next();
      if (lane.waiting.length === 0) this.#slow.delete(lane);
    }
    if (this.#slow.size > 0) this.#timer = this.#clock.after(TICK_MS, () => this.#tick());
  }

  #laneOf(deviceId: string): Lane {
    const known = this.#lanes.get(deviceId);
    if (known !== undefined) return known;
    const nowMs = this.#clock.monotonicMs();
    if (this.#lanes.size >= MAX_IDLE_LANES) {
      for (const [id, lane] of this.#lanes)
        if (lane.waiting.length === 0 && lane.bucket.isFull(nowMs)) this.#lanes.delete(id);
    }
    const lane: Lane = { bucket: new TokenBucket(this.#perSecond, this.#perSecond * 5, nowMs), waiting: [] };
    this.#lanes.set(deviceId, lane);
    return lane;
  }
}
