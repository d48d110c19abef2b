import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { AppError, type Clock, type Logger, type MonotonicMs, type Uuid } from "@gatehouse/base";
import type { Permission } from "@gatehouse/contract";
import { type WebSocket, WebSocketServer } from "ws";
import type { Controls } from "../controls.ts";
import { RollingBudget } from "../throttle/index.ts";
import { assertSameOrigin } from "./cross-site.ts";
import type { PersonPrincipal } from "./principal.ts";
import { toAppError } from "./problem.ts";
import { refuseUpgrade } from "./refuse-upgrade.ts";

export interface SocketDoorOptions {
  /** Whose session the upgrade's cookie is; undefined when there is none. */
  authenticate(request: IncomingMessage): Promise<PersonPrincipal | undefined>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly controls: Controls;
  readonly maxConnections: number;
  readonly maxPerPerson: number;
  /** Without it, anywhere in the organisation, nobody is let in. */
  readonly permission?: Permission;
  onOpen(socket: WebSocket, principal: PersonPrincipal, request: IncomingMessage): void;
}

const MAX_REQUEST_BYTES = 64 * 1024;
const ADMIT_WITHIN_MS = 10_000;
/** A session that ends while its upgrade is being checked is remembered this long. */
const ENDED_FOR_MS = 60_000;
const REFUSALS_LOGGED_A_MINUTE = 30;
const MAX_ORIGIN_LENGTH = 200;
const CROSS_SITE = "request.cross_site";

/** Lets a browser's WebSocket in: same site, a session, and not too many. */
export class SocketDoor {
  readonly #options: SocketDoorOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_REQUEST_BYTES,
    // Costs memory for each connection, and compressing secrets beside chosen text leaks them (CRIME).
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #perPerson = new Map<Uuid, number>();
  readonly #ended = new Map<Uuid, MonotonicMs>();
  readonly #refusals: RollingBudget;
  #total = 0;
  #stopping = false;

  constructor(options: SocketDoorOptions) {
    this.#options = options;
    this.#refusals = new RollingBudget(options.clock, REFUSALS_LOGGED_A_MINUTE, 60_000);
  }

  get connections(): number {
    return this.#total;
  }

  stop(): void {
    this.#stopping = true;
  }

  sessionEnded(sessionId: Uuid): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [known, endedMs] of this.#ended) {
      if (nowMs - endedMs < ENDED_FOR_MS) break;
      this.#ended.delete(known);
    }
    this.#ended.set(sessionId, nowMs);
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { clock, log, maxConnections } = this.#options;
    socket.on("error", () => socket.destroy());
    if (this.#stopping || this.#total >= maxConnections) {
      refuseUpgrade(socket, new AppError(this.#stopping ? "server.stopping" : "server.busy"));
      return;
    }
    this.#total++;
    socket.once("close", () => {
      this.#total--;
    });
    const late = clock.after(ADMIT_WITHIN_MS, () => socket.destroy());
    this.#admit(request)
      .then(
        (principal) => this.#open(request, socket, head, principal),
        (error: unknown) => {
          const known = toAppError(error);
          if (known.row.fault === "server") log.error({ err: error }, "live.upgrade_failed");
          if (known.code === CROSS_SITE) this.#noteForeign(request);
          refuseUpgrade(socket, known);
        },
      )
      .finally(() => late.cancel());
  }

  async #admit(request: IncomingMessage): Promise<PersonPrincipal> {
    const { authenticate, controls, permission } = this.#options;
    if (controls.upgradeOrigin) assertSameOrigin(request.headers, request.headers.host);
    const principal = await authenticate(request);
    if (principal === undefined) throw new AppError("auth.required");
    if (this.#ended.has(principal.sessionId)) throw new AppError("auth.session_ended");
    if (permission !== undefined && !principal.permissions.has(permission))
      throw new AppError("auth.forbidden", { permission });
    if ((this.#perPerson.get(principal.personId) ?? 0) >= this.#options.maxPerPerson)
      throw new AppError("request.rate_limited");
    return principal;
  }

  /** A page of another site tried to listen with the cookies of whoever looks at it. */
  #noteForeign({ headers, socket }: IncomingMessage): void {
    if (this.#refusals.takeOrWaitMs(CROSS_SITE) > 0) return;
    const origin = headers.origin?.slice(0, MAX_ORIGIN_LENGTH);
    this.#options.log.warn({ code: CROSS_SITE, origin, address: socket.remoteAddress }, "live.refused");
  }

  #open(request: IncomingMessage, socket: Duplex, head: Buffer, principal: PersonPrincipal): void {
    if (socket.destroyed) return;
    const { personId } = principal;
    this.#perPerson.set(personId, (this.#perPerson.get(personId) ?? 0) + 1);
    socket.once("close", () => {
      const left = (this.#perPerson.get(personId) ?? 1) - 1;
      if (left === 0) this.#perPerson.delete(personId);
      else this.#perPerson.set(personId, left);
    });
    this.#server.handleUpgrade(request, socket, head, (opened) =>
      this.#options.onOpen(opened, principal, request),
    );
  }
}
