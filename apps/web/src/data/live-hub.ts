import type { Clock, Random, Timer } from "@gatehouse/base";
import type { LiveFrame, LiveRequest } from "@gatehouse/contract";

export type LiveBatch = Extract<LiveFrame, { type: "batch" }>;
/** What the server says to read again: rights, or acts that wait for a second person. */
export type AskAgain = Extract<LiveFrame, { type: "ask_again" }>["about"];
export type LiveState = "idle" | "connecting" | "live" | "lost" | "paused";

export interface LiveStatus {
  readonly state: LiveState;
  /** When this state began. */
  readonly sinceMs: number;
  /** Server time of the newest frame that reached the page; what is shown is as old as this. */
  readonly shownMs: number | undefined;
}

/** What one part of a page wants to hear: devices whose values it shows, devices whose log and commands it shows. */
export interface Watch {
  readonly values: "all" | readonly string[];
  readonly details?: readonly string[];
}

export interface LiveListener {
  onBatch(batch: LiveBatch): void;
  /** Frames between these instants (server time) never arrived: read them from the history. */
  onGap?(fromMs: number, toMs: number): void;
  /** Heard while paused too: rights do not wait. */
  onAskAgain?(about: AskAgain): void;
}

/** The part of a WebSocket that the hub uses. */
export interface LiveSocket extends EventTarget {
  send(text: string): void;
  close(): void;
}

export interface LiveHubOptions {
  connect(): LiveSocket;
  /** Runs before every attempt but the first: refreshes the session, so that the upgrade is not refused. */
  beforeReconnect(): Promise<unknown>;
  clock: Clock;
  random: Random;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
const PING_EVERY_MS = 15_000;
const PONG_WITHIN_MS = 10_000;
const SESSION_ENDED = "auth.session_ended";
/** The contract's bound on a list of watched devices; beyond it everything is followed. */
const MAX_WATCHED = 500;
const MAX_DETAILS = 8;

/** Several wishes as the one subscription the server keeps. */
export function mergeWatches(watches: Iterable<Watch>): LiveRequest {
  const values = new Set<string>();
  const details = new Set<string>();
  let all = false;
  for (const watch of watches) {
    if (watch.values === "all") all = true;
    else for (const id of watch.values) values.add(id);
    for (const id of watch.details ?? []) details.add(id);
  }
  return {
    op: "watch",
    values: all || values.size > MAX_WATCHED ? "all" : [...values].sort(),
    details: [...details].sort().slice(0, MAX_DETAILS),
  };
}

/**
 * One live socket for the whole console. Reconnects with a growing, jittered pause, subscribes again, and tells
 * every listener which span it missed. While paused the socket stays open and frames are dropped; going on is
 * a gap like any other.
 */
export class LiveHub {
  readonly #options: LiveHubOptions;
  readonly #listeners = new Map<LiveListener, Watch>();
  readonly #statusListeners = new Set<() => void>();
  #status: LiveStatus;
  #socket: LiveSocket | undefined;
  #open = false;
  #openedMs = 0;
  #paused = false;
  #wanted = false;
  #failures = 0;
  #pingId = 0;
  #sentWatch = "";
  #newestMs: number | undefined;
  /** Server clock minus this computer's, as of the newest frame. */
  #offsetMs = 0;
  #retry: Timer | undefined;
  #heartbeat: Timer | undefined;
  #pongDue: Timer | undefined;

  constructor(options: LiveHubOptions) {
    this.#options = options;
    this.#status = { state: "idle", sinceMs: options.clock.nowMs(), shownMs: undefined };
  }

  get status(): LiveStatus {
    return this.#status;
  }

  /** Now by the server's clock: ages stay true on a computer whose clock is wrong. */
  nowMs(): number {
    return this.#options.clock.nowMs() + this.#offsetMs;
  }

  onStatus(listener: () => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  listen(watch: Watch, listener: LiveListener): () => void {
    this.#listeners.set(listener, watch);
    this.#sendWatch();
    return () => {
      this.#listeners.delete(listener);
      this.#sendWatch();
    };
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#connect();
  }

  stop(): void {
    this.#wanted = false;
    this.#retry?.cancel();
    this.#drop();
    this.#newestMs = undefined;
    this.#setState("idle");
  }

  /** Tries at once instead of waiting for the next attempt. */
  retryNow(): void {
    if (!this.#wanted || this.#socket !== undefined) return;
    this.#retry?.cancel();
    this.#reconnect();
  }

  setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (!this.#open) return;
    this.#setState(paused ? "paused" : "live");
    if (!paused) this.#announceGap(this.#newestMs);
  }

  #connect(): void {
    if (this.#status.state !== "lost") this.#setState("connecting");
    const socket = this.#options.connect();
    this.#socket = socket;
    socket.addEventListener("message", (event) => {
      if (socket === this.#socket) this.#receive((event as MessageEvent<unknown>).data);
    });
    socket.addEventListener("close", () => {
      if (socket === this.#socket) this.#lose();
    });
  }

  #reconnect(): void {
    void this.#options
      .beforeReconnect()
      .catch(() => undefined)
      .then(() => {
        if (this.#wanted && this.#socket === undefined) this.#connect();
      });
  }

  #receive(data: unknown): void {
    const frame = parseFrame(data);
    if (frame === undefined) return;
    if ("serverMs" in frame) this.#offsetMs = frame.serverMs - this.#options.clock.nowMs();
    if (frame.type === "hello") this.#welcome(frame.serverMs);
    else if (frame.type === "batch") this.#deliver(frame);
    else if (frame.type === "pong") this.#pongDue?.cancel();
    else if (frame.type === "ask_again")
      for (const listener of [...this.#listeners.keys()]) listener.onAskAgain?.(frame.about);
    else if (frame.type === "bye") this.#lose(frame.code);
  }

  #welcome(serverMs: number): void {
    this.#open = true;
    this.#openedMs = this.#options.clock.monotonicMs();
    this.#failures = 0;
    this.#sentWatch = "";
    this.#sendWatch();
    this.#heartbeat = this.#options.clock.every(PING_EVERY_MS, () => this.#ping());
    this.#setState(this.#paused ? "paused" : "live");
    if (!this.#paused) this.#announceGap(serverMs);
  }

  #deliver(batch: LiveBatch): void {
    this.#newestMs = batch.serverMs;
    if (this.#paused) return;
    this.#status = { ...this.#status, shownMs: batch.serverMs };
    for (const listener of [...this.#listeners.keys()]) listener.onBatch(batch);
  }

  /** Tells listeners what was missed since the newest frame shown, up to `toMs`. */
  #announceGap(toMs: number | undefined): void {
    const fromMs = this.#status.shownMs;
    if (toMs === undefined) return;
    this.#status = { ...this.#status, shownMs: toMs };
    if (fromMs === undefined || fromMs >= toMs) return;
    for (const listener of [...this.#listeners.keys()]) listener.onGap?.(fromMs, toMs);
  }

  #ping(): void {
    this.#pongDue?.cancel();
    this.#pongDue = this.#options.clock.after(PONG_WITHIN_MS, () => this.#lose());
    this.#send({ op: "ping", id: ++this.#pingId });
  }

  #sendWatch(): void {
    if (!this.#open) return;
    const request = mergeWatches(this.#listeners.values());
    const text = JSON.stringify(request);
    if (text === this.#sentWatch) return;
    this.#sentWatch = text;
    this.#send(request);
  }

  #send(request: LiveRequest): void {
    this.#socket?.send(JSON.stringify(request));
  }

  #lose(code?: string): void {
    const openMs = this.#open ? this.#options.clock.monotonicMs() - this.#openedMs : 0;
    this.#drop();
    if (!this.#wanted) return;
    this.#setState("lost");
    // Whoever is no longer logged in hears so at once; a server that ends what it just let in is not pressed.
    if (code === SESSION_ENDED && openMs >= FIRST_RETRY_MS) {
      this.#reconnect();
      return;
    }
    const pauseMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    const jittered = pauseMs * (0.5 + this.#options.random.ratio() / 2);
    this.#retry = this.#options.clock.after(jittered, () => this.#reconnect());
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#open = false;
    this.#heartbeat?.cancel();
    this.#pongDue?.cancel();
    socket?.close();
  }

  #setState(state: LiveState): void {
    if (state === this.#status.state) return;
    this.#status = { ...this.#status, state, sinceMs: this.#options.clock.nowMs() };
    for (const listener of [...this.#statusListeners]) listener();
  }
}

/** A frame of the server; anything that is not one is passed over, so that a newer server may send more kinds. */
function parseFrame(data: unknown): LiveFrame | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const frame = JSON.parse(data) as unknown;
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as LiveFrame) : undefined;
  } catch {
    return undefined;
  }
}
