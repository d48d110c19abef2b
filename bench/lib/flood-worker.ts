// Child process: floods an MQTT 3.1.1 broker with QoS 0 or 1 PUBLISH packets over plain TCP and counts what is
// acknowledged. Hand-made packets, so that the generator takes as little of the machine as it can.
// stdin: one JSON FloodPlan; stdout: one JSON line a second, and a last one with `done: true`.
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connectBody, packet, utf8 } from "./packets.ts";

export interface FloodClient {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  readonly topic: string;
}

export interface FloodPlan {
  readonly host: string;
  readonly port: number;
  readonly clients: readonly FloodClient[];
  readonly inFlight: number;
  readonly seconds: number;
  /** All clients together; 0 = as fast as acknowledged. */
  readonly messagesPerSecond: number;
  /** Timestamp of each client's first message; message n carries firstTsMs + n. */
  readonly firstTsMs: number;
  /** Messages carry the time they are made instead, at least 1 ms after the client's last. */
  readonly stampNow?: boolean;
  /** What every message says, instead of readings of a plug. */
  readonly payload?: string;
  /** Connects again after a lost connection and sends what was not acknowledged once more. */
  readonly reconnect: boolean;
  readonly qos: 0 | 1;
  /** Reports at the end how long each acknowledgement took; only for QoS 1 without reconnecting. */
  readonly timeAcks?: boolean;
}

export interface FloodReport {
  readonly done: boolean;
  readonly acked: number;
  readonly sent: number;
  readonly resent: number;
  readonly connections: number;
  readonly lost: number;
  /** At the end: messages acknowledged by client; they are the first n of it. */
  readonly ackedByClient?: readonly number[];
  readonly ackDelaysMs?: readonly number[];
  readonly cpuMs?: number;
}

const plan = JSON.parse(await text(process.stdin)) as FloodPlan;
const totals = { acked: 0, sent: 0, resent: 0, connections: 0, lost: 0 };
let running = true;
const ackDelaysMs: number[] = [];

class Client {
  readonly #client: FloodClient;
  readonly #topic: Buffer;
  #socket: Socket | undefined;
  #ready = false;
  /** Next message to send; those in [acked, next) are on their way. */
  #next = 0;
  acked = 0;
  /** When those on their way were sent, oldest first. */
  readonly #sentMs: number[] = [];
  #buffered: Buffer = Buffer.alloc(0);
  #allowance = 0;
  #lastTsMs = 0;

  constructor(client: FloodClient) {
    this.#client = client;
    this.#topic = utf8(client.topic);
    this.#open();
  }

  allow(messages: number): void {
    this.#allowance = Math.min(this.#allowance + messages, plan.inFlight * 4);
    this.#fill();
  }

  end(): void {
    this.#socket?.end(Buffer.from([0xe0, 0]));
  }

  #open(): void {
    if (!running) return;
    const socket = connect({ host: plan.host, port: plan.port, noDelay: true });
    this.#socket = socket;
    this.#ready = false;
    this.#buffered = Buffer.alloc(0);
    totals.resent += this.#next - this.acked;
    this.#next = this.acked;
    socket.on("connect", () => socket.write(packet(0x10, connectBody(this.#client, 60))));
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.#ready) totals.connections--;
      this.#ready = false;
      if (!running) return;
      totals.lost++;
      if (plan.reconnect) setTimeout(() => this.#open(), 50 + Math.random() * 200);
    });
    socket.on("drain", () => this.#fill());
  }

  #read(bytes: Buffer): void {
    const data = this.#buffered.length === 0 ? bytes : Buffer.concat([this.#buffered, bytes]);
    let at = 0;
    while (at + 2 <= data.length) {
      const size = 2 + (data[at + 1] as number);
      if (at + size > data.length) break;
      const type = (data[at] as number) >> 4;
      if (type === 2 && data[at + 3] === 0) {
        this.#ready = true;
        totals.connections++;
      } else if (type === 4) {
        // Acknowledgements of one connection come in the order of the messages.
        this.acked++;
        totals.acked++;
        if (plan.timeAcks) ackDelaysMs.push(performance.now() - (this.#sentMs.shift() as number));
      }
      at += size;
    }
    this.#buffered = data.subarray(at);
    this.#fill();
  }

  #fill(): void {
    const socket = this.#socket;
    if (!this.#ready || !running || socket === undefined || socket.writableNeedDrain) return;
    const packets: Buffer[] = [];
    while (this.#maySend()) {
      packets.push(this.#packet(this.#next++));
      totals.sent++;
      if (plan.timeAcks) this.#sentMs.push(performance.now());
      if (plan.messagesPerSecond > 0) this.#allowance--;
      if (plan.qos === 0) {
        this.acked++;
        if (packets.length >= plan.inFlight) break;
      }
    }
    if (packets.length > 0)
      socket.write(packets.length === 1 ? (packets[0] as Buffer) : Buffer.concat(packets));
    if (plan.qos === 0 && plan.messagesPerSecond === 0 && !socket.writableNeedDrain)
      setImmediate(() => this.#fill());
  }

  #maySend(): boolean {
    if (plan.messagesPerSecond > 0 && this.#allowance < 1) return false;
    return plan.qos === 0 || this.#next - this.acked < plan.inFlight;
  }

  #timestamp(n: number): number {
    if (!plan.stampNow) return plan.firstTsMs + n;
    this.#lastTsMs = Math.max(Date.now(), this.#lastTsMs + 1);
    return this.#lastTsMs;
  }

  #packet(n: number): Buffer {
    const payload =
      plan.payload ??
      `{"ts":${this.#timestamp(n)},"values":{"power":${100 + (n % 400)},"energy":${(n / 1000).toFixed(3)},"voltage":${230 + (n % 7)}}}`;
    const id = (n % 65_535) + 1;
    const head = plan.qos === 1 ? Buffer.from([id >> 8, id & 255]) : Buffer.alloc(0);
    return packet(plan.qos === 1 ? 0x32 : 0x30, Buffer.concat([this.#topic, head, Buffer.from(payload)]));
  }
}

const clients: Client[] = [];
for (const client of plan.clients) {
  clients.push(new Client(client));
  if (clients.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

const say = (report: FloodReport): void => void process.stdout.write(`${JSON.stringify(report)}\n`);
const seconds = setInterval(() => say({ done: false, ...totals }), 1000);
let pacedMs = performance.now();
const pace =
  plan.messagesPerSecond > 0
    ? setInterval(() => {
        const nowMs = performance.now();
        const each = (plan.messagesPerSecond / clients.length) * ((nowMs - pacedMs) / 1000);
        pacedMs = nowMs;
        for (const client of clients) client.allow(each);
      }, 10)
    : undefined;
setTimeout(async () => {
  running = false;
  clearInterval(pace);
  // What is on its way may still be acknowledged.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  clearInterval(seconds);
  const { user, system } = process.cpuUsage();
  say({
    done: true,
    ...totals,
    ackedByClient: clients.map((client) => client.acked),
    ...(plan.timeAcks ? { ackDelaysMs } : {}),
    cpuMs: (user + system) / 1000,
  });
  for (const client of clients) client.end();
  setTimeout(() => process.exit(0), 200);
}, plan.seconds * 1000);
