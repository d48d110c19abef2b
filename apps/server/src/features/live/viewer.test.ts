import { EventEmitter } from "node:events";
import { systemClock } from "@gatehouse/base";
import { PERMISSIONS } from "@gatehouse/contract";
import { expect, test } from "vitest";
import type { WebSocket } from "ws";
import { everywhere } from "../../platform/http/testing/gates.ts";
import type { Batch } from "./news.ts";
import { SLOW_BYTES, Viewer } from "./viewer.ts";

/** A socket whose other end does what the test says. */
class FakeSocket extends EventEmitter {
  bufferedAmount = 0;
  readonly sent: Record<string, unknown>[] = [];
  ended = false;
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  ping(): void {}
  close(): void {}
  terminate(): void {
    this.ended = true;
  }
}

function openViewer() {
  const socket = new FakeSocket();
  const clock = { ...systemClock, atMs: 0, monotonicMs: () => clock.atMs };
  const principal = {
    kind: "person" as const,
    tenantId: "t",
    personId: "p",
    sessionId: "s",
    name: "n",
    permissions: everywhere(PERMISSIONS),
  };
  const viewer = new Viewer(
    socket as unknown as WebSocket,
    principal,
    { clock, siteOf: () => undefined },
    () => {},
  );
  socket.emit("message", JSON.stringify({ op: "watch", values: "all", details: [] }), false);
  const offer = (tsMs: number): void => {
    const batch: Batch = { type: "batch", serverMs: tsMs, values: [["d", "m", tsMs, tsMs]] };
    viewer.offer(batch, () => JSON.stringify(batch));
    viewer.settle();
  };
  return { socket, clock, viewer, offer };
}

test("a browser that takes nothing for a minute is ended, one that takes something is not", () => {
  for (const takes of [false, true]) {
    const { socket, clock, offer } = openViewer();
    socket.bufferedAmount = SLOW_BYTES + 1;
    for (clock.atMs = 0; clock.atMs <= 61_000; clock.atMs += 500) {
      if (takes && clock.atMs === 30_000) {
        socket.bufferedAmount = 0;
        offer(clock.atMs);
        socket.bufferedAmount = SLOW_BYTES + 1;
      }
      offer(clock.atMs);
    }
    expect(socket.ended).toBe(!takes);
  }
});

test("after a pause the newest value comes first, then every one again", () => {
  const { socket, offer } = openViewer();
  offer(1);
  socket.bufferedAmount = SLOW_BYTES + 1;
  for (let tsMs = 2; tsMs < 9; tsMs++) offer(tsMs);
  socket.bufferedAmount = 0;
  offer(9);
  offer(10);
  expect(socket.sent.slice(1).map(({ values, merged }) => [values, merged])).toEqual([
    [[["d", "m", 1, 1]], undefined],
    [[["d", "m", 9, 9]], true],
    [[["d", "m", 10, 10]], undefined],
  ]);
});

test("a browser that does not answer a ping is ended at the next", () => {
  const { socket, viewer } = openViewer();
  viewer.checkAlive();
  socket.emit("pong");
  viewer.checkAlive();
  expect(socket.ended).toBe(false);
  viewer.checkAlive();
  expect(socket.ended).toBe(true);
});
