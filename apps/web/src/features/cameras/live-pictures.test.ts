import { describe, expect, it } from "vitest";
import type { CameraLiveHandlers, LiveFrame, WatchedCamera } from "../../data/camera-live.ts";
import { LivePictures, type PictureSink } from "./live-pictures.ts";

const FRAME: LiveFrame = { kind: 1, number: 7, takenMs: 1, bytes: new ArrayBuffer(1) };

function world() {
  const watches: (readonly WatchedCamera[])[] = [];
  const drawn: string[] = [];
  const events: string[] = [];
  let handlers: CameraLiveHandlers | undefined;
  const pictures = new LivePictures((given) => {
    handlers = given;
    events.push("open");
    return {
      watch: (choice) => void watches.push(choice),
      drawn: (cameraId, number) => void drawn.push(`${cameraId} ${number}`),
      setPaused: (paused) => void events.push(paused ? "paused" : "running"),
      serverNowMs: () => 42,
      close: () => void events.push("closed"),
    };
  });
  return { pictures, watches, drawn, events, handlers: () => handlers as CameraLiveHandlers };
}

/** Keeps what it was given and answers when told to. */
function sink() {
  const shown: (() => void)[] = [];
  const states: string[] = [];
  const of: PictureSink = {
    show: (_frame, done) => void shown.push(done),
    onState: (state) => void states.push(state),
  };
  return { of, shown, states };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("live pictures", () => {
  it("of a whole page are one choice over one connection", async () => {
    const { pictures, watches, events } = world();
    pictures.join("a", 10, sink().of);
    pictures.join("b", undefined, sink().of);
    await settled();
    expect(events).toEqual(["open", "running"]);
    expect(watches).toEqual([[{ id: "a", maxFps: 10 }, { id: "b" }]]);
  });

  it("are sent once for a camera in two places, at the faster pace, and answered when both have drawn", async () => {
    const { pictures, watches, drawn, handlers } = world();
    const [one, other] = [sink(), sink()];
    pictures.join("a", 10, one.of);
    pictures.join("a", 25, other.of);
    await settled();
    expect(watches.at(-1)).toEqual([{ id: "a", maxFps: 25 }]);
    handlers().onFrame("a", FRAME);
    one.shown[0]?.();
    expect(drawn).toEqual([]);
    other.shown[0]?.();
    expect(drawn).toEqual(["a 7"]);
  });

  it("come with what is found where one place wants it, and tell that place alone", async () => {
    const { pictures, watches, handlers } = world();
    const found: number[] = [];
    pictures.join("a", undefined, sink().of);
    const leave = pictures.join("a", undefined, {
      ...sink().of,
      onFound: ({ atMs }) => void found.push(atMs),
    });
    await settled();
    expect(watches.at(-1)).toEqual([{ id: "a", found: true }]);
    handlers().onFound("a", { atMs: 7, boxes: [] });
    handlers().onFound("b", { atMs: 8, boxes: [] });
    expect(found).toEqual([7]);
    leave();
    await settled();
    expect(watches.at(-1)).toEqual([{ id: "a" }]);
  });

  it("are answered at once where nobody shows them any more, so that no credit is lost", async () => {
    const { pictures, drawn, handlers } = world();
    pictures.join("a", undefined, sink().of);
    await settled();
    handlers().onFrame("gone", FRAME);
    expect(drawn).toEqual(["gone 7"]);
  });

  it("keep the connection while one page follows another, and close it after the last", async () => {
    const { pictures, watches, events } = world();
    const leave = pictures.join("a", undefined, sink().of);
    await settled();
    leave();
    const leaveNext = pictures.join("b", undefined, sink().of);
    await settled();
    expect(watches.at(-1)).toEqual([{ id: "b" }]);
    leaveNext();
    await settled();
    expect(events).toEqual(["open", "running", "closed"]);
  });

  it("begin paused where the console is paused", async () => {
    const { pictures, events } = world();
    pictures.setPaused(true);
    pictures.join("a", undefined, sink().of);
    await settled();
    pictures.setPaused(false);
    expect(events).toEqual(["open", "paused", "running"]);
  });

  it("say why none come until they come again", async () => {
    const { pictures, handlers } = world();
    const heard: (string | undefined)[] = [];
    pictures.onProblem(() => heard.push(pictures.problem));
    pictures.join("a", undefined, sink().of);
    await settled();
    handlers().onClosed({ code: "server.busy", final: false });
    handlers().onOpen?.();
    expect(heard).toEqual(["server.busy", undefined]);
  });

  it("tell a place what the server says of its camera", async () => {
    const { pictures, handlers } = world();
    const { of, states } = sink();
    pictures.join("a", undefined, of);
    await settled();
    handlers().onState("a", "silent");
    handlers().onState("b", "off");
    expect(states).toEqual(["silent"]);
  });
});
