import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { CDPSession, Page } from "playwright-core";
import { openBrowser, useSession } from "../tests/lib/browser.ts";
import { startGatehouse } from "../tests/lib/gatehouse.ts";
import { median, quantile } from "./lib/report.ts";
import type { Bench } from "./run.ts";

const CHARTS = 24;
const METRICS = ["a", "b", "c", "d"];
const POINTS = 300;
const TICK_MS = 1_000;
const MIB = 2 ** 20;
/** A picture that comes later than this after the one before was dropped at 60 a second. */
const LATE_FRAME_MS = 25;

// Runs in the page: how long its thread was taken at a stretch, and the gaps between its pictures.
const WATCH = `globalThis.seen = { longTasksMs: [], gapsMs: [] };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.longTasksMs.push(entry.duration);
}).observe({ type: "longtask" });
let before = performance.now();
const frame = (now) => { seen.gapsMs.push(now - before); before = now; requestAnimationFrame(frame); };
requestAnimationFrame(frame);`;

export const bench: Bench = {
  describe: `a board of ${CHARTS} charts × ${METRICS.length} series × ${POINTS} points, one live tick a second, in Chromium [--seconds 300]`,
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { seconds: { type: "string", default: "300" } },
    });
    const server = await startGatehouse();
    const browser = await openBrowser();
    try {
      const devices = await server.createDevices(CHARTS, "generic");
      const send = (from: number, points: number): Promise<unknown> =>
        Promise.all(devices.map(({ password }, i) => post(server.url, password, readings(i, from, points))));
      await send(Date.now() - POINTS * TICK_MS, POINTS);
      const { id } = await server.call<{ id: string }>("POST", "/api/v1/boards", {
        name: "Every room",
        rangeMs: POINTS * TICK_MS,
        charts: devices.map(({ deviceId, username }) => ({
          title: username,
          series: METRICS.map((metric) => `${deviceId}:${metric}`),
        })),
      });
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      await useSession(context, server.url, server.cookie);
      const page = await context.newPage();
      const drawn = await openBoard(page, `${server.url}/telemetry/boards/${id}`);
      const devtools = await context.newCDPSession(page);
      await devtools.send("Performance.enable");
      const begun = await cost(devtools);
      await page.evaluate(WATCH);
      const perTickMs: number[] = [];
      let heapMib = begun.heapMib;
      for (let busyMs = begun.busyMs, tick = 0; tick < Number(values.seconds); tick++) {
        const sentMs = performance.now();
        await send(Date.now(), 1);
        await sleep(Math.max(0, TICK_MS - (performance.now() - sentMs)));
        const now = await cost(devtools, false);
        perTickMs.push(now.busyMs - busyMs);
        busyMs = now.busyMs;
        heapMib = Math.max(heapMib, now.heapMib);
      }
      const { longTasksMs, gapsMs } = await page.evaluate<{ longTasksMs: number[]; gapsMs: number[] }>(
        "seen",
      );
      const ended = await cost(devtools);
      return {
        figures: {
          charts_drawn: drawn,
          ticks: perTickMs.length,
          tick_median_ms: median(perTickMs),
          tick_p95_ms: quantile(perTickMs, 0.95),
          long_tasks: longTasksMs.length,
          longest_task_ms: Math.max(0, ...longTasksMs),
          frames: gapsMs.length,
          late_frames_ratio: gapsMs.filter((gap) => gap > LATE_FRAME_MS).length / gapsMs.length,
          longest_gap_ms: Math.max(0, ...gapsMs),
          heap_begun_mib: begun.heapMib,
          heap_growth_mib: ended.heapMib - begun.heapMib,
          heap_highest_mib: heapMib,
        },
        targets: { tick_median_ms: "<= 250", late_frames_ratio: "<= 0.1", heap_growth_mib: "<= 16" },
      };
    } finally {
      await browser.close();
      await server.end();
    }
  },
};

/** `points` readings of one device, a tick apart from `fromMs`: waves that do not lie on each other. */
function readings(device: number, fromMs: number, points: number): unknown {
  return Array.from({ length: points }, (_, i) => {
    const ts = fromMs + i * TICK_MS;
    const wave = (metric: number): number => 20 + metric * 5 + 4 * Math.sin(ts / 30_000 + device + metric);
    return { ts, values: Object.fromEntries(METRICS.map((metric, index) => [metric, wave(index)])) };
  });
}

async function post(url: string, apiKey: string, batch: unknown): Promise<void> {
  const reply = await fetch(`${url}/api/v1/ingest`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ readings: batch }),
  });
  const { refused } = (await reply.json()) as { refused?: readonly unknown[] };
  if (refused?.length !== 0) throw new Error(`a reading was refused: ${JSON.stringify(refused)}`);
}

/** Number of charts on the board once all are there. */
async function openBoard(page: Page, address: string): Promise<number> {
  await page.goto(address);
  const charts = page.locator(".uplot canvas");
  await charts.nth(CHARTS - 1).waitFor({ state: "attached", timeout: 60_000 });
  await page.waitForLoadState("networkidle");
  return charts.count();
}

/** How long the page's thread has worked so far, and its JavaScript heap; `collected`: after a collection of garbage. */
async function cost(devtools: CDPSession, collected = true): Promise<{ busyMs: number; heapMib: number }> {
  if (collected) await devtools.send("HeapProfiler.collectGarbage");
  const { metrics } = await devtools.send("Performance.getMetrics");
  const read = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { busyMs: read("TaskDuration") * 1000, heapMib: read("JSHeapUsedSize") / MIB };
}
