import { describe, expect, it } from "vitest";
import { lookOf, OLD_AFTER_MS } from "./picture-look.ts";

const NOW = 1_000_000;
const health = {
  framesPerSecond: 0,
  bytesPerSecond: 0,
  frames: 0,
  gaps: 0,
  refused: {},
  skipped: 0,
};
const seen = (agoMs: number) => ({ takenMs: NOW - agoMs, framesPerSecond: 10, delayMs: 40 });
const base = {
  camera: { state: "live" as const, health },
  noted: undefined,
  seen: undefined,
  paused: false,
  nowMs: NOW,
};

describe("a place on screen", () => {
  it("calls a picture live only while it is fresh", () => {
    expect(lookOf({ ...base, seen: seen(200) }).kind).toBe("live");
    expect(lookOf({ ...base, seen: seen(OLD_AFTER_MS) })).toEqual({
      kind: "old",
      takenMs: NOW - OLD_AFTER_MS,
      isSilent: false,
    });
  });

  it("does not call a camera silent because the line is slow", () => {
    expect(lookOf({ ...base, seen: seen(30_000) })).toMatchObject({ kind: "old", isSilent: false });
    expect(lookOf({ ...base, noted: "silent", seen: seen(30_000) })).toMatchObject({
      kind: "old",
      isSilent: true,
    });
  });

  it("shows a fresh picture as live though the list still calls the camera silent", () => {
    const camera = { state: "silent" as const, health };
    expect(lookOf({ ...base, camera, seen: seen(100) }).kind).toBe("live");
  });

  it("shows nothing of a camera that was switched off or hidden meanwhile, not even an old picture", () => {
    expect(lookOf({ ...base, noted: "off", seen: seen(100) })).toEqual({ kind: "off" });
    expect(lookOf({ ...base, noted: "none", seen: seen(100) })).toEqual({ kind: "none" });
  });

  it("says since when a camera is silent, and which has never sent anything", () => {
    const silent = { state: "silent" as const, health: { ...health, lastFrameMs: 5 } };
    expect(lookOf({ ...base, camera: silent })).toEqual({ kind: "silent", sinceMs: 5 });
    expect(lookOf({ ...base, camera: { state: "never", health } })).toEqual({ kind: "never" });
    expect(lookOf({ ...base, noted: "live", camera: { state: "never", health } })).toEqual({
      kind: "waiting",
    });
  });

  it("says that it stands still while the console is paused", () => {
    expect(lookOf({ ...base, paused: true, seen: seen(9_000) })).toEqual({
      kind: "paused",
      takenMs: NOW - 9_000,
    });
  });
});
