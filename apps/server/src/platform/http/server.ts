import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import cookie from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import underPressure from "@fastify/under-pressure";
import { AppError, type Logger, newUuid, systemClock, systemRandom } from "@gatehouse/base";
import { lingerOnClose } from "@gatehouse/base/linger";
import { cameras, channel, ledger } from "@gatehouse/contract";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { ALL_ON, type Controls } from "../controls.ts";
import { networkOf } from "../throttle/index.ts";
import { limitConnections } from "./connection-places.ts";
import { assertSameSite } from "./cross-site.ts";
import { sendProblem } from "./problem.ts";
import { endWithReply } from "./refuse-upgrade.ts";
import { bareHeaders, registerSecurityHeaders } from "./security-headers.ts";

export interface HttpOptions {
  /** HTTPS with these; plain HTTP without. */
  readonly tls?: TlsOptions;
  readonly trustedProxies: readonly string[];
  readonly perMinute: number;
  readonly maxConnections: number;
  /** Open connections of one network, and who hears of one more; unlimited without. */
  readonly perNetwork?: { readonly maxConnections: number; onRefused(this: void): void };
  readonly log: Logger;
  readonly controls?: Controls;
}

export const isLoopbackAddress = (address: string): boolean =>
  address === "::1" || /^(::ffff:)?127\./.test(address);

/** How often Node looks for connections that are slower than allowed; at its own half a minute they would stay for 40 s. */
const CHECKED = { connectionsCheckingInterval: 1_000 } as const;

/**
 * How often the event loop is judged. One that did not turn once since then counts as standing still for ever: within a
 * second that is any machine that is busy for a moment.
 */
const SAMPLE_MS = 5_000;

/** What Node calls a request that never became one, and how it is answered; anything else is a bad request. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

/** An HTTP(S) server with every limit and header in place and no route yet. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const app = fastify({
    ...(options.tls === undefined ? { http: CHECKED } : { https: { ...options.tls, ...CHECKED } }),
    logger: false,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    genReqId: () => newUuid(systemClock, systemRandom),
    bodyLimit: 65_536,
    connectionTimeout: 0,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    routerOptions: { maxParamLength: 256 },
    forceCloseConnections: "idle",
    exposeHeadRoutes: false,
    return503OnClosing: true,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      // This request knows no proxy; the header alone makes no difference to whoever forges it.
      const isProxied = options.trustedProxies.length > 0 && request.headers["x-forwarded-proto"] === "https";
      reply.headers(bareHeaders(options.tls !== undefined || isProxied));
      sendProblem(error, request, reply, options.log);
    },
    clientErrorHandler: ({ code = "" }: { readonly code?: string }, socket: Socket) => {
      const status = UNREADABLE[code] ?? "400 Bad Request";
      if (socket.writable) endWithReply(socket, status);
    },
  } as object) as unknown as FastifyInstance;
  const server = app.server as unknown as HttpsServer;
  server.maxConnections = options.maxConnections;
  if (options.perNetwork !== undefined) limitConnections(server, { ...options, ...options.perNetwork });
  lingerOnClose(server);
  server.headersTimeout = 10_000;
  server.maxHeadersCount = 100;
  app.withTypeProvider<TypeBoxTypeProvider>().setValidatorCompiler(TypeBoxValidatorCompiler);
  // Replies are ours: JSON.stringify keeps every value exactly; shapes are checked by tests, not per reply.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, options.log));
  const { controls = ALL_ON } = options;
  app.addHook("onRequest", async ({ method, headers, host }) => {
    if (controls.requestOrigin) assertSameSite(method, headers, host);
  });
  app.removeAllContentTypeParsers();
  registerJsonParser(app);
  app.addContentTypeParser(
    [channel.FRAME_TYPE, cameras.COPY_TYPE, cameras.UPLOAD_TYPE],
    { parseAs: "buffer" },
    (_request, body, done) => done(null, body),
  );
  // C2SP tlog-witness does not say of which type its text is; every other address takes what is named above alone.
  app.addContentTypeParser("*", { parseAs: "string" }, (request, body, done) =>
    request.routeOptions.url === ledger.addCheckpoint.path
      ? done(null, body)
      : done(new AppError("request.unsupported_media_type")),
  );
  await app.register(cookie);
  await registerSecurityHeaders(app);
  await app.register(rateLimit, {
    global: true,
    max: options.perMinute,
    timeWindow: 60_000,
    cache: 10_000,
    // Over the local socket there is no address: whoever can open it is the owner of the data folder.
    keyGenerator: (request) => (request.ip ? networkOf(request.ip) : "local"),
    errorResponseBuilder: (_request, context) =>
      new AppError("request.rate_limited", { retryAfterSeconds: context.ttl / 1000 }),
  });
  await app.register(underPressure, {
    maxEventLoopDelay: 2_000,
    sampleInterval: SAMPLE_MS,
    maxEventLoopUtilization: 0,
    maxHeapUsedBytes: 900 * 1024 * 1024,
    maxRssBytes: 0,
    pressureHandler: (_request, _reply, type) => {
      options.log.warn({ type }, "http.under_pressure");
      throw new AppError("server.busy", { retryAfterSeconds: SAMPLE_MS / 1_000 });
    },
  });
  return app;
}

/** JSON only, so that a plain HTML form of another site cannot be read as a request. Depth and size are bounded. */
function registerJsonParser(app: FastifyInstance): void {
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    try {
      done(null, parseBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

function parseBody(body: Buffer): unknown {
  if (!isUtf8(body)) throw new AppError("message.invalid_utf8");
  const text = body.toString("utf8");
  try {
    return parseJson(text);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (/[\s:,[](NaN|-?Infinity)\b/.test(text)) throw new AppError("message.not_finite", {}, { cause });
    throw new AppError("request.invalid", { problems: [{ where: "body", message: "not JSON" }] }, { cause });
  }
}

const MAX_JSON_DEPTH = 32;

/** JSON.parse that refuses deep nesting before parsing and drops no key silently: `__proto__` is refused. */
export function parseJson(text: string): unknown {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 92) i++;
      else if (char === 34) inString = false;
    } else if (char === 34) inString = true;
    else if (char === 123 || char === 91) {
      if (++depth > MAX_JSON_DEPTH) throw new AppError("message.too_deep");
    } else if (char === 125 || char === 93) depth--;
  }
  return JSON.parse(text, (key, value) => {
    if (key === "__proto__")
      throw new AppError("request.invalid", {
        problems: [{ where: "body", message: "__proto__ is not a key" }],
      });
    return value;
  });
}

/** Version of the product, from the workspace's package.json. */
export function productVersion(): string {
  const url = new URL("../../../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { version: string }).version;
}
