import type { Random } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { virtualClock } from "@gatehouse/testkit";
import { expect, it } from "vitest";
import { type CameraSocket, type LiveFound, type LiveFrame, openCameraLive } from "./camera-live.ts";

const DOOR = "01980000-0000-7000-8000-00000000000d";
const SERVER_AHEAD_MS = 5_000;

class FakeSocket extends EventTarget implements CameraSocket {
  binaryType = "blob";
  closed = false;
  readonly sent: cameras.CameraLiveRequest[] = [];
  send = (text: string) => void this.sent.push(JSON.parse(text) as cameras.CameraLiveRequest);
  close = () => {
    this.closed = true;
  };
  note = (note: object) => this.#data(JSON.stringify(note));
  lose = () => this.dispatchEvent(new Event("close"));

  frame(number: number, text: string): void {
    const bytes = new Uint8Array(cameras.CAMERAS_LIVE_HEADER_BYTES + text.length);
    const view = new DataView(bytes.buffer);
    view.setUint8(0, 1);
    view.setUint32(4, number);
    view.setBigUint64(8, 1_772_366_400_123n);
    bytes.set(Buffer.from(DOOR.replaceAll("-", ""), "hex"), 16);
    bytes.set(new TextEncoder().encode(text), cameras.CAMERAS_LIVE_HEADER_BYTES);
    this.#data(bytes.buffer);
  }

  #data(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

function setUp() {
  const clock = virtualClock();
  const sockets: FakeSocket[] = [];
  const random: Random = { ratio: () => 1, bytes: (n) => new Uint8Array(n) };
  const frames: [string, LiveFrame][] = [];
  const states: [string, string][] = [];
  const found: [string, LiveFound][] = [];
  const closed: object[] = [];
  const live = openCameraLive(
    {
      onFrame: (...frame) => void frames.push(frame),
      onState: (...state) => void states.push(state),
      onFound: (...one) => void found.push(one),
      onClosed: (why) => void closed.push(why),
    },
    {
      connect() {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      beforeReconnect: async () => undefined,
      clock,
      random,
    },
  );
  const hello = (): void =>
    sockets.at(-1)?.note({ type: "hello", serverMs: clock.nowMs() + SERVER_AHEAD_MS });
  return { clock, sockets, live, frames, states, found, closed, hello };
}

it("asks for what is found where that is wanted, and tells it", () => {
  const { sockets, live, found, hello } = setUp();
  hello();
  live.watch([{ id: DOOR, found: true }]);
  expect(sockets[0]?.sent.at(-1)).toEqual({ op: "watch", cameras: [{ id: DOOR, found: true }] });
  const box = { label: "person", score: 0.8, x: 0.1, y: 0.2, width: 0.1, height: 0.3 };
  sockets[0]?.note({ type: "found", camera: DOOR, atMs: 7, boxes: [box] });
  expect(found).toMatchObject([[DOOR, { atMs: 7, boxes: [box] }]]);
});

it("names its cameras after the hello, and frames come with their camera, number and time", () => {
  const { sockets, live, frames, states, hello } = setUp();
  live.watch([{ id: DOOR, maxFps: 5 }]);
  expect(sockets[0]?.sent).toEqual([]);
  hello();
  expect(sockets[0]?.sent).toEqual([{ op: "watch", cameras: [{ id: DOOR, maxFps: 5 }] }]);
  sockets[0]?.note({ type: "state", camera: DOOR, state: "live" });
  expect(states).toEqual([[DOOR, "live"]]);
  sockets[0]?.frame(4_294_967_295, "picture");
  const [camera, frame] = frames[0] as [string, LiveFrame];
  expect(camera).toBe(DOOR);
  expect(frame).toMatchObject({ kind: 1, number: 4_294_967_295, takenMs: 1_772_366_400_123 });
  expect(new TextDecoder().decode(frame.bytes)).toBe("picture");
  live.drawn(DOOR, frame.number);
  expect(sockets[0]?.sent.at(-1)).toEqual({ op: "drawn", camera: DOOR, number: 4_294_967_295 });
  expect(sockets[0]?.binaryType).toBe("arraybuffer");
});

it("says a choice once, and none while it is paused", () => {
  const { sockets, live, hello } = setUp();
  hello();
  live.watch([{ id: DOOR }]);
  live.watch([{ id: DOOR }]);
  live.setPaused(true);
  live.setPaused(false);
  const chosen = sockets[0]?.sent.map((request) => request.op === "watch" && request.cameras.length);
  expect(chosen).toEqual([0, 1, 0, 1]);
});

it("knows the server's clock", () => {
  const { clock, live, hello } = setUp();
  hello();
  clock.advance(1_000);
  expect(live.serverNowMs()).toBe(clock.nowMs() + SERVER_AHEAD_MS);
});

it("comes back by itself with growing pauses and the same choice", async () => {
  const { clock, sockets, live, closed, hello } = setUp();
  live.watch([{ id: DOOR }]);
  hello();
  sockets[0]?.lose();
  expect(closed).toEqual([{ code: "connection.lost", final: false }]);
  await clock.advanceAsync(500);
  sockets[1]?.lose();
  await clock.advanceAsync(999);
  expect(sockets).toHaveLength(2);
  await clock.advanceAsync(1);
  hello();
  expect(sockets[2]?.sent).toEqual([{ op: "watch", cameras: [{ id: DOOR }] }]);
});

it("takes a server that says nothing for lost, and one that says it is alive for there", async () => {
  const { clock, sockets, closed, hello } = setUp();
  hello();
  for (let i = 0; i < 10; i++) {
    await clock.advanceAsync(cameras.CAMERAS_LIVE_ALIVE_MS);
    sockets[0]?.note({ type: "alive", serverMs: clock.nowMs() });
  }
  expect(closed).toEqual([]);
  await clock.advanceAsync(6 * cameras.CAMERAS_LIVE_ALIVE_MS);
  expect(closed[0]).toEqual({ code: "connection.lost", final: false });
  expect(sockets[0]?.closed).toBe(true);
});

it("does not come back after the session ended, or when it was closed", async () => {
  for (const end of [
    ({ sockets }: ReturnType<typeof setUp>) => sockets[0]?.note({ type: "bye", code: "auth.session_ended" }),
    ({ live }: ReturnType<typeof setUp>) => live.close(),
  ]) {
    const page = setUp();
    page.hello();
    end(page);
    page.sockets[0]?.lose();
    await page.clock.advanceAsync(120_000);
    expect(page.sockets).toHaveLength(1);
    expect(page.sockets[0]?.closed).toBe(true);
  }
});
