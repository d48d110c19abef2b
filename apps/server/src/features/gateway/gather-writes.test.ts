import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Writable } from "node:stream";
import mqttPacket from "mqtt-packet";
import { expect, test } from "vitest";
import { gatherWrites } from "./gather-writes.ts";

const message = (n: number) =>
  ({
    cmd: "publish",
    topic: "a/b",
    payload: String(n),
    qos: 1,
    messageId: n,
    retain: false,
    dup: false,
  }) as const;
const bytesOf = (n: number): Buffer => mqttPacket.generate(message(n));
const send = (stream: Writable, n: number): unknown => mqttPacket.writeToStream(message(n), stream as never);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function recorder(): { stream: Writable; writes: Buffer[] } {
  const writes: Buffer[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      writes.push(chunk);
      done();
    },
    writev: (chunks, done) => {
      writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)));
      done();
    },
  });
  gatherWrites(stream as never);
  return { stream, writes };
}

test("packets of one turn leave in one write, in their order", async () => {
  const { stream, writes } = recorder();
  for (const n of [1, 2, 3]) setImmediate(() => send(stream, n));
  await turn();
  await turn();
  expect(writes).toEqual([Buffer.concat([1, 2, 3].map(bytesOf))]);
  send(stream, 4);
  await turn();
  expect(writes[1]).toEqual(bytesOf(4));
});

test("what was written before the end is sent, and the end waits for no turn", async () => {
  const { stream, writes } = recorder();
  send(stream, 1);
  stream.end();
  await once(stream, "finish");
  expect(Buffer.concat(writes)).toEqual(bytesOf(1));
});

test("a socket that is destroyed with something gathered does no harm", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as { port: number }).port, "127.0.0.1");
  const [socket] = (await once(server, "connection")) as [Socket];
  gatherWrites(socket);
  send(socket, 1);
  await turn();
  await turn();
  send(socket, 2);
  socket.destroy();
  await turn();
  const received: Buffer[] = [];
  client.on("data", (chunk) => received.push(chunk));
  await once(client, "close");
  expect(Buffer.concat(received)).toEqual(bytesOf(1));
  server.close();
});
