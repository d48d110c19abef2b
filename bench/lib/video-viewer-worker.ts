// Child process: many viewers of one camera. Reads no more of each frame than its head, so that the viewers cost little;
// answers every frame when the plan says so. stdin: one JSON VideoViewers, then `begin` and `end`, a line each; stdout:
// `ready` once frames come to every viewer, and after `end` one JSON VideoReport.
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { uuidOf } from "@gatehouse/video";
import { ageMs, TIME_END } from "./video-frames.ts";

export interface VideoViewers {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly viewers: number;
  /** Of each viewer; 0: as fast as they come. */
  readonly bytesPerSecond: number;
  /** Said after the upgrade; without it nothing is said, and no frame answered. */
  readonly watch?: string;
  /** Bytes before the picture. */
  readonly headerBytes: number;
}

export interface VideoReport {
  /** Frames that were whole between `begin` and `end`, of all viewers. */
  readonly frames: number;
  readonly bytes: number;
  /** How old each was then. */
  readonly agesMs: readonly number[];
  readonly closed: number;
}

const TICK_MS = 10;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const plan = JSON.parse((await lines.next()).value as string) as VideoViewers;
const headBytes = plan.headerBytes + TIME_END;
let [counting, frames, bytes, closed] = [false, 0, 0, 0];
const agesMs: number[] = [];

/** A text frame of a client (RFC 6455 §5.3); masked with zeros. */
function textFrame(text: string): Buffer {
  const length =
    text.length < 126 ? [0x80 | text.length] : [0x80 | 126, text.length >> 8, text.length & 0xff];
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), Buffer.from(text)]);
}

/** Walks the server's frames without keeping more than the head of each. */
class Reader {
  #head = Buffer.alloc(10 + headBytes);
  #filled = 0;
  /** Bytes of the frame after its WebSocket header that are still to come. */
  #left = -1;
  #headerBytes = 0;
  readonly #onFrame: (head: Buffer) => void;

  constructor(onFrame: (head: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left === -1) {
        this.#head[this.#filled++] = chunk[at++] as number;
        this.#headerBytes = this.#filled < 2 ? 2 : 2 + (LENGTH_BYTES[this.#head[1] as number] ?? 0);
        if (this.#filled < this.#headerBytes) continue;
        this.#left = lengthIn(this.#head);
      } else {
        const taken = Math.min(this.#left, chunk.length - at);
        const wanted = this.#headerBytes + headBytes - this.#filled;
        if (wanted > 0)
          this.#filled += chunk.copy(this.#head, this.#filled, at, at + Math.min(taken, wanted));
        at += taken;
        this.#left -= taken;
      }
      if (this.#left !== 0) continue;
      const isBinary = ((this.#head[0] as number) & 0x0f) === 2;
      if (isBinary) this.#onFrame(this.#head.subarray(this.#headerBytes, this.#filled));
      [this.#left, this.#filled] = [-1, 0];
    }
  }
}
const LENGTH_BYTES: Readonly<Record<number, number>> = { 126: 2, 127: 8 };
const lengthIn = (head: Buffer): number => {
  const short = head[1] as number;
  return short === 126 ? head.readUInt16BE(2) : short === 127 ? Number(head.readBigUInt64BE(2)) : short;
};

async function join(): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port: plan.port, noDelay: true });
  socket.once("close", () => closed++);
  const headers = Object.entries(plan.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `GET ${plan.path} HTTP/1.1\r\nHost: localhost:${plan.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${headers.join("")}\r\n`,
  );
  const rest = await upgraded(socket);
  const first = Promise.withResolvers<void>();
  const reader = new Reader((head) => {
    first.resolve();
    if (counting) {
      frames++;
      agesMs.push(ageMs(head.subarray(plan.headerBytes)));
    }
    if (plan.watch !== undefined)
      socket.write(
        textFrame(
          JSON.stringify({
            op: "drawn",
            camera: uuidOf(head.subarray(16, 32)),
            number: head.readUInt32BE(4),
          }),
        ),
      );
  });
  const take = (chunk: Buffer): void => {
    if (counting) bytes += chunk.length;
    reader.read(chunk);
  };
  take(rest);
  if (plan.watch !== undefined) socket.write(textFrame(plan.watch));
  if (plan.bytesPerSecond === 0) socket.on("data", take).resume();
  else readSlowly(socket, plan.bytesPerSecond, take);
  await first.promise;
}

function upgraded(socket: Socket): Promise<Buffer> {
  let answer = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    socket.once("error", reject).once("close", () => reject(new Error(`no upgrade: ${answer}`)));
    const onData = (chunk: Buffer): void => {
      answer = Buffer.concat([answer, chunk]);
      const end = answer.indexOf("\r\n\r\n");
      if (end === -1) return;
      socket.off("data", onData).pause();
      if (answer.toString("latin1").startsWith("HTTP/1.1 101")) resolve(answer.subarray(end + 4));
      else reject(new Error(`no upgrade: ${answer}`));
    };
    socket.on("data", onData);
  });
}

/** What the line does not carry yet stays in the kernel's buffers, as on any narrow line. */
function readSlowly(socket: Socket, bytesPerSecond: number, take: (chunk: Buffer) => void): void {
  let [budget, beforeMs] = [0, performance.now()];
  setInterval(() => {
    const nowMs = performance.now();
    budget = Math.min(bytesPerSecond, budget + ((nowMs - beforeMs) / 1_000) * bytesPerSecond);
    beforeMs = nowMs;
    while (budget >= 1) {
      const wanted = Math.min(Math.floor(budget), socket.readableLength || 1);
      const chunk = socket.read(wanted) as Buffer | null;
      if (chunk === null) break;
      budget -= chunk.length;
      take(chunk);
    }
    // A line that was idle does not carry more at once afterwards.
    budget = Math.min(budget, (bytesPerSecond * TICK_MS) / 1_000);
  }, TICK_MS);
}

const joining = Array.from({ length: plan.viewers }, join);
await Promise.all(joining);
console.log("ready");
for await (const line of lines) {
  counting = line === "begin";
  if (line !== "end") continue;
  const report: VideoReport = { frames, bytes, agesMs, closed };
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit());
}
