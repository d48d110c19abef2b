import type { Clock } from "@gatehouse/base";
import { type RawData, WebSocket } from "ws";
import { type TlsTrust, tlsOptions, unreachable } from "../http-exchange.ts";
import {
  type Carrier,
  CONNECT_TIMEOUT_MS,
  MAX_INCOMING_BYTES,
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
    socket.on("pong", () => {
      answered = true;
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
      reject(unreachable(address, fault ?? new Error(`closed (${code})`)));
      handlers.closed(fault?.message ?? (reason.toString() || `closed (${code})`));
    });
    socket.on("open", () => resolve(wireOf(socket)));
  });
}

const wireOf = (socket: WebSocket): Wire => ({
  send: (envelope) =>
    new Promise((resolve, reject) => {
      if (socket.bufferedAmount > MAX_BUFFERED_BYTES)
        return reject(new Error("the connection does not drain"));
      socket.send(envelope, { binary: true }, (error) => {
        if (error) reject(error);
        else resolve({ result: "unknown" });
      });
    }),
  close() {
    socket.close(1000);
    // A peer that does not answer the closing handshake is not waited for.
    setTimeout(() => socket.terminate(), 1_000).unref();
  },
});
