import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Gatehouse, startGatehouse } from "../tests/lib/gatehouse.ts";
import { flood } from "./lib/flood.ts";
import type { FloodClient } from "./lib/flood-worker.ts";
import { startMosquitto } from "./lib/mosquitto.ts";
import { type BenchResult, median } from "./lib/report.ts";
import type { SubscribeReport } from "./lib/subscribe-worker.ts";
import { startSubscribers } from "./lib/subscribers.ts";
import type { Bench } from "./run.ts";

const PUBLISHERS = 10;
const SUBSCRIBERS = 50;
/** Rooms: each has two publishers, and ten subscribers that get everything said in it. */
const ROOMS = 5;
const FAN_OUT = SUBSCRIBERS / ROOMS;
const IN_FLIGHT = 20;
const PAYLOAD = JSON.stringify({ temperature: 21.5, humidity: 48, battery: 97 });
/** Longest wait for what is still on its way when the publishers have stopped. */
const SETTLE_MS = 10_000;
/** Twice as long as the subscribers' counts may be old. */
const REPORTED_WITHIN_MS = 500;

export const bench: Bench = {
  describe: `QoS 1 from ${PUBLISHERS} publishers to ${SUBSCRIBERS} subscribers on granted topics, each message to ${FAN_OUT}, beside mosquitto with an ACL [--pairs 5 --seconds 4]`,
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { pairs: { type: "string", default: "5" }, seconds: { type: "string", default: "4" } },
    });
    const pairs = Number(values.pairs);
    const seconds = Number(values.seconds);
    const server = await startGatehouse();
    try {
      const { publishers, subscribers } = await grantRooms(server);
      const broker = await startMosquitto(publishers, subscribers);
      try {
        const ours: Round[] = [];
        const theirs: Round[] = [];
        const round = (who: string, port: number): Promise<Round> =>
          measure(who, port, publishers, subscribers, seconds);
        await round("gatehouse, warming up", server.mqttPort);
        await round("mosquitto, warming up", broker.port);
        for (let pair = 0; pair < pairs; pair++) {
          ours.push(await round("gatehouse", server.mqttPort));
          theirs.push(await round("mosquitto", broker.port));
        }
        return result(ours, theirs, broker.version);
      } finally {
        await broker.end();
      }
    } finally {
      await server.end();
    }
  },
};

/** Devices with the topics they need and no more. */
async function grantRooms(
  server: Gatehouse,
): Promise<{ publishers: FloodClient[]; subscribers: FloodClient[] }> {
  const devices = await server.createDevices(PUBLISHERS + SUBSCRIBERS, "generic");
  const clients = devices.map((device, i) => {
    const isPublisher = i < PUBLISHERS;
    const room = `room/${i % ROOMS}`;
    return { ...device, isPublisher, topic: isPublisher ? `${room}/${device.username}` : `${room}/#` };
  });
  for (const { deviceId, isPublisher, topic } of clients)
    await server.call("PUT", `/api/v1/devices/${deviceId}/topics`, {
      granted: [{ pattern: topic, publish: isPublisher, subscribe: !isPublisher }],
    });
  return {
    publishers: clients.filter(({ isPublisher }) => isPublisher),
    subscribers: clients.filter(({ isPublisher }) => !isPublisher),
  };
}

interface Round {
  readonly deliveredPerSecond: number;
  /** Deliveries of acknowledged messages that never came. */
  readonly lost: number;
  /** Deliveries beyond one to each subscriber of each message that was sent. */
  readonly repeated: number;
  readonly disconnected: number;
}

async function measure(
  who: string,
  port: number,
  publishers: readonly FloodClient[],
  subscribers: readonly FloodClient[],
  seconds: number,
): Promise<Round> {
  const listening = await startSubscribers({
    port,
    clients: subscribers.map((client) => ({ ...client, filter: client.topic })),
    parallel: 10,
  });
  try {
    /** One a second, the first a second after the start. */
    const counts: SubscribeReport[] = [];
    const sent = await flood(
      {
        host: "127.0.0.1",
        port,
        clients: publishers,
        inFlight: IN_FLIGHT,
        seconds: seconds + 1,
        messagesPerSecond: 0,
        firstTsMs: 0,
        payload: PAYLOAD,
        reconnect: false,
        qos: 1,
      },
      () => counts.push(listening.latest()),
    );
    const expected = sent.acked * FAN_OUT;
    const deadlineMs = performance.now() + SETTLE_MS;
    while (listening.latest().received < expected && performance.now() < deadlineMs) await sleep(100);
    await sleep(REPORTED_WITHIN_MS);
    const { received, open } = listening.latest();
    const [first, last] = [
      counts[0] as SubscribeReport,
      counts[seconds] ?? (counts.at(-1) as SubscribeReport),
    ];
    const deliveredPerSecond = ((last.received - first.received) / (last.atMs - first.atMs)) * 1_000;
    process.stderr.write(`${who}: ${Math.round(deliveredPerSecond).toLocaleString("en")} delivered/s\n`);
    return {
      deliveredPerSecond,
      lost: Math.max(0, expected - received),
      repeated: Math.max(0, received - sent.sent * FAN_OUT),
      disconnected: subscribers.length - open + sent.lost,
    };
  } finally {
    await listening.end();
  }
}

function result(ours: readonly Round[], theirs: readonly Round[], version: string): BenchResult {
  const rate = ({ deliveredPerSecond }: Round): number => deliveredPerSecond;
  const sum = (rounds: readonly Round[], of: "lost" | "repeated" | "disconnected"): number =>
    rounds.reduce((total, round) => total + round[of], 0);
  return {
    figures: {
      delivered_per_s: median(ours.map(rate)),
      lost: sum(ours, "lost"),
      repeated: sum(ours, "repeated"),
      disconnected: sum(ours, "disconnected"),
      peer_delivered_per_s: median(theirs.map(rate)),
      peer_lost: sum(theirs, "lost"),
      pairs: ours.length,
    },
    ratio: {
      "vs mosquitto": median(ours.map((round, i) => rate(round) / rate(theirs[i] as Round))),
    },
    targets: { "vs mosquitto": ">= 0.8", lost: "<= 0", repeated: "<= 0", disconnected: "<= 0" },
    peer: `mosquitto ${version} with an ACL file`,
  };
}
