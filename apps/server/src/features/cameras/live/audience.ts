import type { Clock, Timer, Uuid } from "@gatehouse/base";
import { type Bus, cameras } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { WatchingPeople } from "./ports.ts";

const REVIEW_EVERY_MS = 1_000;
/** A program's token ends by itself, which nobody tells. */
const ASK_AGAIN_EVERY_MS = 60_000;

export type GoodbyeCode = "auth.session_ended" | "server.stopping" | "server.internal";

/** Something open through which somebody sees cameras: a browser's socket, a multipart answer. */
export interface Watcher {
  readonly principal: PersonPrincipal;
  /** What it may do is this from now on. */
  seeWith(principal: PersonPrincipal): void;
  /** Looks again at what it may see: when a camera has changed, and once a second for what nobody tells. */
  review(): void;
  /** Every CAMERAS_LIVE_ALIVE_MS. */
  checkAlive(): void;
  bye(code: GoodbyeCode): void;
}

/** Everybody who watches; nobody sees more, or longer, than they may. */
export class Audience {
  readonly #watchers = new Set<Watcher>();
  readonly #people: WatchingPeople;
  readonly #clock: Clock;
  readonly #unsubscribe: readonly (() => void)[];
  #timers: Timer[] = [];

  constructor(bus: Bus, clock: Clock, people: WatchingPeople) {
    this.#people = people;
    this.#clock = clock;
    this.#unsubscribe = [
      bus.subscribe("camera.changed", ({ tenantId }) => this.#review(tenantId)),
      bus.subscribe("camera.state", ({ tenantId }) => this.#review(tenantId)),
      bus.subscribe("access.changed", ({ tenantId, personIds }) => {
        for (const watcher of this.#of(tenantId))
          if (personIds === "all" || personIds.includes(watcher.principal.personId)) this.#askAgain(watcher);
      }),
      bus.subscribe("session.ended", ({ tenantId, sessionId }) => {
        for (const watcher of this.#of(tenantId))
          if (watcher.principal.sessionId === sessionId) watcher.bye("auth.session_ended");
      }),
      bus.subscribe("tenant.suspended", ({ tenantId }) => {
        for (const watcher of this.#of(tenantId)) watcher.bye("auth.session_ended");
      }),
    ];
  }

  add(watcher: Watcher): void {
    this.#watchers.add(watcher);
    // What changed while it was let in, nobody told it.
    this.#askAgain(watcher);
    if (this.#timers.length === 0) this.#startTimers();
  }

  remove(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size === 0) for (const timer of this.#timers.splice(0)) timer.cancel();
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const timer of this.#timers.splice(0)) timer.cancel();
    for (const watcher of [...this.#watchers]) watcher.bye("server.stopping");
  }

  #startTimers(): void {
    const everyone = (periodMs: number, act: (watcher: Watcher) => void): Timer =>
      this.#clock.every(periodMs, () => {
        for (const watcher of [...this.#watchers]) act(watcher);
      });
    this.#timers = [
      everyone(REVIEW_EVERY_MS, (watcher) => watcher.review()),
      everyone(cameras.CAMERAS_LIVE_ALIVE_MS, (watcher) => watcher.checkAlive()),
      everyone(ASK_AGAIN_EVERY_MS, (watcher) => this.#askAgain(watcher)),
    ];
  }

  #of(tenantId: Uuid): Watcher[] {
    return [...this.#watchers].filter(({ principal }) => principal.tenantId === tenantId);
  }

  #review(tenantId: Uuid): void {
    for (const watcher of this.#of(tenantId)) watcher.review();
  }

  /** Somebody who may hold nothing open any more is out, and so is whoever cannot be asked about. */
  #askAgain(watcher: Watcher): void {
    this.#people
      .again(watcher.principal)
      .then((principal) => {
        if (principal === undefined) watcher.bye("auth.session_ended");
        else watcher.seeWith(principal);
      })
      .catch(() => watcher.bye("auth.session_ended"));
  }
}
