import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startGatehouse } from "../tests/lib/gatehouse.ts";
import { flood } from "./lib/flood.ts";
import { watchAll } from "./lib/live-viewer.ts";
import { quantile } from "./lib/report.ts";
import type { Bench } from "./run.ts";

/** Every device sends one message of three metrics; this one is timed. */
const TIMED_METRIC = "power";
const DEVICES = 100;

export const bench: Bench = {
  describe:
    "publish (QoS 1, 3 points) to a browser's socket that watches everything [--seconds 30 --rate 1000]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string", default: "30" },
        rate: { type: "string", default: "1000" },
      },
    });
    const seconds = Number(values.seconds);
    const server = await startGatehouse();
    try {
      const clients = await server.createDevices(DEVICES);
      const delaysMs: number[] = [];
      let merged = 0;
      const viewer = await watchAll(server, (frame, receivedMs) => {
        if (frame.merged) merged++;
        for (const [, metric, tsMs] of frame.values ?? [])
          if (metric === TIMED_METRIC) delaysMs.push(receivedMs - tsMs);
      });
      const report = await flood({
        host: "127.0.0.1",
        port: server.mqttPort,
        clients,
        inFlight: 100,
        seconds,
        messagesPerSecond: Number(values.rate),
        firstTsMs: 0,
        stampNow: true,
        reconnect: false,
        qos: 1,
      });
      await sleep(1_000);
      await viewer.end();
      return {
        figures: {
          messages_per_s: report.acked / seconds,
          p50_ms: quantile(delaysMs, 0.5),
          p95_ms: quantile(delaysMs, 0.95),
          p99_ms: quantile(delaysMs, 0.99),
          highest_ms: quantile(delaysMs, 1),
          acknowledged: report.acked,
          received_by_browser: delaysMs.length,
          merged_frames: merged,
        },
        targets: { p95_ms: "<= 250" },
      };
    } finally {
      await server.end();
    }
  },
};
