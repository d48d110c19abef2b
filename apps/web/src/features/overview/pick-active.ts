import type { devices } from "@gatehouse/contract";

export type Device = devices.Device;

const SHOWN = 4;

/** Up to four devices with a number, the most frequent first: one of each site before a second one of any. */
export function pickActive(items: readonly Device[]): readonly Device[] {
  const candidates = items
    .filter((device) => device.last.some(({ value }) => typeof value === "number"))
    .sort((a, b) => rank(a) - rank(b) || a.intervalMs - b.intervalMs || (a.name < b.name ? -1 : 1));
  const sites = new Set<string>();
  const first: Device[] = [];
  const further: Device[] = [];
  for (const device of candidates) {
    (sites.has(device.siteId) ? further : first).push(device);
    sites.add(device.siteId);
  }
  return [...first, ...further].slice(0, SHOWN);
}

const rank = (device: Device): number => (device.status === "online" ? 0 : 1);
