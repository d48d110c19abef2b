import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Gatehouse, pssBytes, startGatehouse, treePssBytes } from "../tests/lib/gatehouse.ts";
import { flood } from "./lib/flood.ts";
import type { FloodClient, FloodReport } from "./lib/flood-worker.ts";
import { startMosquitto, startSqliteSubscriber } from "./lib/mosquitto.ts";
import type { BenchResult } from "./lib/report.ts";
import { countMissing, openDatabase } from "./lib/stored.ts";
import type { Bench } from "./run.ts";

const METRICS = 3;
/** The flood has this many times the connections, each with this many times the messages in flight. */
const CROWD = 10;
const IN_FLIGHT = 100;

export const bench: Bench = {
  describe:
    "QoS 1 readings of 3 points, committed before the ack; then a flood above what it can take [--seconds 60 --connections 100 --flood-seconds 600]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string", default: "60" },
        connections: { type: "string", default: "100" },
        "flood-seconds": { type: "string", default: "600" },
      },
    });
    const connections = Number(values.connections);
    const floodSeconds = Number(values["flood-seconds"]);
    const server = await startGatehouse();
    try {
      const crowd = await server.createDevices(floodSeconds > 0 ? connections * CROWD : connections);
      const clients = crowd.slice(0, connections);
      const ours = await measureOurs(server, clients, Number(values.seconds));
      const overload = await floodOurs(server, crowd, floodSeconds);
      const peer = await measurePeer(clients, Number(values.seconds));
      return result(ours, overload, peer);
    } finally {
      await server.end();
    }
  },
};

interface Ours {
  readonly perSecond: number;
  readonly missing: number;
  readonly serverPeakBytes: number;
  readonly totalPeakBytes: number;
}

async function measureOurs(
  server: Gatehouse,
  clients: readonly FloodClient[],
  seconds: number,
): Promise<Ours> {
  const firstTsMs = Date.now() - seconds * 1000 - 3_600_000;
  await flood(plan(server.mqttPort, clients, 3, firstTsMs - 600_000_00));
  let serverPeakBytes = 0;
  let totalPeakBytes = 0;
  const report = await flood(plan(server.mqttPort, clients, seconds, firstTsMs), (second) => {
    serverPeakBytes = Math.max(serverPeakBytes, pssBytes(server.pid));
    totalPeakBytes = Math.max(totalPeakBytes, treePssBytes(server.pid));
    progress("gatehouse", second);
  });
  const missing = await missingAfter(server, clients, firstTsMs, report);
  return { perSecond: report.acked / seconds, missing, serverPeakBytes, totalPeakBytes };
}

interface Overload {
  readonly acked: number;
  readonly missing: number;
  readonly peakBytes: number;
  readonly slowestAnswerMs: number;
}

/** Far more on offer than can be taken: as fast as the sockets take it; the console is asked all the while. */
async function floodOurs(
  server: Gatehouse,
  clients: readonly FloodClient[],
  seconds: number,
): Promise<Overload> {
  if (seconds === 0) return { acked: 0, missing: 0, peakBytes: 0, slowestAnswerMs: 0 };
  const firstTsMs = Date.now() - 7_200_000 - seconds * 1000;
  let peakBytes = 0;
  let slowestAnswerMs = 0;
  let asking = true;
  const asker = (async () => {
    while (asking) {
      const before = performance.now();
      const reply = await fetch(`${server.url}/api/v1/devices?limit=50`, {
        headers: { cookie: server.cookie },
      });
      await reply.text();
      if (reply.status >= 500 && reply.status !== 503) throw new Error(`the console got ${reply.status}`);
      slowestAnswerMs = Math.max(slowestAnswerMs, performance.now() - before);
      await sleep(1_000);
    }
  })();
  const report = await flood(
    { ...plan(server.mqttPort, clients, seconds, firstTsMs), inFlight: IN_FLIGHT * CROWD },
    (second) => {
      peakBytes = Math.max(peakBytes, pssBytes(server.pid));
      progress("flood", second);
    },
  );
  asking = false;
  await asker;
  return {
    acked: report.acked,
    missing: await missingAfter(server, clients, firstTsMs, report),
    peakBytes,
    slowestAnswerMs,
  };
}

async function missingAfter(
  server: Gatehouse,
  clients: readonly FloodClient[],
  firstTsMs: number,
  report: FloodReport,
): Promise<number> {
  const database = await openDatabase(server.dataDir);
  try {
    return await countMissing(database, clients, firstTsMs, report.ackedByClient ?? [], METRICS);
  } finally {
    await database.end();
  }
}

async function measurePeer(
  clients: readonly FloodClient[],
  seconds: number,
): Promise<{ perSecond: number; storedPerSecond: number; version: string }> {
  const reader: FloodClient = {
    clientId: "reader",
    username: "reader",
    password: "reader-password",
    topic: "#",
  };
  const broker = await startMosquitto(clients, [reader]);
  try {
    const subscriber = await startSqliteSubscriber(broker, reader);
    const report = await flood(plan(broker.port, clients, seconds, Date.now() - 3_600_000), (second) =>
      progress("mosquitto", second),
    );
    await sleep(2_000);
    const stored = await subscriber.stop();
    return { perSecond: report.acked / seconds, storedPerSecond: stored / seconds, version: broker.version };
  } finally {
    await broker.end();
  }
}

const plan = (port: number, clients: readonly FloodClient[], seconds: number, firstTsMs: number) =>
  ({
    host: "127.0.0.1",
    port,
    clients,
    inFlight: IN_FLIGHT,
    seconds,
    messagesPerSecond: 0,
    firstTsMs,
    reconnect: true,
    qos: 1,
  }) as const;

let lastAcked = 0;
function progress(who: string, { acked, connections, lost }: FloodReport): void {
  const delta = acked < lastAcked ? acked : acked - lastAcked;
  lastAcked = acked;
  process.stderr.write(
    `\r${who}: ${delta.toLocaleString("en")} acknowledged/s, ${connections} connections, ${lost} lost      `,
  );
}

function result(
  ours: Ours,
  overload: Overload,
  peer: { perSecond: number; storedPerSecond: number; version: string },
): BenchResult {
  return {
    figures: {
      messages_per_s: ours.perSecond,
      points_per_s: ours.perSecond * METRICS,
      acknowledged_missing: ours.missing,
      server_mib: ours.serverPeakBytes / 2 ** 20,
      server_and_postgres_mib: ours.totalPeakBytes / 2 ** 20,
      flood_acknowledged: overload.acked,
      flood_missing: overload.missing,
      flood_server_mib: overload.peakBytes / 2 ** 20,
      flood_slowest_console_answer_ms: overload.slowestAnswerMs,
      peer_acknowledged_per_s: peer.perSecond,
      peer_stored_per_s: peer.storedPerSecond,
    },
    ratio: {
      "vs mosquitto+sqlite acknowledged": ours.perSecond / peer.perSecond,
      "vs mosquitto+sqlite stored": ours.perSecond / peer.storedPerSecond,
    },
    targets: {
      messages_per_s: ">= 20000",
      acknowledged_missing: "<= 0",
      server_mib: "<= 1024",
      flood_missing: "<= 0",
      flood_server_mib: "<= 1024",
    },
    peer: `mosquitto ${peer.version} + node:sqlite`,
  };
}
