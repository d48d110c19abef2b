import type { Clock, Random, Timer } from "@gatehouse/base";
import { describe, expect, it } from "vitest";
import { LiveHub, type LiveSocket, mergeWatches } from "./live-hub.ts";

/** A clock that moves only by `advance`. */
class ManualClock implements Clock {
  #nowMs = 1_000_000;
  readonly #due = new Set<{ atMs: number; periodMs?: number; run: () => void }>();
  nowMs = () => this.#nowMs;
  monotonicMs = () => this.#nowMs;
  after = (delayMs: number, run: () => void): Timer => this.#plan({ atMs: this.#nowMs + delayMs, run });
  every = (periodMs: number, run: () => void): Timer =>
    this.#plan({ atMs: this.#nowMs + periodMs, periodMs, run });

  #plan(entry: { atMs: number; periodMs?: number; run: () => void }): Timer {
    this.#due.add(entry);
    return { cancel: () => this.#due.delete(entry) };
  }

  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (;;) {
      const [next] = [...this.#due].filter((entry) => entry.atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#nowMs = next.atMs;
      if (next.periodMs === undefined) this.#due.delete(next);
      else next.atMs += next.periodMs;
      next.run();
    }
    this.#nowMs = endMs;
  }
}

class FakeSocket extends EventTarget implements LiveSocket {
  readonly sent: Record<string, unknown>[] = [];
  closed = false;
  send = (text: string) => void this.sent.push(JSON.parse(text) as Record<string, unknown>);
  close = () => {
    this.closed = true;
  };
  data = (data: unknown) => this.dispatchEvent(new MessageEvent("message", { data }));
  frame = (frame: object) => this.data(JSON.stringify(frame));
  hello = (serverMs: number) => this.frame({ type: "hello", serverMs, sessionId: "s" });
  batch = (serverMs: number) => this.frame({ type: "batch", serverMs });
  lose = () => this.dispatchEvent(new Event("close"));
}

function setUp() {
  const clock = new ManualClock();
  const sockets: FakeSocket[] = [];
  const random: Random = { ratio: () => 1, bytes: (n) => new Uint8Array(n) };
  const hub = new LiveHub({
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    beforeReconnect: async () => undefined,
    clock,
    random,
  });
  const seen: number[] = [];
  const gaps: [number, number][] = [];
  const listener = {
    onBatch: (batch: { serverMs: number }) => void seen.push(batch.serverMs),
    onGap: (fromMs: number, toMs: number) => void gaps.push([fromMs, toMs]),
  };
  /** Lets the promise chain before a reconnect run. */
  const settle = async () => {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { clock, sockets, hub, listener, seen, gaps, settle };
}

describe("the live hub", () => {
  it("subscribes after the hello and again when a wish changes", () => {
    const { hub, sockets, listener } = setUp();
    hub.start();
    const forget = hub.listen({ values: ["b", "a"] }, listener);
    expect(sockets[0]?.sent).toEqual([]);
    sockets[0]?.hello(5);
    expect(sockets[0]?.sent).toEqual([{ op: "watch", values: ["a", "b"], details: [] }]);
    forget();
    expect(sockets[0]?.sent.at(-1)).toEqual({ op: "watch", values: [], details: [] });
  });

  it("tells what was missed after a reconnect", async () => {
    const { hub, sockets, listener, clock, seen, gaps, settle } = setUp();
    hub.listen({ values: "all" }, listener);
    hub.start();
    sockets[0]?.hello(100);
    sockets[0]?.batch(150);
    sockets[0]?.lose();
    expect(hub.status).toMatchObject({ state: "lost", shownMs: 150 });
    clock.advance(499);
    expect(sockets).toHaveLength(1);
    clock.advance(1);
    await settle();
    sockets[1]?.hello(900);
    expect(hub.status.state).toBe("live");
    expect(sockets[1]?.sent).toEqual([{ op: "watch", values: "all", details: [] }]);
    expect(gaps).toEqual([[150, 900]]);
    expect(seen).toEqual([150]);
  });

  it("waits longer after every failure, up to 15 s", async () => {
    const { hub, sockets, clock, settle } = setUp();
    hub.start();
    for (const waitMs of [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      const before = sockets.length;
      sockets.at(-1)?.lose();
      clock.advance(waitMs - 1);
      await settle();
      expect(sockets).toHaveLength(before);
      clock.advance(1);
      await settle();
      expect(sockets).toHaveLength(before + 1);
    }
  });

  it("asks at once who is logged in when the session ended, but not again and again", async () => {
    const { hub, sockets, clock, settle } = setUp();
    const bye = (code: string) => sockets.at(-1)?.frame({ type: "bye", code });
    hub.start();
    sockets[0]?.hello(1);
    clock.advance(500);
    bye("auth.session_ended");
    await settle();
    expect(sockets).toHaveLength(2);
    sockets[1]?.hello(2);
    bye("auth.session_ended");
    await settle();
    expect(sockets).toHaveLength(2);
    clock.advance(500);
    await settle();
    expect(sockets).toHaveLength(3);
    sockets[2]?.hello(3);
    clock.advance(500);
    bye("server.stopping");
    await settle();
    expect(sockets).toHaveLength(3);
  });

  it("gives up a socket that does not answer a ping", () => {
    const { hub, sockets, clock } = setUp();
    hub.start();
    sockets[0]?.hello(1);
    clock.advance(15_000);
    sockets[0]?.frame({ type: "pong", id: 1, serverMs: 2 });
    clock.advance(14_999);
    expect(hub.status.state).toBe("live");
    clock.advance(10_001);
    expect(hub.status.state).toBe("lost");
    expect(sockets[0]?.closed).toBe(true);
  });

  it("shows nothing new while paused and names the gap when it goes on", () => {
    const { hub, sockets, listener, seen, gaps } = setUp();
    hub.listen({ values: "all" }, listener);
    hub.start();
    sockets[0]?.hello(10);
    sockets[0]?.batch(20);
    hub.setPaused(true);
    sockets[0]?.batch(30);
    expect(hub.status).toMatchObject({ state: "paused", shownMs: 20 });
    hub.setPaused(false);
    expect(gaps).toEqual([[20, 30]]);
    expect(seen).toEqual([20]);
    expect(hub.status.state).toBe("live");
  });

  it("knows the server's time on a computer whose clock is wrong", () => {
    const { hub, sockets, clock } = setUp();
    hub.start();
    sockets[0]?.hello(clock.nowMs() + 90_000);
    clock.advance(1_000);
    expect(hub.nowMs()).toBe(clock.nowMs() + 90_000);
  });

  it("passes over frames it does not know", () => {
    const { hub, sockets, listener, seen } = setUp();
    hub.listen({ values: "all" }, listener);
    hub.start();
    sockets[0]?.data("not json");
    sockets[0]?.data(new ArrayBuffer(2));
    sockets[0]?.frame({ type: "later" });
    sockets[0]?.hello(1);
    sockets[0]?.batch(2);
    expect(seen).toEqual([2]);
  });

  it("stays silent after stop", () => {
    const { hub, sockets, clock } = setUp();
    hub.start();
    sockets[0]?.hello(1);
    hub.stop();
    sockets[0]?.lose();
    clock.advance(60_000);
    expect(sockets).toHaveLength(1);
    expect(hub.status.state).toBe("idle");
  });

  it("passes on at once what to read again, paused or not", () => {
    const { hub, sockets, listener } = setUp();
    const heard: string[] = [];
    hub.listen({ values: [] }, { ...listener, onAskAgain: (about) => void heard.push(about) });
    hub.start();
    sockets[0]?.hello(5);
    hub.setPaused(true);
    sockets[0]?.frame({ type: "ask_again", about: "access" });
    sockets[0]?.frame({ type: "ask_again", about: "approvals" });
    expect(heard).toEqual(["access", "approvals"]);
  });
});

describe("merged wishes", () => {
  it("follow everything beyond 500 devices", () => {
    const ids = Array.from({ length: 501 }, (_, n) => `d${n}`);
    expect(mergeWatches([{ values: ids }])).toMatchObject({ values: "all" });
    expect(mergeWatches([{ values: ["a"] }, { values: ["a", "b"], details: ["b"] }])).toEqual({
      op: "watch",
      values: ["a", "b"],
      details: ["b"],
    });
  });
});
