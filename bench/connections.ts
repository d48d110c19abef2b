import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { pssBytes, startGatehouse } from "../tests/lib/gatehouse.ts";
import { quantile } from "./lib/report.ts";
import { startSubscribers } from "./lib/subscribers.ts";
import type { Bench } from "./run.ts";

/** Below the 16 that one device may have. */
const PER_DEVICE = 10;
const PARALLEL = 20;

export const bench: Bench = {
  describe: "idle MQTT connections without TLS: time and memory of each [--connections 5000]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { connections: { type: "string", default: "5000" } },
    });
    const count = Number(values.connections);
    const server = await startGatehouse({ GATEHOUSE_MQTT_MAX_CONNECTIONS_PER_ADDRESS: String(count + 100) });
    try {
      const devices = await server.createDevices(Math.ceil(count / PER_DEVICE));
      const clients = devices
        .flatMap((device) =>
          Array.from({ length: PER_DEVICE }, (_, i) => ({ ...device, clientId: `${device.clientId}-${i}` })),
        )
        .slice(0, count);
      await sleep(5_000);
      const before = pssBytes(server.pid);
      const idle = await startSubscribers({
        port: server.mqttPort,
        clients,
        parallel: PARALLEL,
      });
      await sleep(10_000);
      const after = pssBytes(server.pid);
      const { open } = idle.latest();
      await idle.end();
      const { connectMs, waitsMs = [] } = idle.joined;
      return {
        figures: {
          connections: open,
          ms_each: connectMs / count,
          wait_p50_ms: quantile(waitsMs, 0.5),
          wait_p99_ms: quantile(waitsMs, 0.99),
          kib_each: (after - before) / count / 1024,
          server_before_mib: before / 2 ** 20,
          server_after_mib: after / 2 ** 20,
        },
        targets: { connections: `>= ${count}` },
      };
    } finally {
      await server.end();
    }
  },
};
