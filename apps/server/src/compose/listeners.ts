import type { operations } from "@gatehouse/contract";
import type { FastifyInstance } from "fastify";
import { isLoopbackHost } from "../platform/config/load.ts";
import type { Config } from "../platform/config/schema.ts";

type Listener = operations.NetworkInfo["listeners"][number];

interface Listening {
  readonly kind: string;
  readonly host: string;
  readonly port: number;
}

/** Every open listener with the address that a client on the same network would use. */
export function listListeners(
  config: Config,
  secure: boolean,
  http: FastifyInstance,
  others: readonly Listening[],
): Listener[] {
  const found = others.map(({ kind, host, port }) => view(kind, host, port, ""));
  const address = http.server.address();
  if (address === null || typeof address === "string") return found;
  const { host } = config.http;
  const web = secure ? "https" : "http";
  const socket = secure ? "wss" : "ws";
  return [view(web, host, address.port, ""), ...found, view(socket, host, address.port, "/mqtt")];
}

function view(kind: string, host: string, port: number, path: string): Listener {
  const anywhere = host === "0.0.0.0" || host === "::";
  const shown = anywhere || host === "127.0.0.1" || host === "::1" ? "localhost" : host;
  const named = shown.includes(":") ? `[${shown}]` : shown;
  return { kind, host, port, url: `${kind}://${named}:${port}${path}`, loopbackOnly: isLoopbackHost(host) };
}
