import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { AppError, type Logger } from "@gatehouse/base";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendProblem } from "./problem.ts";
import { nonceOf } from "./security-headers.ts";

const NONCE = "__CSP_NONCE__";

/**
 * Serves the built console: hashed assets for ever, and `index.html` for every page address with this
 * reply's nonce put in. Addresses under /api never answer HTML.
 */
export async function registerConsole(app: FastifyInstance, distDir: string, log: Logger): Promise<void> {
  const indexPath = join(distDir, "index.html");
  const index = existsSync(indexPath) ? readFileSync(indexPath, "utf8") : undefined;
  if (index === undefined) log.warn({ distDir }, "console.not_built");
  else {
    await app.register(fastifyStatic, {
      root: join(distDir, "assets"),
      prefix: "/assets/",
      immutable: true,
      maxAge: "365d",
      index: false,
    });
    app.get("/icon.svg", (_request, reply) => reply.sendFile("icon.svg", distDir, { maxAge: "1d" }));
  }

  const sendIndex = (_request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (index === undefined) throw new AppError("request.not_found");
    return reply
      .type("text/html; charset=utf-8")
      .header("cache-control", "no-store")
      .send(index.replaceAll(NONCE, nonceOf(reply.raw)));
  };
  app.setNotFoundHandler((request, reply) => {
    const page =
      request.method === "GET" &&
      !/^\/(api|assets|mqtt)(\/|$)/.test(request.url) &&
      (request.headers.accept ?? "").includes("text/html");
    return page
      ? sendIndex(request, reply)
      : sendProblem(new AppError("request.not_found"), request, reply, log);
  });
}
