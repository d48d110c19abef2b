import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cameras } from "@gatehouse/contract";
import { WebSocket } from "ws";
import { type Gatehouse, processTree, startGatehouse } from "../tests/lib/gatehouse.ts";
import { type BenchResult, quantile } from "./lib/report.ts";
import { benchFrame, stamp } from "./lib/video-frames.ts";
import type { VideoViewers } from "./lib/video-viewer-worker.ts";
import { startVideoViewers } from "./lib/video-viewers.ts";
import type { Bench } from "./run.ts";

const NAIVE = fileURLToPath(new URL("./lib/naive-video-server.ts", import.meta.url));
const FRAME_BYTES = 39 * 1024;
const FRAMES_PER_SECOND = 25;
const NARROW_BYTES_PER_SECOND = 200_000;
/** Before anything is counted: connections settle, and what a slow viewer has in buffers gets as old as it gets. */
const WARM_UP_MS = 5_000;
/** USER_HZ of Linux. */
const TICKS_PER_SECOND = 100;

export const bench: Bench = {
  describe:
    "200 viewers × 25 fps of 39 KiB frames from one process, and 10 more at 200 KB/s; the naive scheme in the same run [--seconds 30 --viewers 200 --narrow 10]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string", default: "30" },
        viewers: { type: "string", default: "200" },
        narrow: { type: "string", default: "10" },
      },
    });
    const counts = {
      seconds: Number(values.seconds),
      viewers: Number(values.viewers),
      narrow: Number(values.narrow),
    };
    const ours = await measureOurs(counts);
    report("gatehouse", ours);
    const naive = await measureNaive(counts);
    report("naive", naive);
    return result(counts, ours, naive);
  },
};

interface Counts {
  readonly seconds: number;
  readonly viewers: number;
  readonly narrow: number;
}

interface Measured {
  /** Of the frames that were sent, times the viewers. */
  readonly deliveredRatio: number;
  readonly deliveredPerSecond: number;
  readonly agesMs: readonly number[];
  readonly narrowAgesMs: readonly number[];
  /** Of one narrow viewer. */
  readonly narrowFramesPerSecond: number;
  readonly closed: number;
  /** Of one core. */
  readonly cpuPercent: number;
}

/** The whole server, with a camera that is not recorded and not looked at: what giving out costs. */
async function measureOurs(counts: Counts): Promise<Measured> {
  const server = await startGatehouse({ GATEHOUSE_CAMERAS_MAX_VIEWERS_PER_PERSON: "1000" });
  try {
    const [device] = await server.createDevices(1, "esp32-cam");
    if (device === undefined) throw new Error("no camera");
    await giveOutOnly(server, device.deviceId);
    const port = Number(new URL(server.url).port);
    return await measure(counts, {
      pid: server.pid,
      feed: new WebSocket(`ws://127.0.0.1:${port}${cameras.CAMERAS_FEED_PATH}`, {
        headers: { authorization: `Bearer ${device.password}` },
      }),
      viewers: {
        port,
        path: cameras.CAMERAS_LIVE_PATH,
        headers: { cookie: server.cookie, origin: server.url },
        watch: JSON.stringify({ op: "watch", cameras: [{ id: device.deviceId }] }),
        headerBytes: cameras.CAMERAS_LIVE_HEADER_BYTES,
      },
    });
  } finally {
    await server.end();
  }
}

async function giveOutOnly(server: Gatehouse, cameraId: string): Promise<void> {
  const { settings, settingsMs } = await server.call<cameras.Camera>("GET", `/api/v1/cameras/${cameraId}`);
  await server.call("PUT", `/api/v1/cameras/${cameraId}/settings`, {
    settings: {
      ...settings,
      recording: { ...settings.recording, mode: "off" },
      motion: { ...settings.motion, enabled: false },
    },
    settingsMs,
  });
}

async function measureNaive(counts: Counts): Promise<Measured> {
  const child = spawn(process.execPath, ["--no-warnings", NAIVE], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    return await measure(counts, {
      pid: child.pid as number,
      feed: new WebSocket(`ws://127.0.0.1:${line}/feed`),
      viewers: { port: Number(line), path: "/", headers: {}, headerBytes: 0 },
    });
  } finally {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

interface Place {
  readonly pid: number;
  readonly feed: WebSocket;
  readonly viewers: Omit<VideoViewers, "viewers" | "bytesPerSecond">;
}

async function measure({ seconds, viewers, narrow }: Counts, place: Place): Promise<Measured> {
  const { feed, pid } = place;
  await once(feed, "open");
  let sent = 0;
  const frame = benchFrame(FRAME_BYTES);
  const timer = setInterval(() => {
    feed.send(stamp(frame));
    sent++;
  }, 1_000 / FRAMES_PER_SECOND);
  try {
    const wide = await startVideoViewers({ ...place.viewers, viewers, bytesPerSecond: 0 });
    const slow = await startVideoViewers({
      ...place.viewers,
      viewers: narrow,
      bytesPerSecond: NARROW_BYTES_PER_SECOND,
    });
    await sleep(WARM_UP_MS);
    const before = { sent, cpuSeconds: cpuSecondsOf(pid), atMs: performance.now() };
    for (const process of [wide, slow]) process.begin();
    await sleep(seconds * 1_000);
    const tookSeconds = (performance.now() - before.atMs) / 1_000;
    const frames = sent - before.sent;
    const cpuPercent = ((cpuSecondsOf(pid) - before.cpuSeconds) / tookSeconds) * 100;
    const [toAll, toSlow] = [await wide.end(), await slow.end()];
    return {
      deliveredRatio: toAll.frames / (frames * viewers),
      deliveredPerSecond: toAll.frames / tookSeconds,
      agesMs: toAll.agesMs,
      narrowAgesMs: toSlow.agesMs,
      narrowFramesPerSecond: toSlow.frames / narrow / tookSeconds,
      closed: toAll.closed + toSlow.closed,
      cpuPercent,
    };
  } finally {
    clearInterval(timer);
    feed.terminate();
  }
}

/** User and system time of a process and all its descendants (proc(5), fields 14 and 15). */
function cpuSecondsOf(pid: number): number {
  return processTree(pid).reduce((sum, one) => {
    const fields = readFileSync(`/proc/${one}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }, 0);
}

function report(who: string, measured: Measured): void {
  const { agesMs, narrowAgesMs, deliveredPerSecond, cpuPercent } = measured;
  process.stderr.write(
    `${who}: ${Math.round(deliveredPerSecond).toLocaleString("en")} frames/s, p50 ${quantile(agesMs, 0.5).toFixed(1)} ms, narrow p95 ${quantile(narrowAgesMs, 0.95).toFixed(0)} ms, ${cpuPercent.toFixed(1)} % of a core\n`,
  );
}

const figuresOf = (measured: Measured): Record<string, number> => ({
  delivered_ratio: measured.deliveredRatio,
  delivered_frames_per_s: measured.deliveredPerSecond,
  p50_ms: quantile(measured.agesMs, 0.5),
  p95_ms: quantile(measured.agesMs, 0.95),
  p99_ms: quantile(measured.agesMs, 0.99),
  cpu_percent: measured.cpuPercent,
  narrow_p50_ms: quantile(measured.narrowAgesMs, 0.5),
  narrow_p95_ms: quantile(measured.narrowAgesMs, 0.95),
  narrow_frames_per_s: measured.narrowFramesPerSecond,
  closed: measured.closed,
});

function result({ seconds, viewers, narrow }: Counts, ours: Measured, naive: Measured): BenchResult {
  const theirs = Object.entries(figuresOf(naive)).map(([name, value]) => [`naive_${name}`, value] as const);
  return {
    figures: { viewers, narrow, seconds, ...figuresOf(ours), ...Object.fromEntries(theirs) },
    targets: {
      delivered_ratio: ">= 0.99",
      p50_ms: "<= 10",
      cpu_percent: "<= 20",
      narrow_p95_ms: "<= 500",
      closed: "<= 0",
    },
    peer: "a plain broadcast that skips whoever has 256 KiB waiting (ws)",
  };
}
