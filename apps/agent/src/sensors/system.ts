import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { findText } from "./files.ts";
import { absent, failed, type Machine, present, rounded, type Sensor } from "./sensor.ts";

/** proc(5): `0.20 0.18 0.12 1/80 11206`. */
export const loadSensor = ({ root }: Machine): Sensor => ({
  id: "load",
  async measure() {
    const text = await findText(root, "proc/loadavg");
    if (text === undefined) return absent("no /proc/loadavg");
    const [load1, load5, load15] = text.split(" ").map(Number);
    if (![load1, load5, load15].every(Number.isFinite)) return failed("/proc/loadavg is not readable");
    return present({ load1: load1 as number, load5: load5 as number, load15: load15 as number });
  },
});

/** Used is what is not available to a new program: the cache counts as free (proc(5), MemAvailable). */
export const memorySensor = ({ root }: Machine): Sensor => ({
  id: "memory",
  async measure() {
    const text = await findText(root, "proc/meminfo");
    if (text === undefined) return absent("no /proc/meminfo");
    const kb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]);
    const [total, available] = [kb("MemTotal"), kb("MemAvailable")];
    if (!(total > 0) || !Number.isFinite(available)) return failed("/proc/meminfo is not readable");
    const [swapTotal, swapFree] = [kb("SwapTotal"), kb("SwapFree")];
    return present({
      memoryUsed: percent(total - available, total),
      ...(swapTotal > 0 ? { swapUsed: percent(swapTotal - swapFree, swapTotal) } : {}),
    });
  },
});

/** The file system that holds `path`, as `df` counts it: space kept for root is neither used nor free. */
export const diskSensor = ({ root }: Machine, path: string): Sensor => ({
  id: "disk",
  async measure() {
    const { blocks, bfree, bavail, bsize } = await statfs(join(root, path));
    const used = blocks - bfree;
    if (blocks === 0) return absent(`${path} is on no disk`);
    return present({
      diskUsed: percent(used, used + bavail),
      diskFree: rounded((bavail * bsize) / 1e9, 2),
    });
  },
});

export const uptimeSensor = ({ root }: Machine): Sensor => ({
  id: "uptime",
  async measure() {
    const text = await findText(root, "proc/uptime");
    if (text === undefined) return absent("no /proc/uptime");
    const seconds = Number(text.split(" ")[0]);
    return Number.isFinite(seconds)
      ? present({ uptime: rounded(seconds / 3600, 2) })
      : failed("/proc/uptime is not readable");
  },
});

/** Bytes a second over all interfaces but loopback, since the measurement before; none at the first. */
export function networkSensor({ root, clock }: Machine): Sensor {
  let before: { readonly atMs: number; readonly inBytes: number; readonly outBytes: number } | undefined;
  return {
    id: "network",
    async measure() {
      const text = await findText(root, "proc/net/dev");
      if (text === undefined) return absent("no /proc/net/dev");
      const now = { atMs: clock.monotonicMs(), ...countersOf(text) };
      const earlier = before;
      before = now;
      if (earlier === undefined || now.atMs <= earlier.atMs) return present({});
      // An interface that went away takes its counters with it.
      if (now.inBytes < earlier.inBytes || now.outBytes < earlier.outBytes) return present({});
      const seconds = (now.atMs - earlier.atMs) / 1000;
      return present({
        networkIn: Math.round((now.inBytes - earlier.inBytes) / seconds),
        networkOut: Math.round((now.outBytes - earlier.outBytes) / seconds),
      });
    },
  };
}

/** proc(5), /proc/net/dev: `eth0: <received bytes> 7 more numbers <sent bytes> …`. */
function countersOf(text: string): { inBytes: number; outBytes: number } {
  const sum = { inBytes: 0, outBytes: 0 };
  for (const line of text.split("\n")) {
    const [, name, rest] = /^\s*([^\s:]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || name === "lo") continue;
    const numbers = (rest as string).split(/\s+/).map(Number);
    sum.inBytes += numbers[0] || 0;
    sum.outBytes += numbers[8] || 0;
  }
  return sum;
}

const percent = (part: number, whole: number): number =>
  rounded(Math.min(100, Math.max(0, (100 * part) / whole)), 1);
