import { describe, expect, it } from "vitest";
import { type Ahead, Playhead } from "./playhead.ts";
import { Reels } from "./reels.ts";
import { openReel, recordSegment, START_MS } from "./testing/segments.ts";

const NOW_MS = START_MS + 3_600_000;

function playing(ahead: (atMs: number, isBackwards: boolean) => Ahead = () => ({ kind: "ready" })) {
  return new Playhead(START_MS, { nowMs: () => NOW_MS, ahead });
}

describe("the playhead", () => {
  it("moves with time at its speed, and back", () => {
    const playhead = playing();
    playhead.tick(100);
    expect(playhead.state.atMs).toBe(START_MS);
    playhead.play();
    playhead.tick(100);
    expect(playhead.state.atMs).toBe(START_MS + 100);
    playhead.setSpeed(16);
    playhead.tick(100);
    expect(playhead.state.atMs).toBe(START_MS + 1_700);
    playhead.play({ isBackwards: true });
    playhead.tick(50);
    expect(playhead.state.atMs).toBe(START_MS + 900);
  });

  it("does not leap when the page slept", () => {
    const playhead = playing();
    playhead.play();
    playhead.tick(60_000);
    expect(playhead.state.atMs).toBe(START_MS + 250);
  });

  it("waits for pictures, jumps gaps, and ends where nothing follows", () => {
    let next: Ahead = { kind: "wait" };
    const playhead = playing(() => next);
    playhead.play();
    playhead.tick(100);
    expect(playhead.state).toMatchObject({ atMs: START_MS, isWaiting: true });
    next = { kind: "jump", toMs: START_MS + 90_000 };
    playhead.tick(100);
    expect(playhead.state).toMatchObject({ atMs: START_MS + 90_000, isWaiting: false });
    next = { kind: "end" };
    playhead.tick(100);
    expect(playhead.state).toMatchObject({ atMs: START_MS + 90_000, isPlaying: false });
  });

  it("is never ahead of what can be recorded, and slows down to the pace of time there", () => {
    const playhead = playing();
    playhead.seek(NOW_MS + 5_000);
    expect(playhead.state.atMs).toBe(NOW_MS - 2_000);
    playhead.setSpeed(8);
    playhead.play();
    playhead.tick(100);
    expect(playhead.state).toMatchObject({ atMs: NOW_MS - 2_000, speed: 1, isPlaying: true });
  });

  it("plays either way at J and L, faster with each", () => {
    const playhead = playing();
    playhead.shuttle(false);
    expect(playhead.state).toMatchObject({ isPlaying: true, isBackwards: false, speed: 1 });
    playhead.shuttle(false);
    playhead.shuttle(false);
    expect(playhead.state.speed).toBe(4);
    playhead.shuttle(true);
    expect(playhead.state).toMatchObject({ isBackwards: true, speed: 1 });
    for (let n = 0; n < 9; n++) playhead.shuttle(true);
    expect(playhead.state.speed).toBe(16);
    playhead.pause();
    expect(playhead.state).toMatchObject({ isPlaying: false, isBackwards: false });
  });

  it("counts jumps, not the steps of a drag, and tells only of changes", () => {
    const playhead = playing();
    let heard = 0;
    playhead.subscribe(() => {
      heard += 1;
    });
    playhead.scrub(START_MS + 10);
    playhead.scrub(START_MS + 20);
    expect(playhead.state).toMatchObject({ jumps: 0, isScrubbing: true });
    playhead.seek(START_MS + 30);
    expect(playhead.state).toMatchObject({ jumps: 1, isScrubbing: false });
    playhead.setSpeed(1);
    expect(heard).toBe(3);
  });
});

describe("cameras that play together", () => {
  it("wait for each other's pictures and jump only what none of them recorded", async () => {
    const one = openReel([recordSegment(0), recordSegment(3)]);
    const two = openReel([recordSegment(1), recordSegment(4)]);
    const reels = new Reels((id) => (id === "one" ? one.reel : two.reel));
    reels.cameraIds = ["one", "two"];
    expect(reels.ahead(START_MS + 70_000, false)).toEqual({ kind: "wait" });
    await expect.poll(() => reels.ahead(START_MS + 70_000, false).kind).toBe("ready");
    await expect
      .poll(() => reels.ahead(START_MS + 150_000, false))
      .toEqual({ kind: "jump", toMs: START_MS + 180_000 });
    await expect
      .poll(() => reels.ahead(START_MS + 150_000, true))
      .toEqual({ kind: "jump", toMs: START_MS + 119_900 });
    await expect.poll(() => reels.ahead(START_MS + 500_000, false)).toEqual({ kind: "end" });
    reels.skipsGaps = false;
    expect(reels.ahead(START_MS + 150_000, false)).toEqual({ kind: "ready" });
  });
});
