import type { cameras } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { foundNow, noteOf } from "./live-found.ts";

const NOW_MS = 1_800_000_000_000;
const BOX = { label: "person", score: 0.82, x: 0.2, y: 0.3, width: 0.1, height: 0.4, track: 1 };

const viewOf = (given: Partial<cameras.DetectionView> = {}): cameras.DetectionView => ({
  ...{ state: "looking", model: "NanoDet-G 416", boxes: [BOX], lookMs: 31, looksPerSecond: 5 },
  ...{ by: "server", atMs: NOW_MS - 300 },
  ...given,
});

test("what the newest look found is there until the look is old", () => {
  expect(foundNow({ atMs: NOW_MS - 300, boxes: [BOX] }, NOW_MS)).toEqual([BOX]);
  expect(foundNow({ atMs: NOW_MS - 2_500, boxes: [BOX] }, NOW_MS)).toEqual([BOX]);
  expect(foundNow({ atMs: NOW_MS - 2_501, boxes: [BOX] }, NOW_MS)).toEqual([]);
});

test("nothing is found before the server has said anything", () => {
  expect(foundNow(undefined, NOW_MS)).toEqual([]);
});

test("nothing is said while this server looks, and before it has said anything", () => {
  expect(noteOf(viewOf(), true)).toBeUndefined();
  expect(noteOf(viewOf({ state: "still" }), true)).toBeUndefined();
  expect(noteOf(undefined, true)).toBeUndefined();
});

test("why there can be no boxes is said", () => {
  expect(noteOf(undefined, false)).toBe("off");
  expect(noteOf(viewOf({ state: "failed", problem: "detector.failed" }), true)).toBe("failed");
  expect(noteOf(viewOf({ state: "busy" }), true)).toBe("busy");
  expect(noteOf(viewOf({ state: "no_picture", boxes: [] }), true)).toBe("no_picture");
});

test("that the camera's own machine looks is said, also when it tells nothing or fails", () => {
  expect(noteOf(viewOf({ by: "agent" }), true)).toBe("agent");
  expect(noteOf(viewOf({ by: "agent", state: "still" }), true)).toBe("agent");
  expect(noteOf(viewOf({ by: "agent", state: "no_picture" }), true)).toBe("agentSilent");
  expect(noteOf(viewOf({ by: "agent", state: "failed" }), true)).toBe("failed");
});
