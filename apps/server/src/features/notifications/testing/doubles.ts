import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { createWebSocketStream, WebSocketServer } from "ws";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface HttpDouble extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
}

type Answer = (request: Received, response: ServerResponse) => void;

/** An HTTP server that keeps what it gets; without an answer of its own it says 200. */
export async function httpDouble(
  answer: Answer = (_request, response) => response.end("{}"),
): Promise<HttpDouble> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { headers, method = "", url = "" } = request;
      const bytes = Buffer.concat(chunks);
      const one = { method, path: url, headers, body: bytes.toString("utf8"), bytes };
      received.push(one);
      answer(one, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with a status and a body. */
export const saying =
  (status: number, body: unknown = {}, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body));

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly raw: string;
  /** Header fields by lower-case name, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface SmtpSink extends AsyncDisposable {
  readonly port: number;
  readonly mails: Mail[];
}

/** A real SMTP server that keeps every mail. */
export async function smtpSink(options: SMTPServerOptions = {}): Promise<SmtpSink> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    closeTimeout: 100,
    onAuth: ({ username }, _session, done) => done(null, { user: username ?? "" }),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = Buffer.concat(chunks).toString("utf8");
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user as string | undefined,
          raw,
          headers: parseHeaders(raw),
        });
        done();
      });
    },
    ...options,
  });
  // A client that breaks off is the client's business.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: portOf(server.server),
    mails,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function parseHeaders(raw: string): ReadonlyMap<string, string> {
  const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
  return new Map(
    head
      .split("\r\n")
      .map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
  );
}

export interface Silent extends AsyncDisposable {
  readonly port: number;
  /** Connections that are open now. */
  readonly open: Set<Socket>;
}

/** Takes connections and never says a word. */
export async function silentServer(): Promise<Silent> {
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    open.add(socket);
    socket.resume();
    socket.on("error", () => undefined);
    socket.on("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: portOf(server),
    open,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = await silentServer();
  await server[Symbol.asyncDispose]();
  return server.port;
}

export interface Broker extends AsyncDisposable {
  readonly port: number;
  readonly webSocketPort: number;
  readonly messages: {
    readonly topic: string;
    readonly payload: string;
    readonly qos: number;
    readonly retain: boolean;
  }[];
}

/** A real MQTT broker over TCP and WebSocket; `password` undefined lets everybody in. */
export async function mqttBroker(password?: string): Promise<Broker> {
  const aedes = await Aedes.createBroker({
    authenticate: (_client, user, given, done) => {
      const isRight = password === undefined || (user === "ada" && given?.toString() === password);
      done(
        isRight ? null : (Object.assign(new Error("bad credentials"), { returnCode: 4 }) as never),
        isRight,
      );
    },
  });
  const messages: Broker["messages"] = [];
  aedes.on("publish", ({ payload, qos, retain, topic }, client) => {
    if (client !== null) messages.push({ topic, payload: payload.toString(), qos, retain });
  });
  const server = createTcpServer(aedes.handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const webSockets = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(webSockets, "listening");
  webSockets.on("connection", (socket, request) => void aedes.handle(createWebSocketStream(socket), request));
  return {
    port: portOf(server),
    webSocketPort: (webSockets.address() as AddressInfo).port,
    messages,
    async [Symbol.asyncDispose]() {
      for (const socket of webSockets.clients) socket.terminate();
      webSockets.close();
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const portOf = (server: Pick<Server, "address">): number => (server.address() as AddressInfo).port;
