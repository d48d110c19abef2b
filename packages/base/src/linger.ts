import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** As nginx's `lingering_timeout`. */
const PATIENCE_MS = 5_000;

/**
 * Ends a connection with its last bytes in two steps (RFC 9112 §9.6): our side now, and what the other still sends is
 * read and dropped until its own end, or for five seconds. A socket that is closed with bytes unread is reset by TCP,
 * and whoever is still writing then loses the answer that says what was wrong; one that is only half closed would stay
 * open for as long as the other likes.
 */
export function endInSteps(socket: Duplex, last?: string): void {
  const timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
  socket.once("close", () => clearTimeout(timer));
  // Away from whoever read it until now: a request that comes after the answer said "close" is not to be carried out.
  socket.removeAllListeners("data");
  socket.on("data", () => undefined);
  socket.resume();
  socket.end(last);
}

/** Ends connections in steps also where an HTTP server has answered before the whole request was there. */
export function lingerOnClose(server: Server): void {
  const newest = new WeakMap<Socket, IncomingMessage>();
  server.on("request", (request) => {
    const { socket } = request;
    const isKnown = newest.has(socket);
    newest.set(socket, request);
    if (isKnown) return;
    const close = socket.destroySoon.bind(socket);
    // How Node's HTTP server closes a connection after its last answer.
    socket.destroySoon = () => {
      socket.destroySoon = close;
      const last = newest.get(socket) ?? request;
      if (last.complete) close();
      else endInSteps(socket);
    };
  });
}
