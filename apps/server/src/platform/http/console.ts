import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { AppError, type Logger } from "@gatehouse/base";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendProblem } from "./problem.ts";
import { nonceOf } from "./security-headers.ts";

const NONCE = "__CSP_NONCE__";
const SHARE_PAGE = "/share";
/** What a browser needs to put the console on a home screen, and to show its notifications. */
const INSTALLED = [
  "manifest.webmanifest",
  "icon.svg",
  "icon-192.png",
  "icon-512.png",
  "icon-maskable-512.png",
  "apple-touch-icon.png",
  "badge-96.png",
];

export interface ConsoleOptions {
  readonly distDir: string;
  readonly log: Logger;
  /** Where people are told to open the console. */
  publicUrl(): string;
}

/**
 * Serves the built console: hashed assets for ever, and `index.html` for every page address with this
 * reply's nonce put in; /share is a page of its own, for people who have nothing but a link. Addresses under /api
 * never answer HTML.
 */
export async function registerConsole(
  app: FastifyInstance,
  { distDir, log, publicUrl }: ConsoleOptions,
): Promise<void> {
  const [index, share] = ["index.html", "share.html"].map((name) => readPage(join(distDir, name)));
  if (index === undefined) log.warn({ distDir }, "console.not_built");
  else {
    await app.register(fastifyStatic, {
      root: join(distDir, "assets"),
      prefix: "/assets/",
      immutable: true,
      maxAge: "365d",
      index: false,
      dotfiles: "deny",
      setHeaders: (reply, path) => {
        if (path.endsWith(".svg")) reply.header("content-type", "image/svg+xml; charset=utf-8");
      },
    });
    const short = { maxAge: "1d", immutable: false };
    for (const name of INSTALLED)
      app.get(`/${name}`, (_request, reply) => reply.sendFile(name, distDir, short));
    // Browsers ask for it again at each visit; it is in charge of every page.
    app.get("/sw.js", (_request, reply) =>
      reply.header("service-worker-allowed", "/").sendFile("sw.js", distDir, { maxAge: 0, immutable: false }),
    );
  }

  const sendPage = (page: string | undefined, reply: FastifyReply): FastifyReply => {
    if (page === undefined) throw new AppError("request.not_found");
    return reply
      .type("text/html; charset=utf-8")
      .header("cache-control", "no-store")
      .send(page.replaceAll(NONCE, nonceOf(reply.raw)));
  };
  app.get(SHARE_PAGE, (_request, reply) =>
    sendPage(share, reply.header("x-robots-tag", "noindex, nofollow")),
  );
  app.setNotFoundHandler((request, reply) => {
    if (!asksForPage(request)) return sendProblem(new AppError("request.not_found"), request, reply, log);
    const home = otherNameOf(request, publicUrl());
    return home === undefined
      ? sendPage(index, reply)
      : reply.header("cache-control", "no-store").redirect(home + request.url, 307);
  });
}

const readPage = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, "utf8") : undefined;

/** The front door answers whoever knocks; other addresses are pages for those who ask for one. */
function asksForPage({ method, url, headers }: FastifyRequest): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  if (/^\/(api|assets|mqtt)(\/|$)/.test(url)) return false;
  return /^\/(\?|$)/.test(url) || (headers.accept ?? "").includes("text/html");
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The console's own origin, for a request that came by another name of the same loopback port: a browser keeps
 * cookies by name, so that somebody logged in on `localhost` would be nobody on `127.0.0.1`.
 */
function otherNameOf({ protocol, host }: FastifyRequest, publicUrl: string): string | undefined {
  const own = URL.parse(publicUrl);
  const asked = URL.parse(`${protocol}://${host}`);
  if (own === null || asked === null || own.host === asked.host) return undefined;
  const isSamePort = own.protocol === asked.protocol && own.port === asked.port;
  const areLoopback = LOOPBACK_NAMES.has(own.hostname) && LOOPBACK_NAMES.has(asked.hostname);
  return isSamePort && areLoopback ? own.origin : undefined;
}
