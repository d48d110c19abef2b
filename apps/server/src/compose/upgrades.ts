import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { endWithReply } from "../platform/http/refuse-upgrade.ts";

/** Takes the socket; `address` is of whoever asks, behind trusted proxies too. */
export type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  address: string,
) => void;

/**
 * One address, one handler; every other upgrade is refused before a byte of it is read. Answers the sockets that were
 * taken over and are open: they end with the feature that took them, and what was refused within seconds, not with the
 * HTTP server.
 */
export function routeUpgrades(
  server: Server,
  handlers: Readonly<Record<string, UpgradeHandler>>,
  callerOf: (request: IncomingMessage) => string,
): ReadonlySet<Duplex> {
  const open = new Set<Duplex>();
  server.on("upgrade", (request, socket, head) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    const path = (request.url ?? "").split("?", 1)[0] as string;
    const handle = Object.hasOwn(handlers, path) ? handlers[path] : undefined;
    socket.on("error", () => socket.destroy());
    if (handle === undefined) endWithReply(socket, "404 Not Found");
    else handle(request, socket, head, callerOf(request));
  });
  return open;
}
