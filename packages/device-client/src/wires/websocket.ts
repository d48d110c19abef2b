import type { Clock } from "@gatehouse/base";
import { type RawData, WebSocket } from "ws";
import { type TlsTrust, tlsOptions, unreachable } from "../http-exchange.ts";
import {
  type Carrier,
  CONNECT_TIMEOUT_MS,
  MAX_INCOMING_BYTES,
  SEND_TIMEOUT_MS,
  type Wire,
  type WireHandlers,
} from "./wire.ts";

const PATH = "/api/v1/channel";
const SUBPROTOCOL = "gatehouse.sx.v1";
/** A peer that vanished without a word is noticed after two of these. */
const PING_EVERY_MS = 30_000;
/** What may wait to be written; one envelope is in flight at a time. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

export interface WebSocketSettings {
  /** The server's address, http or https. */
  readonly url: string;
  readonly trust: TlsTrust;
  readonly clock: Clock;
}

/** WebSocket at `/api/v1/channel`: a binary message is an envelope; the server acknowledges with envelopes of its own. */
export const webSocketCarrier = (settings: WebSocketSettings): Carrier => ({
  name: "websocket",
  isTwoWay: true,
  connect: (handlers) => connect(settings, handlers),
});

function connect({ url, trust, clock }: WebSocketSettings, handlers: WireHandlers): Promise<Wire> {
  const address = new URL(PATH, url);
  const socket = new WebSocket(address.href.replace(/^http/, "ws"), SUBPROTOCOL, {
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    maxPayload: MAX_INCOMING_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
    ...tlsOptions(trust),
  });
  return new Promise((resolve, reject) => {
    let fault: Error | undefined;
    let answered = true;
    const pings = clock.every(PING_EVERY_MS, () => {
      if (!answered) return socket.terminate();
      answered = false;
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    });
    const marks = new Marks(clock);
    socket.on("pong", (data) => {
      answered = true;
      marks.answered(data);
    });
    socket.on("error", (error) => {
      fault = error;
    });
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (isBinary) handlers.received(new Uint8Array(data as Buffer));
      // In clear the server only says that it refuses what it could not open; a new handshake mends what can be.
      else socket.close(1000, "refused");
    });
    socket.on("close", (code, reason) => {
      pings.cancel();
      marks.end();
      reject(unreachable(address, fault ?? new Error(`closed (${code})`)));
      handlers.closed(fault?.message ?? (reason.toString() || `closed (${code})`));
    });
    socket.on("open", () => resolve(wireOf(socket, marks)));
  });
}

/**
 * Pings behind messages: they are answered in their order (RFC 6455 §5.5.3), so an answer says that everything before it
 * was read. Only so does a sender learn what still lies in buffers of the kernel and of those in between.
 */
class Marks {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, { settle(error?: Error): void }>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the ping that is sent now was answered. */
  set(socket: WebSocket): Promise<void> {
    const mark = ++this.#count;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = this.#clock.after(SEND_TIMEOUT_MS, () => this.#settle(mark, new Error("not read")));
    this.#waiting.set(mark, {
      settle(error) {
        timer.cancel();
        if (error === undefined) resolve();
        else reject(error);
      },
    });
    socket.ping(String(mark));
    return promise;
  }

  answered(data: Buffer): void {
    const upTo = Number(data.toString("latin1"));
    for (const mark of [...this.#waiting.keys()]) if (mark <= upTo) this.#settle(mark);
  }

  end(): void {
    for (const mark of [...this.#waiting.keys()]) this.#settle(mark, new Error("closed"));
  }

  #settle(mark: number, error?: Error): void {
    const waiting = this.#waiting.get(mark);
    this.#waiting.delete(mark);
    waiting?.settle(error);
  }
}

const wireOf = (socket: WebSocket, marks: Marks): Wire => ({
  send: (envelope) =>
    new Promise((resolve, reject) => {
      assertDrains(socket);
      socket.send(envelope, { binary: true }, (error) => {
        if (error) reject(error);
        else resolve({ result: "unknown" });
      });
    }),
  async post(envelope) {
    assertDrains(socket);
    if (socket.readyState !== WebSocket.OPEN) throw new Error("closed");
    socket.send(envelope, { binary: true });
    await marks.set(socket);
  },
  close() {
    socket.close(1000);
    // A peer that does not answer the closing handshake is not waited for.
    setTimeout(() => socket.terminate(), 1_000).unref();
  },
});

function assertDrains({ bufferedAmount }: WebSocket): void {
  if (bufferedAmount > MAX_BUFFERED_BYTES) throw new Error("the connection does not drain");
}
