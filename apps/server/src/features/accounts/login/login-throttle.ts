import type { Clock, MonotonicMs } from "@gatehouse/base";
import ipaddr from "ipaddr.js";
import { ALL_ON, type Controls } from "../../../platform/controls.ts";

/** Typing errors cost nothing. */
const FREE_FAILURES = 4;
/** Failures of strangers together on one account, after which a new address has a single free one. */
const CALM_FAILURES = 40;
/** Of one network over all accounts, also those still being judged: more than there can be at once. */
const FREE_NETWORK_FAILURES = 100;
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
 * this address, from a second to a quarter of an hour. Many failures on an account from everywhere take the free
 * ones away but never the first try of a new address, and a known browser is counted by itself: strangers cannot
 * keep the owner out. Many failures from one network on whatever accounts slow that network, but no known browser in
 * it. Whether the account exists makes no difference.
 */
export class LoginThrottle {
  readonly #failures = new Map<string, Failures>();
  readonly #clock: Clock;
  readonly #controls: Controls;

  constructor(clock: Clock, controls = ALL_ON) {
    this.#clock = clock;
    this.#controls = controls;
  }

  /** Accounts and pairs that are remembered. */
  get size(): number {
    return this.#failures.size;
  }

  /** How long this attempt has to wait; 0 = it may try. */
  waitMs(attempt: Attempt): number {
    if (!this.#controls.loginThrottle) return 0;
    const keys = attempt.knownDevice === undefined ? [keyOf(attempt), networkKey(attempt)] : [keyOf(attempt)];
    const untilMs = keys.map((key) => this.#failures.get(key)?.untilMs ?? 0);
    return Math.max(0, Math.max(...untilMs) - this.#clock.monotonicMs());
  }

  /** Noted before the answer is known, so that many tries at once are many failures; `succeed` takes it back. */
  fail(attempt: Attempt): void {
    let free = FREE_FAILURES;
    if (attempt.knownDevice === undefined) {
      const ofAccount = this.#count(accountKey(attempt), Number.POSITIVE_INFINITY);
      if (ofAccount > CALM_FAILURES) free = 1;
      this.#count(networkKey(attempt), FREE_NETWORK_FAILURES);
    }
    this.#count(keyOf(attempt), free);
  }

  succeed(attempt: Attempt): void {
    this.#failures.delete(keyOf(attempt));
    if (attempt.knownDevice !== undefined) return;
    // Others' failures on the account, and on other accounts from here, are not forgiven by one good log-in.
    for (const key of [accountKey(attempt), networkKey(attempt)]) {
      const failures = this.#failures.get(key);
      if (failures === undefined) continue;
      this.#failures.set(key, { ...failures, count: failures.count - 1, untilMs: this.#clock.monotonicMs() });
    }
  }

  #count(key: string, free: number): number {
    const nowMs = this.#clock.monotonicMs();
    const before = this.#failures.get(key);
    const count = before === undefined || nowMs - before.atMs > FORGOTTEN_AFTER_MS ? 1 : before.count + 1;
    const delayMs = count <= free ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (count - free - 1));
    this.#failures.delete(key);
    this.#failures.set(key, { count, atMs: nowMs, untilMs: nowMs + delayMs });
    if (this.#failures.size > MAX_KEYS) this.#failures.delete(this.#failures.keys().next().value as string);
    return count;
  }
}

const networkKey = ({ address }: Attempt): string => `network ${networkOf(address)}`;
const accountKey = ({ emailKey }: Attempt): string => `account ${emailKey}`;

function keyOf({ emailKey, address, knownDevice }: Attempt): string {
  return knownDevice === undefined
    ? `pair ${emailKey} ${networkOf(address)}`
    : `known ${emailKey} ${knownDevice}`;
}

/** One subscriber has a whole /64 of IPv6 (RFC 6177): its addresses count as one. */
export function networkOf(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  const ip = ipaddr.IPv6.parse(address);
  if (ip.isIPv4MappedAddress()) return ip.toIPv4Address().toString();
  return ip.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":");
}
