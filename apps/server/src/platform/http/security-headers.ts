import type { IncomingMessage, ServerResponse } from "node:http";
import helmet from "@fastify/helmet";
import { systemRandom } from "@gatehouse/base";
import type { FastifyInstance } from "fastify";

const nonces = new WeakMap<object, string>();

/** This reply's nonce: 128 random bits, made on first use, the same in the header and in the page. */
export function nonceOf(response: object): string {
  const known = nonces.get(response);
  if (known !== undefined) return known;
  const nonce = Buffer.from(systemRandom.bytes(16)).toString("base64");
  nonces.set(response, nonce);
  return nonce;
}

const nonceSource = (_request: IncomingMessage, response: ServerResponse): string =>
  `'nonce-${nonceOf(response)}'`;

const TRANSPORT = "max-age=31536000; includeSubDomains";

/** For a reply that no hook sees, because what came is no request: nothing can be made of it by any browser. */
export function bareHeaders(isHttps: boolean): Readonly<Record<string, string>> {
  return {
    "content-security-policy":
      "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    ...(isHttps ? { "strict-transport-security": TRANSPORT } : {}),
  };
}

/** A whole answer to what is no request, or in place of a WebSocket; the connection ends with it. */
export function bareReply(isHttps: boolean, status: string, problem = ""): string {
  const headers = {
    connection: "close",
    "content-length": String(Buffer.byteLength(problem)),
    ...(problem === "" ? {} : { "content-type": "application/problem+json; charset=utf-8" }),
    ...bareHeaders(isHttps),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status}`, ...lines, "", problem].join("\r\n");
}

/**
 * Strict headers on every reply. Scripts and styles only from our origin or with this reply's nonce, and no
 * string becomes script (Trusted Types). Swagger UI builds its page with inline styles, so it alone may.
 */
export async function registerSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", nonceSource],
        styleSrc: ["'self'", nonceSource],
        imgSrc: ["'self'", "data:", "blob:"],
        // Video of cameras comes through Media Source Extensions.
        mediaSrc: ["'self'", "blob:"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: ["default"],
      },
    },
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: { policy: "same-origin" },
    crossOriginResourcePolicy: { policy: "same-origin" },
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
  });
  app.addHook("onSend", async (request, reply) => {
    // By the protocol of the browser's side, which a trusted proxy tells (RFC 6797 §7.2: never over plain HTTP).
    if (request.protocol === "https") reply.header("strict-transport-security", TRANSPORT);
    reply.header("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
    if (request.url.startsWith("/api/docs")) {
      reply.header(
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
    }
  });
}
