import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type Clock, isAppError, type Logger, type Timer, type Uuid } from "@gatehouse/base";
import { type Bus, LIVE_FLUSH_MS } from "@gatehouse/contract";
import { type WebSocket, WebSocketServer } from "ws";
import { assertSameOrigin } from "../../platform/http/cross-site.ts";
import type { PersonPrincipal } from "../../platform/http/principal.ts";
import { TenantFeed } from "./tenant-feed.ts";
import { Viewer } from "./viewer.ts";

const MAX_VIEWERS = 2_000;
const MAX_VIEWERS_PER_PERSON = 50;
const MAX_FRAME_BYTES = 65_536;
const RATE_EVERY_MS = 1_000;
const ALIVE_EVERY_MS = 30_000;

export interface LiveDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whose session the upgrade's cookie is; undefined when there is none. */
  authenticate(request: IncomingMessage): Promise<PersonPrincipal | undefined>;
  /** Messages per second now, and refusals since start. */
  rate(): { readonly perSecond: number; readonly refused: number };
}

export class LiveHub {
  readonly #deps: LiveDeps;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  readonly #viewers = new Map<WebSocket, Viewer>();
  readonly #feeds = new Map<Uuid, TenantFeed>();
  readonly #ended: (() => void)[] = [];
  readonly #timers: Timer[] = [];
  #rateDueMs = 0;

  constructor(deps: LiveDeps) {
    this.#deps = deps;
  }

  get viewerCount(): number {
    return this.#viewers.size;
  }

  start(): void {
    const { bus, clock } = this.#deps;
    const feed = (tenantId: Uuid): TenantFeed | undefined => this.#feeds.get(tenantId);
    this.#ended.push(
      bus.subscribe("readings.stored", ({ readings }) => {
        if (this.#feeds.size === 0) return;
        for (const reading of readings) feed(reading.tenantId)?.addReading(reading);
      }),
      bus.subscribe("device.status", ({ tenantId, deviceId, status, atMs }) =>
        feed(tenantId)?.addStatus(deviceId, status, atMs),
      ),
      bus.subscribe("device.changed", ({ tenantId, deviceId }) => feed(tenantId)?.addChanged(deviceId)),
      bus.subscribe("command.changed", ({ tenantId, command }) => feed(tenantId)?.addCommand(command)),
      bus.subscribe("device.log", ({ tenantId, deviceId, entry }) => feed(tenantId)?.addLog(deviceId, entry)),
      bus.subscribe("alert.changed", ({ tenantId, alert }) => feed(tenantId)?.addAlert(alert)),
      bus.subscribe("session.ended", ({ sessionId }) => this.#endSession(sessionId)),
    );
    this.#timers.push(
      clock.every(LIVE_FLUSH_MS, () => this.#flush()),
      clock.every(ALIVE_EVERY_MS, () => {
        for (const viewer of this.#viewers.values()) viewer.checkAlive(clock.monotonicMs());
      }),
    );
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    for (const end of this.#ended) end();
    for (const viewer of this.#viewers.values()) viewer.end("server.stopping");
    this.#viewers.clear();
    this.#feeds.clear();
  }

  handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.#admit(request).then(
      (principal) => {
        if (typeof principal === "string") refuse(socket, principal);
        else this.#server.handleUpgrade(request, socket, head, (opened) => this.#open(opened, principal));
      },
      (error: unknown) => {
        this.#deps.log.error({ err: error }, "live.upgrade_failed");
        refuse(socket, "500 Internal Server Error");
      },
    );
  };

  /** The person, or the status line of the refusal. */
  async #admit(request: IncomingMessage): Promise<PersonPrincipal | string> {
    try {
      assertSameOrigin(request.headers, request.headers.host);
      const principal = await this.#deps.authenticate(request);
      if (principal === undefined) return "401 Unauthorized";
      const own = [...this.#viewers.values()].filter(
        (viewer) => viewer.principal.personId === principal.personId,
      ).length;
      if (this.#viewers.size >= MAX_VIEWERS || own >= MAX_VIEWERS_PER_PERSON)
        return "503 Service Unavailable";
      return principal;
    } catch (error) {
      if (!isAppError(error)) throw error;
      return error.row.status === 401 ? "401 Unauthorized" : "403 Forbidden";
    }
  }

  #open(socket: WebSocket, principal: PersonPrincipal): void {
    const { clock } = this.#deps;
    const viewer = new Viewer(socket, principal);
    this.#viewers.set(socket, viewer);
    if (!this.#feeds.has(principal.tenantId)) this.#feeds.set(principal.tenantId, new TenantFeed());
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#close(socket, principal.tenantId));
    socket.on("message", (data, isBinary) => {
      if (isBinary || !viewer.handle(data.toString(), clock.nowMs())) socket.close(1008, "not understood");
    });
    viewer.send({ type: "hello", serverMs: clock.nowMs(), sessionId: principal.sessionId });
  }

  #close(socket: WebSocket, tenantId: Uuid): void {
    this.#viewers.delete(socket);
    const others = [...this.#viewers.values()].some((viewer) => viewer.principal.tenantId === tenantId);
    if (!others) this.#feeds.delete(tenantId);
  }

  #endSession(sessionId: Uuid): void {
    for (const viewer of this.#viewers.values()) {
      if (viewer.principal.sessionId === sessionId) viewer.end("auth.session_ended");
    }
  }

  #flush(): void {
    const { clock, rate } = this.#deps;
    const now = { wall: clock.nowMs(), monotonic: clock.monotonicMs() };
    const rateDue = now.monotonic >= this.#rateDueMs;
    if (rateDue) this.#rateDueMs = now.monotonic + RATE_EVERY_MS;
    const current = rateDue ? rate() : undefined;
    for (const [tenantId, feed] of this.#feeds) {
      const news = feed.take();
      let json: string | undefined;
      const allJson = (): string => {
        json ??= JSON.stringify(news.values);
        return json;
      };
      for (const viewer of this.#viewers.values()) {
        if (viewer.principal.tenantId === tenantId) viewer.deliver(news, allJson, current, now);
      }
    }
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
