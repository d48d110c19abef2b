import type { Clock, MonotonicMs, Uuid } from "@gatehouse/base";

const SPARK_STEPS = 40;
const SPARK_STEP_MS = 86_400_000 / SPARK_STEPS;
/** Seconds over which the current rate is averaged. */
const RATE_SECONDS = 10;

/** A count with its current rate and its last 24 hours in 40 steps. */
export class RateCounter {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #seconds = new Float64Array(RATE_SECONDS + 1);
  readonly #steps = new Float64Array(SPARK_STEPS);
  #second: number;
  #step: number;
  readonly #startMs: MonotonicMs;
  #total = 0;
  #pending = 0;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
    this.#second = Math.floor(this.#startMs / 1000);
    this.#step = Math.floor(this.#startMs / SPARK_STEP_MS);
  }

  /** Cheap: the time is looked at when somebody asks or `settle` is called. */
  add(count = 1): void {
    this.#pending += count;
    this.#total += count;
  }

  get total(): number {
    return this.#total;
  }

  /** Files what was added under the current second; to be called about once a second. */
  settle(): void {
    const nowMs = this.#clock.monotonicMs();
    const second = Math.floor(nowMs / 1000);
    clearBetween(this.#seconds, this.#second, second);
    this.#second = second;
    const step = Math.floor(nowMs / SPARK_STEP_MS);
    clearBetween(this.#steps, this.#step, step);
    this.#step = step;
    bump(this.#seconds, second, this.#pending);
    bump(this.#steps, step, this.#pending);
    this.#pending = 0;
  }

  /** Mean of the last ten full seconds (fewer right after start). */
  perSecond(): number {
    this.settle();
    const known = Math.min(RATE_SECONDS, this.#second - Math.floor(this.#startMs / 1000));
    if (known === 0) return this.#seconds[this.#second % this.#seconds.length] ?? 0;
    let sum = 0;
    for (let i = 1; i <= known; i++)
      sum += this.#seconds[(this.#second - i + this.#seconds.length) % this.#seconds.length] ?? 0;
    return sum / known;
  }

  /** 40 counts of 36 minutes, oldest first; the last one is still growing. */
  spark(): number[] {
    this.settle();
    return Array.from(
      { length: SPARK_STEPS },
      (_, i) => this.#steps[(this.#step + 1 + i) % SPARK_STEPS] ?? 0,
    );
  }
}

/** The same for each organisation and for all of them together. */
export class TenantRates {
  readonly all: RateCounter;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #byTenant = new Map<Uuid, RateCounter>();

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
    this.all = new RateCounter(clock);
  }

  add(tenantId: Uuid): void {
    this.all.add();
    this.of(tenantId).add();
  }

  of(tenantId: Uuid): RateCounter {
    const known = this.#byTenant.get(tenantId);
    if (known !== undefined) return known;
    const counter = new RateCounter(this.#clock);
    this.#byTenant.set(tenantId, counter);
    return counter;
  }

  settle(): void {
    this.all.settle();
    for (const counter of this.#byTenant.values()) counter.settle();
  }
}

function bump(slots: Float64Array, at: number, count: number): void {
  const index = at % slots.length;
  slots[index] = (slots[index] ?? 0) + count;
}

function clearBetween(slots: Float64Array, from: number, to: number): void {
  const missed = Math.min(slots.length, to - from);
  for (let i = 0; i < missed; i++) slots[(to - i) % slots.length] = 0;
}
