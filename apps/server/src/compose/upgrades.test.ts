import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { callersBehind } from "../platform/http/caller.ts";
import { routeUpgrades } from "./upgrades.ts";

const server = createServer();
afterEach(() => server.close());

/** What comes back for an upgrade at this address, with these headers. */
async function upgrade(path: string, forwarded: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: gate.example\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-forwarded-for: ${forwarded}\r\n\r\n`,
  );
  let heard = "";
  for await (const part of socket.setEncoding("utf8")) heard += part;
  return heard;
}

test("a WebSocket goes to the feature of its address, with whom the trusted proxy saw; every other is refused", async () => {
  const seen: string[] = [];
  const open = routeUpgrades(
    server,
    {
      "/mqtt": (_request, socket, _head, address) => {
        seen.push(address);
        socket.end("taken");
      },
    },
    callersBehind(["127.0.0.1"]),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  expect(await upgrade("/mqtt?x=1", "192.0.2.1, 198.51.100.7")).toBe("taken");
  expect(seen).toEqual(["198.51.100.7"]);
  for (const other of ["/", "/mqtt/x", "/__proto__", "/constructor"])
    expect([other, (await upgrade(other, "")).split("\r\n")[0]]).toEqual([other, "HTTP/1.1 404 Not Found"]);
  expect(seen).toHaveLength(1);
  await expect.poll(() => open.size, { timeout: 30_000 }).toBe(0);
});
