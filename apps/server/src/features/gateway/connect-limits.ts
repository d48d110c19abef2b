import type { Clock } from "@gatehouse/base";
import ipaddr from "ipaddr.js";
import { TokenBucket } from "../../platform/throttle/index.ts";

export interface ConnectLimitOptions {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** New connections a second from one address, in the mean; ten times as many at once. Loopback is not limited. */
  readonly connectsPerSecond: number;
}

interface Place {
  open: number;
  readonly bucket: TokenBucket;
}

const MAX_PLACES = 20_000;

/** Who may open one more connection, by address: IPv4 whole, IPv6 by /64 (what one customer gets). */
export class ConnectLimits {
  readonly #options: ConnectLimitOptions;
  readonly #clock: Clock;
  readonly #places = new Map<string, Place>();
  #open = 0;

  constructor(options: ConnectLimitOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  get open(): number {
    return this.#open;
  }

  /** Addresses that are remembered. */
  get places(): number {
    return this.#places.size;
  }

  /** How to give the place back, or undefined when there is none. */
  enter(address: string): (() => void) | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#options;
    const { key, isLoopback } = placeOf(address);
    const place = this.#placeAt(key);
    if (this.#open >= maxConnections || place.open >= maxConnectionsPerAddress) return undefined;
    if (!isLoopback && !place.bucket.take(this.#clock.monotonicMs())) return undefined;
    this.#open++;
    place.open++;
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#open--;
      place.open--;
    };
  }

  #placeAt(key: string): Place {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    if (this.#places.size >= MAX_PLACES) this.#makeRoom();
    const { connectsPerSecond } = this.#options;
    const bucket = new TokenBucket(connectsPerSecond, connectsPerSecond * 10, this.#clock.monotonicMs());
    const place = { open: 0, bucket };
    this.#places.set(key, place);
    return place;
  }

  /** Forgets addresses without a connection: first those whose bucket is full, then a tenth of all, oldest first. */
  #makeRoom(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [key, place] of this.#places)
      if (place.open === 0 && place.bucket.isFull(nowMs)) this.#places.delete(key);
    for (const [key, place] of this.#places) {
      if (this.#places.size < 0.9 * MAX_PLACES) return;
      if (place.open === 0) this.#places.delete(key);
    }
  }
}

function placeOf(address: string): { readonly key: string; readonly isLoopback: boolean } {
  if (!ipaddr.isValid(address)) return { key: address, isLoopback: false };
  const ip = ipaddr.process(address);
  const isLoopback = ip.range() === "loopback";
  return { key: ip instanceof ipaddr.IPv6 ? ip.parts.slice(0, 4).join(":") : ip.toString(), isLoopback };
}
