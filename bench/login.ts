import { parseArgs } from "node:util";
import { type Gatehouse, startGatehouse } from "../tests/lib/gatehouse.ts";
import { flood } from "./lib/flood.ts";
import type { FloodClient } from "./lib/flood-worker.ts";
import { openManyAddresses } from "./lib/many-addresses.ts";
import { median, quantile } from "./lib/report.ts";
import type { Bench } from "./run.ts";

const DEVICES = 100;
const MESSAGES_PER_SECOND = 1_000;
const OWNER = { email: "owner@example.org", password: "plum-harbour-tunnel-49-otter" };
/** More log-ins at once than hashes may run, so that the queue of hashes never empties. */
const BROWSERS = 8;
/** 127.77.0.0/16: the log-ins come from many addresses. */
const NETWORK = 77;

export const bench: Bench = {
  describe:
    "log-ins per second, and what they do to the gateway's acks at 1,000 msg/s [--seconds 20 --pairs 3]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { seconds: { type: "string", default: "20" }, pairs: { type: "string", default: "3" } },
    });
    const seconds = Number(values.seconds);
    const server = await startGatehouse();
    const way = await openManyAddresses(server.url, NETWORK);
    try {
      const clients = await server.createDevices(DEVICES);
      const alone = await logIns(way.url, seconds, async () => {});
      await acks(server, clients, 5);
      const quiet: number[][] = [];
      const busy: number[][] = [];
      const rates: number[] = [];
      for (let pair = 0; pair < Number(values.pairs); pair++) {
        quiet.push(await acks(server, clients, seconds));
        rates.push(
          await logIns(way.url, seconds, async () => void busy.push(await acks(server, clients, seconds))),
        );
      }
      const at = (runs: readonly number[][], ratio: number): number =>
        median(runs.map((delays) => quantile(delays, ratio)));
      const [quietP99, busyP99] = [at(quiet, 0.99), at(busy, 0.99)];
      return {
        figures: {
          logins_alone_per_s: alone,
          logins_beside_gateway_per_s: median(rates),
          ack_quiet_p50_ms: at(quiet, 0.5),
          ack_quiet_p99_ms: quietP99,
          ack_with_logins_p50_ms: at(busy, 0.5),
          ack_with_logins_p99_ms: busyP99,
          acknowledged: [...quiet, ...busy].reduce((sum, delays) => sum + delays.length, 0),
        },
        ratio: { p99_with_logins_vs_quiet: busyP99 / quietP99 },
        targets: { p99_with_logins_vs_quiet: "<= 3" },
      };
    } finally {
      way.close();
      await server.end();
    }
  },
};

/** How long the acknowledgements took, in ms. */
async function acks(server: Gatehouse, clients: readonly FloodClient[], seconds: number): Promise<number[]> {
  const report = await flood({
    host: "127.0.0.1",
    port: server.mqttPort,
    clients,
    inFlight: 100,
    seconds,
    messagesPerSecond: MESSAGES_PER_SECOND,
    firstTsMs: 0,
    stampNow: true,
    reconnect: false,
    qos: 1,
    timeAcks: true,
  });
  if (report.lost > 0) throw new Error(`${report.lost} connections lost`);
  return [...(report.ackDelaysMs ?? [])];
}

/** Good log-ins per second while `meanwhile` happens, for at least `seconds`. */
async function logIns(url: string, seconds: number, meanwhile: () => Promise<void>): Promise<number> {
  const begunMs = performance.now();
  let running = true;
  let count = 0;
  const browser = async (): Promise<void> => {
    while (running) {
      const reply = await fetch(`${url}/api/v1/auth/login`, {
        method: "POST",
        headers: { "content-type": "application/json", connection: "close" },
        body: JSON.stringify(OWNER),
      });
      await reply.arrayBuffer();
      if (!reply.ok) throw new Error(`log-in: ${reply.status}`);
      count++;
    }
  };
  const browsers = Promise.all(Array.from({ length: BROWSERS }, browser));
  await Promise.all([meanwhile(), new Promise((resolve) => setTimeout(resolve, seconds * 1_000))]);
  const rate = count / ((performance.now() - begunMs) / 1_000);
  running = false;
  await browsers;
  return rate;
}
