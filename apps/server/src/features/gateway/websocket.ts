import type { IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { MQTT_LIMITS } from "./limits.ts";

export const MQTT_WEBSOCKET_PATH = "/mqtt";

/** MQTT 3.1.1 §6 names `mqtt`; clients for 3.1 said `mqttv3.1`. */
const SUBPROTOCOLS = ["mqtt", "mqttv3.1"] as const;

/** The accepted subprotocol, undefined when the client offers none that we speak. */
export function chooseSubprotocol(request: IncomingMessage): string | undefined {
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  return SUBPROTOCOLS.find((known) => offered.includes(known));
}

export const createMqttWebSocketServer = (): WebSocketServer =>
  new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MQTT_LIMITS.packetBytes + MQTT_LIMITS.readPortionBytes,
    handleProtocols: (offered) => SUBPROTOCOLS.find((known) => offered.has(known)) ?? false,
  });

/**
 * The byte stream inside a WebSocket. Packets that are written
 * together leave as one frame; a text frame is a protocol error (§6.0.0-1).
 */
export class WebSocketBytes extends Duplex {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (!isBinary) this.destroy(new Error("text frame"));
      else if (!this.push(Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)))
        socket.pause();
    });
    socket.on("close", () => {
      this.push(null);
      this.destroy();
    });
    socket.on("error", (error) => this.destroy(error));
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#send(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.close(1000);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (error === null) this.#socket.close(1000);
    // A peer that does not answer the closing handshake is not waited for.
    setTimeout(() => this.#socket.terminate(), 1_000).unref();
    done(error);
  }

  #send(bytes: Buffer, done: (error?: Error | null) => void) {
    if (this.#socket.readyState !== this.#socket.OPEN) return done(new Error("closed"));
    this.#socket.send(bytes, { binary: true }, done);
  }
}
