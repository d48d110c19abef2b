import { chmod, mkdir, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AppError } from "@gatehouse/base";
import type { FastifyInstance } from "fastify";
import { sha256Hex } from "../secrets/index.ts";

/** `sun_path` of unix(7) holds 108 bytes with the closing zero. */
const MAX_SOCKET_PATH_BYTES = 107;

const local = new WeakSet<IncomingMessage>();

/** True for a request that came through the local socket: whoever can open it owns the data folder. */
export const isLocalRequest = (request: IncomingMessage): boolean => local.has(request);

/** The socket's place: in the data folder, or where that path is too long below the system's temporary folder. */
export function localSocketPath(dataDir: string): string {
  const path = join(dataDir, "run", "local.sock");
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path;
  return join(
    tmpdir(),
    `gatehouse-${process.getuid?.() ?? 0}-${sha256Hex(dataDir).slice(0, 16)}`,
    "local.sock",
  );
}

/** Serves the same routes to the command line over a unix socket that only this user can open (0600 in 0700). */
export async function serveLocalSocket(
  app: FastifyInstance,
  dataDir: string,
): Promise<{ stop(): Promise<void> }> {
  const path = localSocketPath(dataDir);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await chmod(dirname(path), 0o700);
  await rm(path, { force: true });
  const server = createServer((incoming, outgoing) => {
    local.add(incoming);
    app.routing(incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface LocalReply {
  readonly status: number;
  readonly body: unknown;
}

/** One call over the local socket. Undefined when nobody listens there. */
export function callLocalSocket(
  dataDir: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<LocalReply | undefined> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers =
    payload === undefined
      ? {}
      : { "content-type": "application/json", "content-length": Buffer.byteLength(payload) };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { socketPath: localSocketPath(dataDir), method, path, headers, timeout: 60_000, agent: false },
      (reply) => {
        let text = "";
        reply.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        reply.on("end", () => {
          try {
            resolve({ status: reply.statusCode ?? 0, body: text === "" ? undefined : JSON.parse(text) });
          } catch (error) {
            reject(new AppError("server.internal", {}, { cause: error }));
          }
        });
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new AppError("server.busy")));
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(undefined);
      else reject(error);
    });
    outgoing.end(payload);
  });
}
