import ipaddr from "ipaddr.js";

/** `local` is reached only where the owner allows it; `forbidden` never. */
export type AddressClass = "public" | "local" | "forbidden";

const LOCAL_RANGES = new Set(["loopback", "private", "carrierGradeNat", "uniqueLocal"]);

/** Metadata services of clouds outside the link-local range (AWS, Alibaba, Azure); 169.254.169.254 is link-local. */
const METADATA = new Set(["fd00:ec2::254", "100.100.100.200", "168.63.129.16"]);

/** Global unicast IPv6 is 2000::/3 (RFC 4291 §2.4); what else ipaddr.js calls unicast is not assigned. */
const GLOBAL_UNICAST = ipaddr.IPv6.parse("2000::");

/**
 * Class of an address in its canonical text form, after the special-purpose registries (RFC 6890). IPv6 forms
 * that carry an IPv4 address (mapped, NAT64, 6to4, Teredo) are forbidden: nobody needs them, and they hide
 * where a connection goes. Anything that is not a plain address is forbidden too.
 */
export function classifyAddress(address: string): AddressClass {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return classOf(ipaddr.IPv4.parse(address));
  if (!ipaddr.IPv6.isValid(address)) return "forbidden";
  const ip = ipaddr.IPv6.parse(address);
  if (ip.range() === "unicast" && !ip.match(GLOBAL_UNICAST, 3)) return "forbidden";
  return classOf(ip);
}

function classOf(ip: ipaddr.IPv4 | ipaddr.IPv6): AddressClass {
  if (METADATA.has(ip.toString())) return "forbidden";
  const range = ip.range();
  if (range === "unicast") return "public";
  return LOCAL_RANGES.has(range) ? "local" : "forbidden";
}
