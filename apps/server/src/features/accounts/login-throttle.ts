import type { Clock, MonotonicMs } from "@gatehouse/base";

/** Typing errors cost nothing. */
const FREE_FAILURES = 4;
/** Of strangers together, on one account, before even a new address has to wait. */
const FREE_FAILURES_OF_ACCOUNT = 40;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 15 * 60_000;
const FORGOTTEN_AFTER_MS = 60 * 60_000;
const MAX_KEYS = 50_000;

interface Failures {
  readonly count: number;
  readonly atMs: MonotonicMs;
  readonly untilMs: MonotonicMs;
}

export interface Attempt {
  readonly emailKey: string;
  readonly address: string;
  /** A browser that logged in to this account before. */
  readonly knownDevice: string | undefined;
}

/**
 * Growing delay for guesses, never a lock: each failure after the free ones doubles the wait of this account from
 * this address, from a second to a quarter of an hour. A known browser is counted by itself, so that strangers
 * cannot slow the owner down. Whether the account exists makes no difference.
 */
export class LoginThrottle {
  readonly #failures = new Map<string, Failures>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long this attempt has to wait; 0 = it may try. */
  waitMs(attempt: Attempt): number {
    const nowMs = this.#clock.monotonicMs();
    return Math.max(0, ...keysOf(attempt).map(({ key }) => (this.#failures.get(key)?.untilMs ?? 0) - nowMs));
  }

  /** Noted before the answer is known, so that many tries at once are many failures; `succeed` takes it back. */
  fail(attempt: Attempt): void {
    for (const { key, free } of keysOf(attempt)) this.#count(key, free);
  }

  succeed(attempt: Attempt): void {
    for (const { key, free } of keysOf(attempt)) {
      const known = this.#failures.get(key);
      if (known === undefined) continue;
      // Others' failures on the account are not forgiven by one good log-in.
      if (free === FREE_FAILURES_OF_ACCOUNT) this.#failures.set(key, { ...known, count: known.count - 1 });
      else this.#failures.delete(key);
    }
  }

  #count(key: string, free: number): void {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#failures.get(key);
    const count = known === undefined || nowMs - known.atMs > FORGOTTEN_AFTER_MS ? 1 : known.count + 1;
    const delayMs = count <= free ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (count - free - 1));
    this.#failures.delete(key);
    this.#failures.set(key, { count, atMs: nowMs, untilMs: nowMs + delayMs });
    if (this.#failures.size > MAX_KEYS) this.#failures.delete(this.#failures.keys().next().value as string);
  }
}

function keysOf({ emailKey, address, knownDevice }: Attempt): { key: string; free: number }[] {
  if (knownDevice !== undefined) return [{ key: `known ${emailKey} ${knownDevice}`, free: FREE_FAILURES }];
  return [
    { key: `pair ${emailKey} ${address}`, free: FREE_FAILURES },
    { key: `account ${emailKey}`, free: FREE_FAILURES_OF_ACCOUNT },
  ];
}
