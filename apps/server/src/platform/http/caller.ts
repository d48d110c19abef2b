import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** Whether an address is one of these or within one of these ranges in CIDR notation. */
export function addressesIn(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", prefix] = range.split("/");
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (address) => list.check(address, familyOf(address));
}

/** The address of whoever asks: of the socket, or what trusted proxies say they saw, the nearest first. */
export function callersBehind(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const isTrusted = addressesIn(trustedProxies);
  return ({ headers, socket }) => {
    const forwarded = String(headers["x-forwarded-for"] ?? "").split(",");
    let address = socket.remoteAddress ?? "";
    while (isTrusted(address)) {
      const seen = forwarded.pop()?.trim() ?? "";
      if (isIP(seen) === 0) break;
      address = seen;
    }
    return address;
  };
}
