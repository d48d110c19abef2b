import type { Clock, Timer, Uuid } from "@gatehouse/base";
import { type Bus, LIVE_FLUSH_MS, type Reading } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../platform/http/principal.ts";
import { type Batch, News } from "./news.ts";
import type { SiteOf } from "./sight.ts";
import type { Viewer } from "./viewer.ts";

const ALIVE_EVERY_MS = 20_000;
const RATE_EVERY_MS = 1_000;

type Rate = NonNullable<Batch["rate"]>;

/** Who is looking, and what they may see. */
export interface LivePeople {
  /** The same person with what they may do now; undefined when they may hold no session any more. */
  again(principal: PersonPrincipal): Promise<PersonPrincipal | undefined>;
  /** From memory. */
  readonly siteOf: SiteOf;
}

/** One tenant that somebody is looking at. */
class Audience {
  readonly viewers = new Set<Viewer>();
  news = new News();
  /** Devices whose values somebody wants. */
  wanted: "all" | Set<Uuid> = new Set();

  collectWishes(): void {
    const wanted = new Set<Uuid>();
    for (const { wish } of this.viewers) {
      if (wish.values === "all") {
        this.wanted = "all";
        return;
      }
      for (const deviceId of wish.values) wanted.add(deviceId);
    }
    this.wanted = wanted;
  }
}

/** Gathers what the bus says for each tenant somebody is looking at, and sends it once a period. */
export class Hub {
  readonly #clock: Clock;
  readonly #rate: (tenantId: Uuid) => Rate;
  readonly #people: LivePeople;
  readonly #audiences = new Map<Uuid, Audience>();
  readonly #unsubscribe: (() => void)[];
  #timers: Timer[] = [];

  constructor(bus: Bus, clock: Clock, rate: (tenantId: Uuid) => Rate, people: LivePeople) {
    this.#clock = clock;
    this.#rate = rate;
    this.#people = people;
    const news = (tenantId: Uuid): News | undefined => this.#audiences.get(tenantId)?.news;
    this.#unsubscribe = [
      bus.subscribe("readings.stored", ({ readings }) => this.#onStored(readings)),
      bus.subscribe("device.status", ({ tenantId, deviceId, status, atMs }) =>
        news(tenantId)?.setStatus(deviceId, status, atMs),
      ),
      bus.subscribe("device.changed", ({ tenantId, deviceId }) => news(tenantId)?.addChanged(deviceId)),
      bus.subscribe("device.quarantined", ({ tenantId, deviceId }) => news(tenantId)?.addChanged(deviceId)),
      bus.subscribe("device.released", ({ tenantId, deviceId }) => news(tenantId)?.addChanged(deviceId)),
      bus.subscribe("device.log", ({ tenantId, deviceId, entry }) => news(tenantId)?.addLog(deviceId, entry)),
      bus.subscribe("command.changed", ({ tenantId, command }) => news(tenantId)?.setCommand(command)),
      bus.subscribe("alert.changed", ({ tenantId, alert }) => news(tenantId)?.setAlert(alert)),
      bus.subscribe("session.ended", ({ tenantId, sessionId }) => this.#endSession(tenantId, sessionId)),
      bus.subscribe("access.changed", ({ tenantId, personIds }) => this.#accessChanged(tenantId, personIds)),
      bus.subscribe("approval.changed", ({ tenantId }) => {
        for (const viewer of this.#of(tenantId)) viewer.askAgain("approvals");
      }),
      bus.subscribe("tenant.suspended", ({ tenantId }) => {
        for (const viewer of this.#of(tenantId)) viewer.bye("auth.session_ended");
      }),
    ];
  }

  add(viewer: Viewer): void {
    const { tenantId } = viewer.principal;
    const audience = this.#audiences.get(tenantId) ?? new Audience();
    this.#audiences.set(tenantId, audience);
    audience.viewers.add(viewer);
    // What changed while it was let in, nobody told it.
    this.#seeAgain(viewer);
    if (this.#timers.length === 0) this.#startTimers();
  }

  /** A viewer wants something else. */
  wishChanged(viewer: Viewer): void {
    this.#audiences.get(viewer.principal.tenantId)?.collectWishes();
  }

  remove(viewer: Viewer): void {
    const { tenantId } = viewer.principal;
    const audience = this.#audiences.get(tenantId);
    if (audience === undefined) return;
    audience.viewers.delete(viewer);
    audience.collectWishes();
    if (audience.viewers.size === 0) this.#audiences.delete(tenantId);
    if (this.#audiences.size === 0) for (const timer of this.#timers.splice(0)) timer.cancel();
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const viewer of this.#viewers()) viewer.bye("server.stopping");
    for (const timer of this.#timers.splice(0)) timer.cancel();
  }

  #startTimers(): void {
    this.#timers = [
      this.#clock.every(LIVE_FLUSH_MS, () => this.#flush()),
      this.#clock.every(RATE_EVERY_MS, () => this.#tellRates()),
      this.#clock.every(ALIVE_EVERY_MS, () => {
        for (const viewer of this.#viewers()) viewer.checkAlive();
      }),
    ];
  }

  *#viewers(): Generator<Viewer> {
    for (const { viewers } of this.#audiences.values()) yield* viewers;
  }

  #onStored(readings: readonly Reading[]): void {
    if (this.#audiences.size === 0) return;
    for (const { tenantId, deviceId, tsMs, numbers, states } of readings) {
      const audience = this.#audiences.get(tenantId);
      if (audience === undefined || (audience.wanted !== "all" && !audience.wanted.has(deviceId))) continue;
      for (const [metric, value] of numbers) audience.news.addValue([deviceId, metric, tsMs, value]);
      for (const [metric, value] of states) audience.news.addValue([deviceId, metric, tsMs, value]);
    }
  }

  #flush(): void {
    const serverMs = this.#clock.nowMs();
    for (const audience of this.#audiences.values()) {
      if (!audience.news.isEmpty) {
        const { news } = audience;
        audience.news = new News();
        publish(news, audience.viewers, serverMs);
      }
      for (const viewer of audience.viewers) viewer.settle();
    }
  }

  #tellRates(): void {
    for (const [tenantId, { news }] of this.#audiences) news.setRate(this.#rate(tenantId));
  }

  #of(tenantId: Uuid): Viewer[] {
    return [...(this.#audiences.get(tenantId)?.viewers ?? [])];
  }

  #accessChanged(tenantId: Uuid, personIds: "all" | readonly Uuid[]): void {
    for (const viewer of this.#of(tenantId)) {
      if (personIds !== "all" && !personIds.includes(viewer.principal.personId)) continue;
      this.#seeAgain(viewer, () => viewer.askAgain("access"));
    }
  }

  /** Somebody who may hold no session any more is out. */
  #seeAgain(viewer: Viewer, then: () => void = () => undefined): void {
    this.#people
      .again(viewer.principal)
      .then((principal) => {
        if (principal === undefined) viewer.bye("auth.session_ended");
        else {
          viewer.seeWith(principal, this.#people.siteOf);
          then();
        }
      })
      .catch(() => viewer.bye("auth.session_ended"));
  }

  #endSession(tenantId: Uuid, sessionId: Uuid): void {
    for (const viewer of this.#of(tenantId))
      if (viewer.sessionId === sessionId) viewer.bye("auth.session_ended");
  }
}

interface Frame {
  readonly batch: Batch | undefined;
  text?: string;
}

/** Who sees and wants the same gets the same text, made once. */
function publish(news: News, viewers: Iterable<Viewer>, serverMs: number): void {
  const shared = new Map<string, Frame>();
  for (const viewer of viewers) {
    const key = viewer.sharedKey;
    let frame = key === undefined ? undefined : shared.get(key);
    if (frame === undefined) {
      frame = { batch: news.batchFor(viewer.wish, viewer.sight, serverMs) };
      if (key !== undefined) shared.set(key, frame);
    }
    const made = frame;
    if (made.batch !== undefined)
      viewer.offer(made.batch, () => {
        made.text ??= JSON.stringify(made.batch);
        return made.text;
      });
  }
}
