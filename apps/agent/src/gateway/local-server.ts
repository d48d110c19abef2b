import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { AppError, isAppError, type Logger, type MonotonicMs } from "@gatehouse/base";
import { lingerOnClose } from "@gatehouse/base/linger";
import { WebSocketServer } from "ws";
import { isRefusedEnvelope, LocalLink, type LocalLinkParts } from "./local-link.ts";
import { LocalSocket, MAX_ENVELOPE_BYTES } from "./local-socket.ts";
import { MAX_DEVICES } from "./messages.ts";
import type { Site } from "./site.ts";
import { TokenBucket } from "./token-bucket.ts";

export const LOCAL_SUBPROTOCOL = "gatehouse.sx.v1";
const ENVELOPE_TYPE = "application/vnd.gatehouse.sx";
const MAX_CONNECTIONS = MAX_DEVICES + 100;
const TIMEOUT_MS = 10_000;
/** Requests by HTTP of all addresses together; what has an address of its own to forge is not told apart by it. */
const HTTP_RATE = { burst: 400, perSecond: 200 } as const;

export interface LocalServerParts extends LocalLinkParts {
  readonly site: Site;
  readonly log: Logger;
}

/**
 * The door for devices at the site: envelopes over WebSocket and HTTP, and our public keys for whoever asks. Plain
 * HTTP, because what passes it is sealed or signed, and nothing else is taken.
 */
export class LocalServer {
  readonly #parts: LocalServerParts;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #rate: TokenBucket;

  private constructor(parts: LocalServerParts) {
    this.#parts = parts;
    this.#rate = new TokenBucket(HTTP_RATE.burst, HTTP_RATE.perSecond, parts.clock.monotonicMs());
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: MAX_ENVELOPE_BYTES,
      handleProtocols: (offered) => (offered.has(LOCAL_SUBPROTOCOL) ? LOCAL_SUBPROTOCOL : false),
    });
    this.#server = createServer(
      { requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS, maxHeaderSize: 8 * 1024 },
      (request, reply) => void this.#serve(request, reply),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
    lingerOnClose(this.#server);
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Rejects when the address cannot be listened on. */
  static async listen(parts: LocalServerParts, host: string, port: number): Promise<LocalServer> {
    const local = new LocalServer(parts);
    await new Promise<void>((resolve, reject) =>
      local.#server.once("error", reject).listen(port, host, resolve),
    );
    return local;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const isOurs = request.url === "/api/v1/channel" && request.headers.origin === undefined;
    if (!isOurs || this.#sockets.clients.size >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (opened) => void new LocalSocket(opened, this.#parts));
  }

  async #serve(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    try {
      const [status, body] = await this.#answer(request);
      reply.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    } catch (error) {
      const known = isAppError(error) ? error : new AppError("server.internal");
      if (known.code === "server.internal")
        this.#parts.log.error({ reason: String(error) }, "gateway.http_failed");
      if (isRefusedEnvelope(error)) this.#parts.site.countRefusal();
      reply
        .writeHead(known.row.status, { "content-type": "application/json", connection: "close" })
        .end(JSON.stringify({ code: known.code }));
    }
  }

  async #answer(request: IncomingMessage): Promise<readonly [number, object]> {
    if (!this.#rate.take(this.#now())) throw new AppError("request.rate_limited");
    const asked = `${request.method} ${request.url}`;
    if (asked === "GET /api/v1/channel/gateway") return [200, { keys: this.#parts.keys.published }];
    if (asked !== "POST /api/v1/channel/messages") throw new AppError("request.not_found");
    if (request.headers["content-type"] !== ENVELOPE_TYPE) throw new AppError("envelope.refused");
    const heard = new LocalLink(this.#parts).receive(await readBody(request));
    // A HELLO begins a session, and there is none over HTTP.
    if (heard.kind !== "keep" && heard.kind !== "duplicate") throw new AppError("envelope.refused");
    return [202, await this.#parts.site.take(heard, "http")];
  }

  #now(): MonotonicMs {
    return this.#parts.clock.monotonicMs();
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_ENVELOPE_BYTES) throw new AppError("message.too_large");
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
