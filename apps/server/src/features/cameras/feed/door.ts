import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import {
  AppError,
  type Clock,
  type ErrorCode,
  isAppError,
  type Logger,
  type Timer,
  type Uuid,
} from "@gatehouse/base";
import { type Bus, cameras } from "@gatehouse/contract";
import { type WebSocket, WebSocketServer } from "ws";
import { assertSameOrigin } from "../../../platform/http/cross-site.ts";
import { toAppError } from "../../../platform/http/problem.ts";
import { refuseUpgrade } from "../../../platform/http/refuse-upgrade.ts";
import { WebSocketProgress } from "../../../platform/http/websocket-progress.ts";
import { networkOf, RollingBudget } from "../../../platform/throttle/index.ts";
import type { Intake } from "../intake/intake.ts";
import type { CameraDevices, FeedAuthenticator, FeedLogin, FeedRefusal } from "../ports.ts";
import { claimOf } from "./claim.ts";
import { watchEndings } from "./endings.ts";
import { CLOSE, FeedSocket } from "./socket.ts";

export interface FeedDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly bus: Bus;
  readonly devices: CameraDevices;
  readonly authenticator: FeedAuthenticator;
  readonly intake: Intake;
  readonly limits?: Partial<typeof FEED_LIMITS>;
}

export const FEED_LIMITS = {
  connections: 1_000,
  /** A site of many cameras behind one address. */
  connectionsPerNetwork: 250,
  /** Wrong credentials of one network a minute; after that it is told to wait. */
  failuresPerMinute: 30,
} as const satisfies Record<string, number>;

const CHECK_EVERY_MS = 1_000;

/** The one port for all cameras: who they are is known before the upgrade is answered. */
export class FeedDoor {
  readonly #deps: FeedDeps;
  readonly #limits: Readonly<Record<keyof typeof FEED_LIMITS, number>>;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: cameras.FRAME_LIMITS.bytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #sockets = new Set<FeedSocket>();
  readonly #perNetwork = new Map<string, number>();
  readonly #failures: RollingBudget;
  readonly #unsubscribe: () => void;
  readonly #timer: Timer;
  #places = 0;
  #isStopping = false;

  constructor(deps: FeedDeps) {
    this.#deps = deps;
    this.#limits = { ...FEED_LIMITS, ...deps.limits };
    this.#failures = new RollingBudget(deps.clock, this.#limits.failuresPerMinute, 60_000);
    this.#timer = deps.clock.every(CHECK_EVERY_MS, () => {
      for (const socket of this.#sockets) socket.check();
    });
    this.#unsubscribe = watchEndings(deps.bus, (isOver, code) => {
      for (const socket of this.#sockets) if (isOver(socket.login)) socket.close(CLOSE.ended, code);
    });
  }

  get connections(): number {
    return this.#sockets.size;
  }

  stop(): void {
    this.#isStopping = true;
    this.#timer.cancel();
    this.#unsubscribe();
    for (const socket of this.#sockets) socket.close(CLOSE.stopping, "server.stopping");
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, address: string): void {
    const via = "encrypted" in request.socket ? "wss" : "ws";
    socket.on("error", () => socket.destroy());
    if (this.#isStopping) {
      refuseUpgrade(socket, new AppError("server.stopping"));
      return;
    }
    if (!this.#enter(socket, address)) {
      this.#refused("server.busy", { via, address });
      refuseUpgrade(socket, new AppError("server.busy"));
      return;
    }
    this.#admit(request, via, address).then(
      (login) => this.#open(request, socket, head, { login, via, address }),
      (error: unknown) => {
        const known = toAppError(error);
        if (known.row.fault === "server") this.#deps.log.error({ err: error }, "camera.login_failed");
        refuseUpgrade(socket, known);
      },
    );
  }

  /** Takes a place among the connections; it is given back when the socket closes. */
  #enter(socket: Duplex, address: string): boolean {
    const network = networkOf(address);
    const open = this.#perNetwork.get(network) ?? 0;
    if (this.#places >= this.#limits.connections || open >= this.#limits.connectionsPerNetwork) return false;
    this.#places++;
    this.#perNetwork.set(network, open + 1);
    socket.once("close", () => {
      this.#places--;
      const left = (this.#perNetwork.get(network) ?? 1) - 1;
      if (left === 0) this.#perNetwork.delete(network);
      else this.#perNetwork.set(network, left);
    });
    return true;
  }

  async #admit(request: IncomingMessage, via: string, address: string): Promise<FeedLogin> {
    const found = await this.#identify(request, via, address).catch(refusalOf);
    if (!("refused" in found)) return found;
    const { refused: code, ...whose } = found;
    this.#refused(code, { ...whose, via, address });
    const isGuess = code === "device.credentials_invalid";
    const waits = isGuess && this.#failures.takeOrWaitMs(networkOf(address)) > 0;
    throw new AppError(waits ? "auth.throttled" : code);
  }

  async #identify(request: IncomingMessage, via: string, address: string): Promise<FeedLogin | FeedRefusal> {
    assertSameOrigin(request.headers, request.headers.host);
    const found = await this.#deps.authenticator.authenticate({ ...claimOf(request), via, address });
    if ("refused" in found || this.#deps.devices.find(found.deviceId) !== undefined) return found;
    return { refused: "camera.none", tenantId: found.tenantId, deviceId: found.deviceId };
  }

  #open(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    peer: { readonly login: FeedLogin; readonly via: string; readonly address: string },
  ): void {
    // It may have gone, or been revoked, while it was asked who it is.
    if (socket.destroyed || this.#isStopping) return void socket.destroy();
    if (this.#deps.devices.find(peer.login.deviceId)?.revoked !== false) {
      refuseUpgrade(socket, new AppError("device.revoked"));
      return;
    }
    const progress = new WebSocketProgress(this.#deps.clock);
    socket.on("data", (bytes: Buffer) => progress.push(bytes));
    this.#server.handleUpgrade(request, socket, head, (opened: WebSocket) => {
      const feed = new FeedSocket(opened, { ...this.#deps, ...peer, progress });
      this.#sockets.add(feed);
      opened.once("close", () => this.#sockets.delete(feed));
    });
  }

  #refused(
    code: ErrorCode,
    who: {
      readonly tenantId?: Uuid;
      readonly deviceId?: Uuid;
      readonly via: string;
      readonly address: string;
    },
  ): void {
    const { bus, clock } = this.#deps;
    bus.publish("message.refused", { ...who, code, atMs: clock.nowMs() });
  }
}

/** Refused by a rule of ours; anything else is a failure. */
function refusalOf(error: unknown): FeedRefusal {
  if (isAppError(error) && error.row.fault === "caller") return { refused: error.code };
  throw error;
}
