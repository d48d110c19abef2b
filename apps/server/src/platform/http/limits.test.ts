import { once } from "node:events";
import { type AddressInfo, createConnection } from "node:net";
import { silentLogger } from "@gatehouse/base";
import { expect, test } from "vitest";
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
