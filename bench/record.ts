import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { systemClock } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { createHeader, FRAME_KINDS, SegmentWriter } from "@gatehouse/video";
import { WebSocket } from "ws";
import { createSha256, fastestCipher, segmentCrypto } from "../apps/server/src/platform/secrets/index.ts";
import { type Gatehouse, startGatehouse } from "../tests/lib/gatehouse.ts";
import { cpuSeconds, treeCpuSeconds } from "./lib/cpu-time.ts";
import { type BenchResult, quantile } from "./lib/report.ts";
import { benchFrame, stamp } from "./lib/video-frames.ts";
import type { VideoReport } from "./lib/video-viewer-worker.ts";
import { startVideoViewers } from "./lib/video-viewers.ts";
import type { Bench } from "./run.ts";

const FPS = 20;
/** What an ESP32 makes of a VGA picture of some detail. */
const FRAME_BYTES = 30_000;
const WARM_UP_MS = 3_000;
/** A camera that sends nothing for ten seconds has its segment sealed. */
const SEALED_AFTER_MS = 30_000;

export const bench: Bench = {
  describe:
    "16 cameras × 20 fps VGA, watched, then recorded and watched: CPU, MB/s, frames lost, cost of sealing [--seconds 60 --cameras 16]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { seconds: { type: "string", default: "60" }, cameras: { type: "string", default: "16" } },
    });
    const [seconds, count] = [Number(values.seconds), Number(values.cameras)];
    const server = await startGatehouse();
    try {
      const devices = await server.createDevices(count, "esp32-cam");
      const ids = devices.map(({ deviceId }) => deviceId);
      const feeds = await Promise.all(devices.map(({ password }) => openFeed(server, password)));
      for (const id of ids) await setMode(server, id, "off");
      const watched = await measure(server, feeds, ids, seconds);
      for (const id of ids) await setMode(server, id, "continuous");
      const fromMs = Date.now();
      const recorded = await measure(server, feeds, ids, seconds);
      const kept = await sealed(server, ids, fromMs, recorded.allSent);
      for (const feed of feeds) feed.terminate();
      return result({ seconds, count, watched, recorded, kept, sealing: sealingRatio(count) });
    } finally {
      await server.end();
    }
  },
};

interface Measured {
  readonly processRatio: number;
  readonly treeRatio: number;
  readonly viewer: VideoReport;
  readonly sent: number;
  /** Before and after the time that is measured too. */
  readonly allSent: number;
  readonly loopP99Ms: number;
}

/** One frame of each camera every twentieth of a second, the cameras spread over it as real ones are. */
class Film {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #frame = benchFrame(FRAME_BYTES);
  sent = 0;

  constructor(feeds: readonly WebSocket[]) {
    for (const [at, feed] of feeds.entries())
      setTimeout(
        () => this.#timers.push(setInterval(() => this.#send(feed), 1_000 / FPS)),
        (at * 50) / feeds.length,
      );
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #send(feed: WebSocket): void {
    feed.send(stamp(this.#frame));
    this.sent++;
  }
}

async function openFeed({ url }: Gatehouse, key: string): Promise<WebSocket> {
  const feed = new WebSocket(`${url.replace("http", "ws")}${cameras.CAMERAS_FEED_PATH}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  feed.on("message", (text) => console.error(`refused: ${text}`));
  await once(feed, "open");
  return feed;
}

/** Nobody looks for motion: what that costs is another bench's matter. */
async function setMode({ call }: Gatehouse, id: string, mode: cameras.RecordingMode): Promise<void> {
  const { settings, settingsMs } = await call<cameras.Camera>("GET", `/api/v1/cameras/${id}`);
  const { recording, motion } = settings;
  await call("PUT", `/api/v1/cameras/${id}/settings`, {
    settings: {
      ...settings,
      recording: { ...recording, mode },
      motion: { ...motion, enabled: false },
      maxFramesPerSecond: 60,
    },
    settingsMs,
  });
}

async function measure(
  server: Gatehouse,
  feeds: readonly WebSocket[],
  ids: readonly string[],
  seconds: number,
): Promise<Measured> {
  const film = new Film(feeds);
  const viewers = await startVideoViewers({
    port: Number(new URL(server.url).port),
    path: cameras.CAMERAS_LIVE_PATH,
    headers: { cookie: server.cookie, origin: server.url },
    watch: JSON.stringify({ op: "watch", cameras: ids.map((id) => ({ id })) }),
    headerBytes: cameras.CAMERAS_LIVE_HEADER_BYTES,
    ...{ viewers: 1, bytesPerSecond: 0 },
  });
  await sleep(WARM_UP_MS);
  const start = { own: cpuSeconds(server.pid), tree: treeCpuSeconds(server.pid), sent: film.sent };
  const startMs = performance.now();
  viewers.begin();
  await sleep(seconds * 1_000);
  const tookSeconds = (performance.now() - startMs) / 1_000;
  const { eventLoopP99Ms } = await server.call<{ eventLoopP99Ms: number }>("GET", "/api/v1/about");
  const measured = {
    processRatio: (cpuSeconds(server.pid) - start.own) / tookSeconds,
    treeRatio: (treeCpuSeconds(server.pid) - start.tree) / tookSeconds,
    sent: film.sent - start.sent,
    viewer: await viewers.end(),
    loopP99Ms: eventLoopP99Ms,
  };
  film.stop();
  return { ...measured, allSent: film.sent };
}

/** Frames and bytes of all segments, once the last one is sealed. */
async function sealed({ call }: Gatehouse, ids: readonly string[], fromMs: number, sent: number) {
  const untilMs = performance.now() + SEALED_AFTER_MS;
  for (;;) {
    const lists = await Promise.all(
      ids.map((id) => {
        const span = `fromMs=${fromMs - 60_000}&toMs=${Date.now()}`;
        return call<{ items: cameras.Segment[] }>("GET", `/api/v1/cameras/${id}/segments?${span}`);
      }),
    );
    const segments = lists.flatMap(({ items }) => items);
    const sum = (pick: (one: cameras.Segment) => number) => segments.reduce((all, one) => all + pick(one), 0);
    const unsealed = segments.filter(({ state }) => state !== "sealed").length;
    const kept = { frames: sum(({ frames }) => frames), bytes: sum(({ bytes }) => bytes), unsealed };
    if ((unsealed === 0 && kept.frames >= sent) || performance.now() > untilMs) return kept;
    await sleep(500);
  }
}

/** What sealing, hashing and signing alone take of a core: a second of one camera, as often as it takes to measure. */
function sealingRatio(count: number): number {
  const bytes = benchFrame(FRAME_BYTES);
  const identity = {
    ...{ cameraId: new Uint8Array(16), segmentId: new Uint8Array(16), startMs: 0 },
    cipher: fastestCipher(systemClock),
  };
  const key = new Uint8Array(32).fill(1);
  const samples = Array.from({ length: 9 }, () => {
    const writer = new SegmentWriter(
      createHeader(identity, key, new Uint8Array(7), segmentCrypto),
      segmentCrypto,
    );
    const hash = createSha256();
    const before = process.cpuUsage();
    for (let second = 0; second < 30; second++) {
      for (let n = 0; n < FPS; n++)
        writer.add({ kind: FRAME_KINDS.jpeg, offsetMs: second * 1_000 + n, deviceMs: 1, isKey: true, bytes });
      hash.update(writer.takeChunk() as Uint8Array);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6 / 30;
  });
  return quantile(samples, 0.5) * count;
}

function result(run: {
  readonly seconds: number;
  readonly count: number;
  readonly watched: Measured;
  readonly recorded: Measured;
  readonly kept: { readonly frames: number; readonly bytes: number; readonly unsealed: number };
  readonly sealing: number;
}): BenchResult {
  const { watched, recorded, kept } = run;
  const cpu = (ratio: number) => ratio * 100;
  return {
    figures: {
      cameras: run.count,
      frames_per_s: recorded.sent / run.seconds,
      mb_per_s: (recorded.sent * FRAME_BYTES) / run.seconds / 1e6,
      frames_sent: recorded.allSent,
      frames_recorded: kept.frames,
      frames_lost: recorded.allSent - kept.frames,
      segments_unsealed: kept.unsealed,
      recorded_bytes_ratio: kept.bytes / (kept.frames * FRAME_BYTES),
      watched_ratio: recorded.viewer.frames / recorded.sent,
      watched_p95_ms: quantile(recorded.viewer.agesMs, 0.95),
      watched_cpu_percent: cpu(watched.processRatio),
      recorded_cpu_percent: cpu(recorded.processRatio),
      recorded_with_database_cpu_percent: cpu(recorded.treeRatio),
      recording_costs_cpu_percent: cpu(recorded.treeRatio - watched.treeRatio),
      sealing_costs_cpu_percent: cpu(run.sealing),
      event_loop_p99_ms: recorded.loopP99Ms,
    },
    targets: {
      frames_lost: "= 0",
      watched_ratio: ">= 0.95",
      segments_unsealed: "<= 0",
      sealing_costs_cpu_percent: "<= 10",
    },
  };
}
