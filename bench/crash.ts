import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startGatehouse } from "../tests/lib/gatehouse.ts";
import { flood } from "./lib/flood.ts";
import { median } from "./lib/report.ts";
import { countMissing, countRepeated, openDatabase } from "./lib/stored.ts";
import type { Bench } from "./run.ts";

const DEVICES = 100;
const METRICS = 3;
const LOADED_MS = 3_000;
const ROUND_MS = 7_000;

export const bench: Bench = {
  describe:
    "kill -9 of the server under load; clients send again what was not acknowledged [--rounds 20 --rate 5000]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { rounds: { type: "string", default: "20" }, rate: { type: "string", default: "5000" } },
    });
    const rounds = Number(values.rounds);
    const server = await startGatehouse();
    try {
      const clients = await server.createDevices(DEVICES);
      const firstTsMs = Date.now() - 3_600_000;
      const running = flood({
        host: "127.0.0.1",
        port: server.mqttPort,
        clients,
        inFlight: 100,
        seconds: Math.ceil((rounds * ROUND_MS + LOADED_MS) / 1000),
        messagesPerSecond: Number(values.rate),
        firstTsMs,
        reconnect: true,
        qos: 1,
      });
      const restartsMs: number[] = [];
      const beganMs = performance.now();
      for (let round = 0; round < rounds; round++) {
        await sleep(Math.max(LOADED_MS / 2, beganMs + round * ROUND_MS + LOADED_MS - performance.now()));
        await server.kill("SIGKILL");
        restartsMs.push(await server.restart());
      }
      const report = await running;
      const database = await openDatabase(server.dataDir);
      const missing = await countMissing(database, clients, firstTsMs, report.ackedByClient ?? [], METRICS);
      const repeated = await countRepeated(database);
      await database.end();
      return {
        figures: {
          kills: rounds,
          acknowledged: report.acked,
          sent_again: report.resent,
          acknowledged_points_missing: missing,
          repeated_in_history: repeated,
          slowest_restart_ms: Math.max(...restartsMs),
          median_restart_ms: median(restartsMs),
        },
        targets: {
          acknowledged_points_missing: "<= 0",
          repeated_in_history: "<= 0",
          slowest_restart_ms: "<= 3000",
        },
      };
    } finally {
      await server.end();
    }
  },
};
