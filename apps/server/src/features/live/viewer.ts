import type { Clock, MonotonicMs, Uuid } from "@gatehouse/base";
import { type LiveFrame, LiveRequest } from "@gatehouse/contract";
import { Check } from "typebox/value";
import type { WebSocket } from "ws";
import type { PersonPrincipal } from "../../platform/http/principal.ts";
import { type Batch, News, NO_WISH, type Wish } from "./news.ts";
import { Sight, type SiteOf } from "./sight.ts";

/** Bytes waiting for a browser beyond which it gets merged frames instead of every one. */
export const SLOW_BYTES = 256 * 1024;
const STUCK_MS = 60_000;
const MAX_REQUESTS = 60;
const REQUESTS_WITHIN_MS = 10_000;
/** Time for the goodbye to arrive. */
const BYE_MS = 300;

/** Close codes: RFC 6455 §7.4.1, and one of our own from the private range. */
const CLOSE = { goingAway: 1001, policy: 1008, sessionEnded: 4001 } as const;

/** One browser: what it wants, and what waits for it. */
export class Viewer {
  principal: PersonPrincipal;
  sight: Sight;
  wish: Wish = NO_WISH;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #onWish: () => void;
  #backlog: News | undefined;
  #slowSinceMs: MonotonicMs | undefined;
  #answered = true;
  #ended = false;
  #requests = 0;
  #requestsSinceMs: MonotonicMs = 0;

  constructor(
    socket: WebSocket,
    principal: PersonPrincipal,
    { clock, siteOf }: { readonly clock: Clock; readonly siteOf: SiteOf },
    onWish: () => void,
  ) {
    this.principal = principal;
    this.sight = new Sight(principal.permissions, siteOf);
    this.#socket = socket;
    this.#clock = clock;
    this.#onWish = onWish;
    socket.on("message", (data, isBinary) => this.#receive(data.toString(), isBinary));
    socket.on("pong", () => {
      this.#answered = true;
    });
    // ws closes the connection itself; without a listener it would end the program.
    socket.on("error", () => socket.terminate());
    this.#send({ type: "hello", serverMs: clock.nowMs(), sessionId: principal.sessionId });
  }

  get sessionId(): Uuid {
    return this.principal.sessionId;
  }

  /** Viewers with the same key get the same text. */
  get sharedKey(): string | undefined {
    if (this.wish.values !== "all" || this.wish.details.size > 0 || this.#backlog !== undefined)
      return undefined;
    return this.sight.key;
  }

  /** Sends the text, or keeps its content for later when the browser does not take what was sent before. */
  offer(batch: Batch, text: () => string): void {
    if (this.#isSlow() || this.#backlog !== undefined) {
      this.#backlog ??= new News();
      this.#backlog.absorb(batch);
    } else this.#socket.send(text());
  }

  /** Once a period, after `offer`: sends what waited, and ends a connection that takes nothing any more. */
  settle(): void {
    if (this.#isSlow()) {
      this.#slowSinceMs ??= this.#clock.monotonicMs();
      if (this.#clock.monotonicMs() - this.#slowSinceMs > STUCK_MS) this.#socket.terminate();
      return;
    }
    this.#slowSinceMs = undefined;
    const batch = this.#backlog?.batchFor(this.wish, this.sight, this.#clock.nowMs());
    this.#backlog = undefined;
    if (batch !== undefined) this.#send(batch);
  }

  /** Ends a connection that did not answer since the last call. */
  checkAlive(): void {
    if (this.#answered) this.#socket.ping();
    else this.#socket.terminate();
    this.#answered = false;
  }

  /** What it may see is decided anew; what waits for it is checked again before it is sent. */
  seeWith(principal: PersonPrincipal, siteOf: SiteOf): void {
    this.principal = principal;
    this.sight = new Sight(principal.permissions, siteOf);
  }

  askAgain(about: "access" | "approvals"): void {
    if (!this.#ended) this.#send({ type: "ask_again", about });
  }

  bye(code: "auth.session_ended" | "server.stopping"): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#send({ type: "bye", code });
    this.#socket.close(code === "server.stopping" ? CLOSE.goingAway : CLOSE.sessionEnded, code);
    this.#clock.after(BYE_MS, () => this.#socket.terminate());
  }

  #isSlow(): boolean {
    return this.#socket.bufferedAmount > SLOW_BYTES;
  }

  #receive(text: string, isBinary: boolean): void {
    if (this.#ended) return;
    const request = isBinary ? undefined : parseRequest(text);
    if (this.#isTooBusy()) this.#refuse("request.rate_limited");
    else if (request === undefined) this.#refuse("request.invalid");
    else if (request.op === "ping")
      this.#send({ type: "pong", id: request.id, serverMs: this.#clock.nowMs() });
    else {
      const { values, details } = request;
      this.wish = { values: values === "all" ? "all" : new Set(values), details: new Set(details) };
      this.#onWish();
    }
  }

  #isTooBusy(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#requestsSinceMs > REQUESTS_WITHIN_MS) {
      this.#requests = 0;
      this.#requestsSinceMs = nowMs;
    }
    return ++this.#requests > MAX_REQUESTS;
  }

  #refuse(reason: "request.rate_limited" | "request.invalid"): void {
    this.#ended = true;
    this.#socket.close(CLOSE.policy, reason);
    this.#clock.after(BYE_MS, () => this.#socket.terminate());
  }

  #send(frame: LiveFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }
}

function parseRequest(text: string): LiveRequest | undefined {
  try {
    const request: unknown = JSON.parse(text);
    return Check(LiveRequest, request) ? request : undefined;
  } catch {
    return undefined;
  }
}
