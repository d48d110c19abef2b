import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { networkOf } from "../throttle/index.ts";
import { addressesIn } from "./caller.ts";

export interface PlaceOptions {
  readonly maxConnections: number;
  /** Addresses and ranges of proxies, for which many people come. */
  readonly trustedProxies: readonly string[];
  onRefused(this: void): void;
}

/**
 * Open HTTP connections of one network (IPv4 address, IPv6 /64) are bounded, so that nobody takes all places with slow
 * requests. One more is closed before a byte of it is read. Loopback and trusted proxies are not counted, nor is what
 * became a WebSocket: that has limits of its own.
 */
export function limitConnections(
  server: Server,
  { maxConnections, trustedProxies, onRefused }: PlaceOptions,
): void {
  const open = new Map<string, number>();
  const leave = new Map<string, () => void>();
  const isExempt = addressesIn(["127.0.0.0/8", "::1", ...trustedProxies]);
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || isExempt(address)) return;
    const network = networkOf(address);
    const count = open.get(network) ?? 0;
    if (count >= maxConnections) {
      onRefused();
      socket.destroy();
      return;
    }
    open.set(network, count + 1);
    const name = nameOf(socket);
    leave.set(name, () => {
      leave.delete(name);
      const left = (open.get(network) ?? 1) - 1;
      if (left === 0) open.delete(network);
      else open.set(network, left);
    });
    socket.once("close", () => leave.get(name)?.());
  });
  server.on("upgrade", (_request, socket: Duplex) => leave.get(nameOf(socket as Socket))?.());
}

/** The same below TLS and above it. */
const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
