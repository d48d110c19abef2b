import { lookup as dnsLookup } from "node:dns/promises";
import { isIP } from "node:net";
import { AppError } from "@gatehouse/base";
import { classifyAddress } from "./address-class.ts";

export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** Every address of a name, in the order to try. */
export type Lookup = (hostname: string) => Promise<readonly HostAddress[]>;

export const systemLookup: Lookup = (hostname) => dnsLookup(hostname, { all: true });

export interface OutgoingOptions {
  /** Whether loopback and private ranges may be called; link-local, metadata and multicast never are. */
  readonly allowPrivate: boolean;
  readonly lookup?: Lookup;
  /** Schemes with their colon; `http:` and `https:` unless told. */
  readonly protocols?: readonly string[];
}

export interface OutgoingTarget extends HostAddress {
  readonly url: URL;
}

const HTTP = ["http:", "https:"] as const;
/** Whoever is on the way reads these: they go no further than the owner's own network. */
const UNENCRYPTED: ReadonlySet<string> = new Set(["http:", "mqtt:", "rtsp:", "ws:"]);

/** Mail says by its path whether it asks for STARTTLS. */
const isUnencrypted = ({ protocol, pathname }: URL): boolean =>
  UNENCRYPTED.has(protocol) || (protocol === "smtp:" && pathname !== "/starttls");

/** Checks what a URL says by itself; an address written in it is judged, a name is not looked up. Refuses `url.forbidden`. */
export function parseOutgoingUrl(
  text: string | URL,
  { allowPrivate, protocols = HTTP }: OutgoingOptions,
): URL {
  const url = URL.parse(String(text)) ?? refuse("syntax");
  if (!protocols.includes(url.protocol)) refuse("scheme");
  if (url.username !== "" || url.password !== "") refuse("credentials");
  const host = hostOf(url);
  if (host === "") refuse("syntax");
  if (isIP(host) !== 0) assertCallable(host, url, allowPrivate);
  return url;
}

/**
 * The URL with the one address to connect to. The name is looked up once and the address is pinned, so that a
 * name that changes its address between check and use (DNS rebinding) gains nothing. Refuses `url.forbidden`
 * when no address may be called and `url.unreachable` when the name is not known.
 */
export async function resolveOutgoing(text: string | URL, options: OutgoingOptions): Promise<OutgoingTarget> {
  const url = parseOutgoingUrl(text, options);
  const host = hostOf(url);
  const literal = isIP(host);
  if (literal !== 0) return { url, address: host, family: literal };
  const found = await lookUp(host, options.lookup ?? systemLookup);
  const first = found.find(({ address }) => isCallable(address, url, options.allowPrivate));
  if (first === undefined) {
    for (const { address } of found) assertCallable(address, url, options.allowPrivate);
    throw new AppError("url.unreachable", { reason: "name" });
  }
  return { url, address: first.address, family: isIP(first.address) };
}

async function lookUp(host: string, lookup: Lookup): Promise<readonly HostAddress[]> {
  try {
    return await lookup(host);
  } catch (cause) {
    throw new AppError("url.unreachable", { reason: "name" }, { cause });
  }
}

/** The host without the brackets of an IPv6 address. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

function isCallable(address: string, url: URL, allowPrivate: boolean): boolean {
  const kind = classifyAddress(address);
  return kind === "public" ? !isUnencrypted(url) : kind === "local" && allowPrivate;
}

function assertCallable(address: string, url: URL, allowPrivate: boolean): void {
  if (isCallable(address, url, allowPrivate)) return;
  const kind = classifyAddress(address);
  refuse(kind === "public" ? "unencrypted" : kind === "local" ? "address_private" : "address_forbidden");
}

/** `reason`: syntax, scheme, credentials, unencrypted, address_private (may be allowed), address_forbidden. */
function refuse(reason: string): never {
  throw new AppError("url.forbidden", { reason });
}
