// Child process: connects and subscribes with QoS 1, acknowledges and counts what arrives. Without a filter a client
// only stays connected. stdin: one JSON SubscribePlan; stdout: `{"ready":…}` once all are connected, then a count
// four times a second.
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { type ConnectWords, connectBody, packet, utf8 } from "./packets.ts";

export type Subscriber = ConnectWords & { readonly filter?: string };

export interface SubscribePlan {
  readonly port: number;
  readonly clients: readonly Subscriber[];
  /** Connections that wait for their answer at once. */
  readonly parallel: number;
}

export interface SubscribeReport {
  readonly ready: boolean;
  readonly received: number;
  /** When `received` was counted, on the worker's own clock. */
  readonly atMs: number;
  readonly open: number;
  /** Wall time until the last was connected. */
  readonly connectMs: number;
  /** Each connection's own wait, from the socket's opening to the answer. */
  readonly waitsMs?: readonly number[];
}

const plan = JSON.parse(await text(process.stdin)) as SubscribePlan;
const waitsMs: number[] = [];
let received = 0;
let open = 0;
let connectMs = 0;

function read(socket: Socket, bytes: Buffer): Buffer {
  let at = 0;
  const acknowledgements: Buffer[] = [];
  while (at + 2 <= bytes.length) {
    // Remaining length of one or two bytes: nothing here is longer than 16 KiB.
    const isLong = (bytes[at + 1] as number) >= 128;
    if (isLong && at + 3 > bytes.length) break;
    const length = isLong
      ? ((bytes[at + 1] as number) & 127) + (bytes[at + 2] as number) * 128
      : (bytes[at + 1] as number);
    const body = at + (isLong ? 3 : 2);
    if (body + length > bytes.length) break;
    if ((bytes[at] as number) >> 4 === 3) {
      received++;
      const id = body + 2 + bytes.readUInt16BE(body);
      if ((bytes[at] as number) & 2) acknowledgements.push(packet(0x40, bytes.subarray(id, id + 2)));
    } else socket.emit("answer", (bytes[at] as number) >> 4, bytes[body + length - 1]);
    at = body + length;
  }
  if (acknowledgements.length > 0) socket.write(Buffer.concat(acknowledgements));
  return bytes.subarray(at);
}

async function join(client: Subscriber): Promise<void> {
  const beforeMs = performance.now();
  const socket = connect({ host: "127.0.0.1", port: plan.port, noDelay: true });
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    rest = read(socket, rest.length === 0 ? bytes : Buffer.concat([rest, bytes]));
  });
  const answered = (type: number): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.once("error", reject).once("close", () => reject(new Error("the broker closed the connection")));
      socket.once("answer", (got: number, code: number) =>
        got === type && code < 2 ? resolve() : reject(new Error(`answer ${got} says ${code}`)),
      );
    });
  socket.write(packet(0x10, connectBody(client, 3_000)));
  await answered(2);
  waitsMs.push(performance.now() - beforeMs);
  if (client.filter !== undefined) {
    socket.write(packet(0x82, Buffer.concat([Buffer.from([0, 1]), utf8(client.filter), Buffer.from([1])])));
    await answered(9);
  }
  open++;
  socket.once("close", () => open--);
}

const beforeMs = performance.now();
const waiting = plan.clients.values();
await Promise.all(
  Array.from({ length: plan.parallel }, async () => {
    for (const client of waiting) await join(client);
  }),
);
connectMs = performance.now() - beforeMs;
const say = (ready: boolean, more: { waitsMs?: readonly number[] } = {}): void => {
  const report: SubscribeReport = { ready, received, atMs: performance.now(), open, connectMs, ...more };
  process.stdout.write(`${JSON.stringify(report)}\n`);
};
say(true, { waitsMs });
setInterval(() => say(false), 250);
