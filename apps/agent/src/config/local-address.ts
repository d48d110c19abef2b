import { BlockList, isIP } from "node:net";

const LOCAL = new BlockList();
for (const [network, bits] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
] as const)
  LOCAL.addSubnet(network, bits, "ipv4");
LOCAL.addAddress("::1", "ipv6");
LOCAL.addSubnet("fc00::", 7, "ipv6");
LOCAL.addSubnet("fe80::", 10, "ipv6");

/** An IP address that the internet does not route to (RFC 1918, 3927, 4193, 4291); never one that means all of them. */
export function isLocalAddress(host: string): boolean {
  const version = isIP(host);
  return version !== 0 && LOCAL.check(host, version === 4 ? "ipv4" : "ipv6");
}
