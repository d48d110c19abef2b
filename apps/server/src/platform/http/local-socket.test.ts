import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { silentLogger } from "@gatehouse/base";
import { expect, test } from "vitest";
import { callLocalSocket, isLocalRequest, localSocketPath, serveLocalSocket } from "./local-socket.ts";
import { createHttpServer } from "./server.ts";

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test("the command line's socket opens for its user alone, also in a folder that was open before", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "gatehouse-socket-"));
  const path = localSocketPath(dataDir);
  mkdirSync(dirname(path), { recursive: true });
  chmodSync(dirname(path), 0o755);
  const app = await createHttpServer({
    trustedProxies: [],
    perMinute: 100,
    maxConnections: 10,
    log: silentLogger,
  });
  const connections = new Set<object>();
  app.get("/who", async ({ raw }) => {
    connections.add(raw.socket);
    return { local: isLocalRequest(raw) };
  });
  await app.ready();
  const socket = await serveLocalSocket(app, dataDir);
  try {
    expect([modeOf(path), modeOf(dirname(path))]).toEqual(["600", "700"]);
    const who = { status: 200, body: { local: true } };
    for (const calls of [1, 2]) {
      expect(await callLocalSocket(dataDir, "GET", "/who")).toEqual(who);
      // One that is kept may be closed at the other end by the time of the next call.
      expect(connections.size).toBe(calls);
    }
    expect((await app.inject({ url: "/who" })).json()).toEqual({ local: false });
  } finally {
    await socket.stop();
    await app.close();
  }
  rmSync(dataDir, { recursive: true });
});
