import { createServer, isIP, type Server, type Socket } from "node:net";
import {
  createServer as createTlsServer,
  type TLSSocket,
  type TlsOptions,
  type Server as TlsServer,
} from "node:tls";
import { AppError, type Logger } from "@gatehouse/base";
import ipaddr from "ipaddr.js";
import type { Via } from "./connection.ts";
import { MQTT_LIMITS } from "./limits.ts";

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
}

/** Certificates for the TLS listener, kept current while it runs. */
export interface ListenerTls {
  serverOptions(kind: "mqtts"): TlsOptions;
  keepCurrent(server: { setSecureContext(options: TlsOptions): void }, kind: "mqtts"): void;
}

export interface Listening {
  readonly kind: Via;
  readonly host: string;
  readonly port: number;
}

export interface ListenerParts {
  readonly log: Logger;
  /** The place of a new connection, given back by calling it; undefined when there is none. */
  enter(via: Via, address: string): (() => void) | undefined;
  accept(socket: Socket | TLSSocket, via: Via): void;
  /** A TLS handshake that did not come to an end, with OpenSSL's or the system's word for why. */
  handshakeFailed(via: Via, address: string, reason: string): void;
}

const BACKLOG = 1_024;

/** The TCP and TLS listeners. Plain MQTT stays on loopback: outside, passwords and readings would be readable. */
export class Listeners {
  readonly #parts: ListenerParts;
  readonly #log: Logger;
  readonly #servers: Server[] = [];
  readonly #listening: Listening[] = [];

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    this.#log = parts.log;
  }

  get listening(): readonly Listening[] {
    return this.#listening;
  }

  async openPlain(options: ListenerOptions): Promise<void> {
    if (!isLoopback(options.host)) {
      throw new AppError("config.invalid", {
        key: "mqtt.host",
        reason: "Plain MQTT listens on loopback only. Use mqtt.tlsHost for the network.",
      });
    }
    const server = createServer({ noDelay: true }, (socket) => {
      if (this.#mayEnter(socket, "mqtt")) this.#parts.accept(socket, "mqtt");
    });
    await this.#listen(server, "mqtt", options);
  }

  async openTls(options: ListenerOptions, tls: ListenerTls): Promise<void> {
    const handshake = { handshakeTimeout: MQTT_LIMITS.connectTimeoutMs, noDelay: true };
    const server: TlsServer = createTlsServer({ ...tls.serverOptions("mqtts"), ...handshake }, (socket) =>
      this.#parts.accept(socket, "mqtts"),
    );
    // Counted before the handshake, which costs more than all that comes after it.
    server.prependListener("connection", (socket) => void this.#mayEnter(socket, "mqtts"));
    server.on("tlsClientError", (error: Error & { code?: string }, socket) => {
      // A peer that left was not refused.
      if (error.code === "ECONNRESET") return;
      this.#parts.handshakeFailed("mqtts", socket.remoteAddress ?? "", error.code ?? "");
    });
    tls.keepCurrent(server, "mqtts");
    await this.#listen(server, "mqtts", options);
  }

  /** Accepts nobody more. Connections that are open stay. */
  close(): void {
    for (const server of this.#servers.splice(0)) server.close();
    this.#listening.length = 0;
  }

  #mayEnter(socket: Socket, via: Via): boolean {
    const leave = this.#parts.enter(via, socket.remoteAddress ?? "");
    if (leave === undefined) socket.destroy();
    else socket.once("close", leave);
    return leave !== undefined;
  }

  async #listen(server: Server, kind: Via, { host, port }: ListenerOptions): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once("error", reject);
    server.listen({ host, port, backlog: BACKLOG }, resolve);
    try {
      await promise;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new AppError(
        "config.invalid",
        { key: keyOf(kind), host, port, reason: reasonOf(code) },
        { cause },
      );
    }
    server.off("error", reject);
    // Out of file descriptors, say: the listener lives on, the peer comes again.
    server.on("error", (error) => this.#log.error({ err: error, kind }, "mqtt.listener_failed"));
    this.#servers.push(server);
    const address = server.address();
    this.#listening.push({ kind, host, port: typeof address === "object" ? (address?.port ?? port) : port });
    this.#log.info({ kind, host, port }, "mqtt.listening");
  }
}

const keyOf = (kind: Via): string => (kind === "mqtt" ? "mqtt.port" : "mqtt.tlsPort");

function reasonOf(code: string | undefined): string {
  if (code === "EADDRINUSE") return "Another program already listens on this port.";
  if (code === "EACCES") return "This port needs more rights: choose one above 1023.";
  if (code === "EADDRNOTAVAIL") return "This machine does not have this address.";
  return code ?? "The listener cannot be opened.";
}

function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  return isIP(host) !== 0 && ipaddr.process(host).range() === "loopback";
}
