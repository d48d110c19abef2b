import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { systemRandom } from "@gatehouse/base";
import {
  acceptHello,
  generateKeyBundle,
  importPublicBundle,
  type KeyBundle,
  PeerSessions,
  type PublicBundle,
  parseHello,
  SUITE_IDS,
} from "@gatehouse/secure-channel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const CLIENT = fileURLToPath(new URL("python/session_client.py", import.meta.url));
/** Debian's own first: another Python on the PATH may lack the package. */
const python = ["/usr/bin/python3", "python3"].find(
  (program) => spawnSync(program, ["-c", "import cryptography"]).status === 0,
);
const absent = python ? "" : " (skipped: python3-cryptography is not installed)";
const EPOCH_MS = 600_000;

/** The device: another program in another language, over its stdin and stdout. */
class Client {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(suite: string, server: KeyBundle) {
    const args = [CLIENT, suite, Buffer.from(server.agreement.raw).toString("hex"), server.keyId];
    this.#child = spawn(python as string, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ask<T>(command: Record<string, unknown>): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the client ended");
    return JSON.parse(value) as T;
  }

  async frame(command: Record<string, unknown>): Promise<Buffer> {
    const { frame } = await this.ask<{ frame: string }>(command);
    return Buffer.from(frame, "hex");
  }

  async sealed(payload: string, nowMs: number, count = 1): Promise<Buffer[]> {
    const hex = Buffer.from(payload).toString("hex");
    const command = { do: "seal", contentType: 2, flags: 8, payload: hex, nowMs, count };
    const { frames } = await this.ask<{ frames: string[] }>(command);
    return frames.map((frame) => Buffer.from(frame, "hex"));
  }

  open(frame: Uint8Array, nowMs: number): Promise<Record<string, unknown>> {
    return this.ask({ do: "open", frame: Buffer.from(frame).toString("hex"), nowMs });
  }

  end(): void {
    this.#child.stdin.end();
  }
}

describe.skipIf(!python).each(["M1", "C1"] as const)(`a client in Python, %s${absent}`, (suite) => {
  const server = generateKeyBundle(SUITE_IDS[suite], systemRandom);
  const sessions = new PeerSessions();
  let client: Client;
  let device: PublicBundle;

  /** HELLO, ANSWER, and the id that the client computed. */
  async function shakeHands(nowMs: number): Promise<string> {
    const accepted = acceptHello(parseHello(await client.frame({ do: "hello" })), {
      own: server,
      peer: device,
      suites: { allowed: [SUITE_IDS[suite]], pinned: undefined },
      random: systemRandom,
      nowMs,
    });
    sessions.offer(accepted.session, nowMs);
    const answer = Buffer.from(accepted.answer).toString("hex");
    const reply = await client.ask<{ sessionId: string }>({ do: "answer", frame: answer, nowMs });
    expect(reply.sessionId).toBe(accepted.session.id);
    return reply.sessionId;
  }

  const sealedByServer = (text: string, nowMs: number): Uint8Array =>
    sessions.seal({ contentType: 4, command: true, payload: Buffer.from(text) }, nowMs) as Uint8Array;

  beforeAll(async () => {
    client = new Client(suite, server);
    const bundle = await client.ask<Record<string, string>>({ do: "bundle" });
    const raw = (name: string) => Buffer.from(bundle[name] as string, "hex");
    device = importPublicBundle(SUITE_IDS[suite], raw("agreement"), raw("signing")) as PublicBundle;
    expect(device.keyId).toBe(bundle.keyId);
    await shakeHands(0);
  });
  afterAll(() => client.end());

  it("is understood and understands", async () => {
    const [frame] = await client.sealed('{"temperature":21.5}', 1_000);
    const opened = sessions.open(frame as Buffer, 1_000);
    expect(opened).toMatchObject({ contentType: 2, storedLate: true, command: false, epoch: 0 });
    expect(Buffer.from(opened.payload).toString()).toBe('{"temperature":21.5}');
    const payload = Buffer.from("on").toString("hex");
    expect(await client.open(sealedByServer("on", 1_000), 1_000)).toEqual({
      contentType: 4,
      flags: 4,
      epoch: 0,
      payload,
    });
  });

  it("steps to the next epoch after 4,096 messages, as the server expects", async () => {
    const frames = await client.sealed("x", 2_000, 4_100);
    const epochs = frames.map((frame) => sessions.open(frame, 2_000).epoch);
    expect(epochs.indexOf(1)).toBe(4_095);
  });

  it("steps, and follows, after 10 minutes", async () => {
    const [frame] = await client.sealed("y", 2_000 + EPOCH_MS);
    expect(sessions.open(frame as Buffer, 2_000 + EPOCH_MS).epoch).toBe(2);
    const late = sealedByServer("late", EPOCH_MS - 1);
    expect(await client.open(sealedByServer("next", EPOCH_MS), EPOCH_MS)).toMatchObject({ epoch: 1 });
    expect(await client.open(late, EPOCH_MS)).toMatchObject({ epoch: 0 });
  });

  it("refuses what is replayed, altered or of another session, and so does the server", async () => {
    const nowMs = 2 * EPOCH_MS;
    const down = sealedByServer("once", nowMs);
    const altered = Uint8Array.from(down);
    altered[30] = (altered[30] as number) ^ 1;
    expect(await client.open(altered, nowMs)).toEqual({ refused: true });
    expect(await client.open(down, nowMs)).not.toHaveProperty("refused");
    expect(await client.open(down, nowMs)).toEqual({ refused: true });
    const [up] = (await client.sealed("once", nowMs)) as [Buffer];
    const changed = Buffer.from(up);
    changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
    expect(() => sessions.open(changed, nowMs)).toThrow(/envelope.refused/);
    sessions.open(up, nowMs);
    expect(() => sessions.open(up, nowMs)).toThrow(/envelope.refused/);
  });

  it("takes a second session into use with its first message", async () => {
    const nowMs = 3 * EPOCH_MS;
    const before = sessions.live?.id;
    const id = await shakeHands(nowMs);
    expect(sessions.live?.id).toBe(before);
    const [greeting] = await client.sealed("", nowMs);
    sessions.open(greeting as Buffer, nowMs);
    expect(sessions.live?.id).toBe(id);
    expect(await client.open(sealedByServer("again", nowMs), nowMs)).toMatchObject({ epoch: 0 });
  });

  it("refuses an ANSWER that was altered", async () => {
    const accepted = acceptHello(parseHello(await client.frame({ do: "hello" })), {
      own: server,
      peer: device,
      suites: { allowed: [SUITE_IDS[suite]], pinned: undefined },
      random: systemRandom,
      nowMs: 0,
    });
    const answer = Buffer.from(accepted.answer);
    answer[answer.length - 1] = (answer.at(-1) as number) ^ 1;
    expect(await client.ask({ do: "answer", frame: answer.toString("hex"), nowMs: 0 })).toEqual({
      refused: true,
    });
  });
});
