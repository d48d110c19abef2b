import type { MonotonicMs } from "@gatehouse/base";
import { refused } from "../refusal.ts";
import type { DataMessage, OpenedData, Session } from "./session.ts";

/** How long an offered session waits for its first DATA. */
export const OFFER_MS = 30_000;
/** More HELLOs at once than a device has reason to send; the oldest gives way. */
export const MAX_OFFERS = 4;

interface Offer {
  readonly session: Session;
  readonly untilMs: MonotonicMs;
}

/**
 * The sessions of one device, at the server: at most one is live. A HELLO may be a replay, which ends in keys that
 * the replayer does not have; so a new session is offered beside the live one and takes over with its first valid
 * DATA, which only the holder of the device's key can make.
 */
export class PeerSessions {
  #live: Session | undefined;
  #offers: Offer[] = [];

  get live(): Session | undefined {
    return this.#live;
  }

  offer(session: Session, nowMs: MonotonicMs): void {
    const waiting = this.#waiting(nowMs).slice(1 - MAX_OFFERS);
    this.#offers = [...waiting, { session, untilMs: nowMs + OFFER_MS }];
  }

  /** Opens a DATA of the live session or of an offered one, which then is the live one. `isOnce`: see `Session.open`. */
  open(frame: Uint8Array, nowMs: MonotonicMs, isOnce = true): OpenedData {
    if (this.#live?.claims(frame)) return this.#live.open(frame, nowMs, isOnce);
    const offered = this.#waiting(nowMs).find(({ session }) => session.claims(frame))?.session;
    if (offered === undefined) throw refused("unknown_key");
    const opened = offered.open(frame, nowMs);
    this.#live?.end();
    this.#live = offered;
    this.#offers = this.#offers.filter(({ session }) => session !== offered);
    return opened;
  }

  /** A DATA of the live session; undefined while there is none: the device has to say HELLO first. */
  seal(message: DataMessage, nowMs: MonotonicMs): Uint8Array | undefined {
    return this.#live?.seal(message, nowMs);
  }

  /** On revocation, on a change of keys, when the connection ends. */
  end(): void {
    this.#live?.end();
    this.#live = undefined;
    this.#offers = [];
  }

  #waiting(nowMs: MonotonicMs): Offer[] {
    this.#offers = this.#offers.filter(({ untilMs }) => nowMs < untilMs);
    return this.#offers;
  }
}
