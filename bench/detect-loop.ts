import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { cameras } from "@gatehouse/contract";
import { framesOf } from "../tests/lib/clip-frames.ts";
import { startGatehouse } from "../tests/lib/gatehouse.ts";
import { addCamera, changeSettings, everyFrame, measureUsage, playFrames } from "./lib/live-camera.ts";
import type { BenchResult } from "./lib/report.ts";
import type { Bench } from "./run.ts";

const VIDEO = fileURLToPath(new URL("../../shared/media/one-by-one-person-detection.mp4", import.meta.url));
const PROBE = new URL("./lib/loop-delay-probe.ts", import.meta.url).href;
const CAMERAS = 4;
const FPS = 5;
/** Each camera begins somewhere else in the video. */
const APART_FRAMES = 60;
const WARM_UP_SECONDS = 10;

interface Delays {
  /** How late a timer of five milliseconds came. */
  readonly late: { readonly p99Ms: number; readonly maxMs: number };
  readonly own: { readonly p99Ms: number; readonly maxMs: number };
}

export const bench: Bench = {
  describe:
    "how late the server's main loop is while people are looked for before four cameras [--seconds 60]",
  async run(args): Promise<BenchResult> {
    const { values } = parseArgs({
      args: [...args],
      options: { seconds: { type: "string", default: "60" } },
    });
    if (!existsSync(VIDEO)) throw new Error(`not here: ${VIDEO}`);
    const seconds = Number(values.seconds);
    const frames = await everyFrame(framesOf(VIDEO, { fps: FPS }));
    const folder = mkdtempSync(join(tmpdir(), "gatehouse-loop-"));
    const file = join(folder, "delay.json");
    const server = await startGatehouse({ NODE_OPTIONS: `--import=${PROBE}`, LOOP_DELAY_FILE: file });
    const delayOf = async (): Promise<Delays> => {
      process.kill(server.pid, "SIGUSR2");
      await sleep(500);
      return JSON.parse(readFileSync(file, "utf8")) as Delays;
    };
    try {
      const all = await Promise.all(
        Array.from({ length: CAMERAS }, (_, n) => addCamera(server, `camera-${n}`)),
      );
      for (const camera of all)
        await changeSettings(server, camera, (settings) => ({
          ...settings,
          detection: { ...settings.detection, enabled: true },
        }));
      const play = (fromSecond: number, length: number) =>
        Promise.all(
          all.map(({ socket }, n) => {
            const first = n * APART_FRAMES + fromSecond * FPS;
            const some = Array.from(
              { length: length * FPS },
              (_, i) => frames[(first + i) % frames.length] as Buffer,
            );
            return playFrames(some, FPS, (frame) => socket.send(frame));
          }),
        );
      await play(0, WARM_UP_SECONDS);
      await delayOf();
      await sleep(5_000);
      const idle = await delayOf();
      const own = monitorEventLoopDelay({ resolution: 5 });
      own.enable();
      const usage = await measureUsage(server.pid, () => play(WARM_UP_SECONDS, seconds));
      own.disable();
      const busy = await delayOf();
      const views = await Promise.all(
        all.map(({ id }) => server.call<cameras.DetectionView>("GET", `/api/v1/cameras/${id}/detection`)),
      );
      for (const { socket } of all) socket.close();
      const mean = (pick: (view: cameras.DetectionView) => number): number =>
        views.reduce((sum, view) => sum + pick(view), 0) / views.length;
      return {
        figures: {
          cameras: CAMERAS,
          main_loop_p99_ms: busy.late.p99Ms,
          main_loop_longest_ms: busy.late.maxMs,
          /** Of that the time in which it was at work itself, and did not wait for a core that others had. */
          main_loop_own_work_p99_ms: busy.own.p99Ms,
          main_loop_own_work_longest_ms: busy.own.maxMs,
          idle_main_loop_p99_ms: idle.late.p99Ms,
          sender_loop_p99_ms: Math.max(0, own.percentile(99) / 1e6 - 5),
          looks_per_second_a_camera: mean(({ looksPerSecond }) => looksPerSecond),
          ms_a_look: mean(({ lookMs }) => lookMs),
          server_cpu_percent: usage.treeRatio * 100,
        },
        targets: { main_loop_p99_ms: "<= 20", main_loop_own_work_p99_ms: "<= 20" },
      };
    } finally {
      await server.end();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
