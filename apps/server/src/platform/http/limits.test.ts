import { once } from "node:events";
import { type AddressInfo, createConnection, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { silentLogger } from "@gatehouse/base";
import { sendOn } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import { endWithReply } from "./refuse-upgrade.ts";
import { createHttpServer } from "./server.ts";

/** A server on loopback, and what it answers to bytes as they are until it closes the connection. */
async function listening(
  change: (server: { headersTimeout: number; requestTimeout: number }) => void = () => undefined,
) {
  const app = await createHttpServer({
    trustedProxies: [],
    perMinute: 1_000,
    maxConnections: 10,
    log: silentLogger,
  });
  let handled = 0;
  app.post("/", async () => ({ handled: ++handled }));
  app.get("/things/:id", async () => ({ handled: ++handled }));
  change(app.server);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    server: app.server,
    handled: () => handled,
    port,
    async send(...parts: readonly string[]): Promise<string> {
      const socket = createConnection({ host: "127.0.0.1", port });
      let answer = "";
      socket.on("data", (bytes) => {
        answer += bytes.toString("latin1");
      });
      // The server may close before everything is written.
      socket.on("error", () => undefined);
      await once(socket, "connect");
      for (const part of parts) socket.write(part, "latin1");
      await once(socket, "close");
      return answer;
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}

const HEAD = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
const statusOf = (answer: string): string => answer.split(" ")[1] ?? "nothing";

test("headers that never end are cut off after ten seconds, a body after thirty", async () => {
  await using house = await listening();
  expect([house.server.headersTimeout, house.server.requestTimeout]).toEqual([10_000, 30_000]);
});

test("a server that stood still for a second answers whoever comes then", async () => {
  await using house = await listening();
  const untilMs = performance.now() + 1_100;
  while (performance.now() < untilMs);
  const answers = [];
  for (let i = 0; i < 3; i++)
    answers.push(
      statusOf(await house.send("GET /things/1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")),
    );
  expect(answers).toEqual(["200", "200", "200"]);
}, 30_000);

test("a client that sends its headers a little at a time is told so and cut off", async () => {
  await using house = await listening((server) => {
    server.headersTimeout = 300;
  });
  const answer = await house.send("POST / HTTP/1.1\r\nhost: localh");
  expect([statusOf(answer), house.handled()]).toEqual(["408", 0]);
}, 30_000);

test("a client that does not finish its body is told so and cut off", async () => {
  await using house = await listening((server) => {
    server.headersTimeout = 300;
    server.requestTimeout = 600;
  });
  const answer = await house.send(`${HEAD}content-length: 20\r\n\r\n`, '{"a":');
  expect([statusOf(answer), house.handled()]).toEqual(["408", 0]);
}, 30_000);

test("a body that says it is too long is refused before it comes, one that does not say so when it is", async () => {
  await using house = await listening();
  const declared = await house.send(`${HEAD}connection: close\r\ncontent-length: 65537\r\n\r\n`);
  expect(statusOf(declared)).toBe("413");
  const chunk = `2000\r\n${" ".repeat(0x2000)}\r\n`;
  const chunked = await house.send(
    `${HEAD}connection: close\r\ntransfer-encoding: chunked\r\n\r\n`,
    ...Array<string>(9).fill(chunk),
    "0\r\n\r\n",
  );
  expect([statusOf(chunked), house.handled()]).toEqual(["413", 0]);
}, 30_000);

test("whoever is still sending what was refused can read why", async () => {
  await using house = await listening();
  const body = Buffer.alloc(2_000_000, " ");
  for (const [header, status] of [
    ["accept: */*", "413"],
    ["connection: close", "413"],
    ["connection: close\r\nsec-fetch-site: cross-site", "403"],
  ]) {
    const head = `${HEAD}${header}\r\ncontent-length: ${body.length}\r\n\r\n`;
    expect(statusOf(await sendOn(house.port, head, body))).toBe(status);
  }
  expect(house.handled()).toBe(0);
}, 30_000);

test("nothing that comes after an answer which ends the connection is carried out", async () => {
  await using house = await listening();
  const next = `${HEAD}content-length: 2\r\n\r\n{}`;
  const tooLong = `${HEAD}content-length: 100000\r\n\r\n${" ".repeat(500)}`;
  const answer = await sendOn(house.port, tooLong, Buffer.from(" ".repeat(99_500) + next));
  expect([statusOf(answer), answer.split("HTTP/1.1").length - 1]).toEqual(["413", 1]);
  await using hurried = await listening((server) => {
    server.headersTimeout = 300;
  });
  const late = await sendOn(hurried.port, HEAD, Buffer.from("content-length: 2\r\n\r\n{}"));
  expect([statusOf(late), late.split("HTTP/1.1").length - 1]).toEqual(["408", 1]);
  await setTimeout(200);
  expect([house.handled(), hurried.handled()]).toEqual([0, 0]);
}, 30_000);

test.concurrent.each([
  [
    "a body that is too long",
    `${HEAD}transfer-encoding: chunked\r\n\r\n`,
    `2000\r\n${" ".repeat(0x2000)}\r\n`,
  ],
  ["headers that never end", "GET / HTTP/1.1\r\nhost: a", ""],
  ["headers that are too large", "GET / HTTP/1.1\r\nhost: a", `\r\nx: ${"a".repeat(20_000)}`],
  ["no HTTP", "\u0016\u0003\u0001", "\n"],
  ["an upgrade nobody takes", "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", "x"],
])(
  "a connection of %s ends also when its other side never does",
  async (_, begin, more) => {
    await using house = await listening((server) => {
      server.headersTimeout = 300;
    });
    house.server.on("upgrade", (_request, socket) => endWithReply(socket, "404 Not Found"));
    const closed = once(house.server, "connection").then(([socket]) => once(socket as Socket, "close"));
    const socket = createConnection({ host: "127.0.0.1", port: house.port, allowHalfOpen: true });
    socket.on("error", () => undefined);
    socket.resume().write(begin);
    const sending = setInterval(() => socket.write(more), 20);
    await closed;
    clearInterval(sending);
    socket.destroy();
    expect(house.handled()).toBe(0);
  },
  30_000,
);

test("a part of an address that is longer than any name is refused", async () => {
  await using house = await listening();
  const path = `/things/${"x".repeat(300)}`;
  const answer = await house.send(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  expect([statusOf(answer), house.handled()]).toEqual(["400", 0]);
}, 30_000);

test("headers that are too large, and bytes that are no HTTP, are answered once and closed", async () => {
  await using house = await listening();
  expect(statusOf(await house.send(`${HEAD}x: ${"a".repeat(20_000)}\r\n\r\n`))).toBe("431");
  for (const bytes of [
    "\u0016\u0003\u0001 not HTTP\r\n\r\n",
    "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
  ])
    expect(statusOf(await house.send(bytes))).toBe("400");
  expect(house.handled()).toBe(0);
}, 30_000);
