import type { Clock, Logger, MonotonicMs, UnixMs } from "@gatehouse/base";

/** A clock that is put forward by less is believed at once. */
const BELIEVED_MS = 2 * 3_600_000;
/** … and by more when nobody has put it back for so long. */
const WAIT_MS = 24 * 3_600_000;

/**
 * Time by which what is kept grows old. What is too old is destroyed for good, so a clock that suddenly says next month,
 * by somebody's mistake or by a time server in foreign hands, counts only after a day in which people can see it.
 */
export class AgeClock {
  readonly #clock: Pick<Clock, "nowMs" | "monotonicMs">;
  readonly #log: Logger;
  #wallMs: UnixMs;
  #monotonicMs: MonotonicMs;
  #doubtedMs: MonotonicMs | undefined;

  constructor(clock: Pick<Clock, "nowMs" | "monotonicMs">, log: Logger) {
    this.#clock = clock;
    this.#log = log;
    this.#wallMs = clock.nowMs();
    this.#monotonicMs = clock.monotonicMs();
  }

  nowMs(): UnixMs {
    const [wallMs, monotonicMs] = [this.#clock.nowMs(), this.#clock.monotonicMs()];
    const expectedMs = this.#wallMs + (monotonicMs - this.#monotonicMs);
    const aheadMs = wallMs - expectedMs;
    if (aheadMs > BELIEVED_MS) {
      if (this.#doubtedMs === undefined) this.#log.warn({ aheadMs }, "clock.put_forward");
      this.#doubtedMs ??= monotonicMs;
      if (monotonicMs - this.#doubtedMs < WAIT_MS) return expectedMs;
    }
    this.#doubtedMs = undefined;
    this.#wallMs = wallMs;
    this.#monotonicMs = monotonicMs;
    return wallMs;
  }
}
