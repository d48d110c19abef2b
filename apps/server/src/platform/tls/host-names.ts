import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { domainToASCII } from "node:url";
import { AppError } from "@gatehouse/base";

/** Keeps a certificate small on a machine with hundreds of virtual networks. */
const MAX_NAMES = 100;
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const ALWAYS = ["localhost", "127.0.0.1", "::1"];

export interface HostName {
  readonly type: "dns" | "ip";
  readonly value: string;
}

/** This machine's own name, also under mDNS's `.local` (RFC 6762), and the addresses of its networks. */
export function machineNames(): string[] {
  const name = hostname();
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => address);
  return [name, `${name}.local`, ...addresses];
}

/**
 * What the certificate is valid for, each name once, sorted: the configured names, localhost, and those of
 * the machine's names that can stand in a certificate. Refuses `config.invalid` for a configured name that cannot.
 */
export function certificateNames(configured: readonly string[], machine: readonly string[]): HostName[] {
  const wanted = configured.map((text) => {
    const name = parseHostName(text);
    if (name === undefined)
      throw new AppError("config.invalid", { hostName: text, reason: "This is not a host name." });
    return name;
  });
  const found = [...ALWAYS, ...machine].map(parseHostName).filter((name) => name !== undefined);
  const unique = new Map([...wanted, ...found].map((name) => [name.value, name]));
  return [...unique.values()].slice(0, MAX_NAMES).sort((a, b) => (a.value < b.value ? -1 : 1));
}

function parseHostName(text: string): HostName | undefined {
  if (text.includes("%")) return undefined;
  if (isIP(text) === 6) return { type: "ip", value: canonicalIpv6(text) };
  if (isIP(text) === 4) return { type: "ip", value: text };
  const ascii = domainToASCII(text).toLowerCase();
  const labels = (ascii.startsWith("*.") ? ascii.slice(2) : ascii).split(".");
  return ascii.length <= 253 && labels.every((label) => LABEL.test(label))
    ? { type: "dns", value: ascii }
    : undefined;
}

const canonicalIpv6 = (text: string): string => new URL(`http://[${text}]`).hostname.slice(1, -1);
