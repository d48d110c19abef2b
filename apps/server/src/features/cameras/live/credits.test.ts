import { cameras } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { Credits } from "./credits.ts";
import { Pace } from "./pace.ts";

interface Line {
  /** Frames leave one after the other, each for so long. */
  readonly frameMs: number;
  readonly delayMs: number;
}

/** A camera with a frame every 40 ms and a viewer at the end of a line: how old frames are when drawn, and how many come. */
function watchOver({ frameMs, delayMs }: Line, seconds: number): { agesMs: number[]; drawn: number } {
  const credits = new Credits();
  const answers: { number: number; atMs: number; takenMs: number }[] = [];
  const agesMs: number[] = [];
  let [number, sent, freeMs, drawn] = [0, 0, 0, 0];
  for (let nowMs = 0; nowMs < seconds * 1_000; nowMs++) {
    if (nowMs % 40 === 0) number++;
    while (answers[0] !== undefined && answers[0].atMs <= nowMs) {
      const answer = answers.shift() as (typeof answers)[number];
      expect(credits.drawn(answer.number, nowMs)).toBe(true);
      agesMs.push(nowMs - answer.takenMs);
      drawn++;
    }
    if (number === sent || !credits.left) continue;
    sent = number;
    credits.sent(number, nowMs);
    expect(answers.length).toBeLessThan(cameras.LIVE_CREDITS);
    freeMs = Math.max(freeMs, nowMs) + frameMs;
    answers.push({ number, atMs: freeMs + delayMs, takenMs: (number - 1) * 40 });
  }
  return { agesMs, drawn };
}
const p95 = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;

test("a line with room takes every frame", () => {
  const { agesMs, drawn } = watchOver({ frameMs: 1, delayMs: 3 }, 10);
  expect(drawn).toBeGreaterThan(245);
  expect(p95(agesMs)).toBeLessThan(10);
});

test("over a narrow line frames come seldom and are new", () => {
  for (const frameMs of [100, 195, 205, 390]) {
    const { agesMs, drawn } = watchOver({ frameMs, delayMs: 10 }, 180);
    expect(p95(agesMs)).toBeLessThan(Math.max(500, 1.3 * frameMs));
    expect(drawn * frameMs).toBeGreaterThan(0.75 * 180_000);
  }
});

test("a long line is not taken for a narrow one", () => {
  for (const delayMs of [150, 300, 600])
    expect(watchOver({ frameMs: 2, delayMs }, 60).drawn).toBeGreaterThan((0.9 * 3 * 60_000) / (delayMs + 40));
});

test("an answer stands for the frames before it, and one about nothing gives nothing back", () => {
  const credits = new Credits();
  for (const number of [1, 2, 3]) {
    credits.sent(number, number);
    credits.drawn(number, number);
  }
  for (const number of [7, 8, 9]) credits.sent(number, 10);
  expect(credits.left).toBe(false);
  expect(credits.drawn(3, 20)).toBe(false);
  expect(credits.drawn(10, 20)).toBe(false);
  expect(credits.left).toBe(false);
  expect(credits.drawn(9, 20)).toBe(true);
  expect(credits.drawn(8, 20)).toBe(false);
  expect(credits.left).toBe(true);
});

test("a pace is kept on average, whatever the camera's", () => {
  const count = (wanted: number | undefined, cameraGapMs: number): number => {
    const pace = new Pace(wanted);
    let sent = 0;
    for (let nowMs = 0; nowMs < 10_000; nowMs += cameraGapMs)
      if (pace.isDue(nowMs)) {
        pace.sent(nowMs);
        sent++;
      }
    return sent;
  };
  expect(count(undefined, 40)).toBe(250);
  expect(count(25, 40)).toBe(250);
  expect(Math.abs(count(10, 40) - 100)).toBeLessThanOrEqual(2);
  expect(Math.abs(count(7, 40) - 70)).toBeLessThanOrEqual(2);
  expect(count(60, 100)).toBe(100);
});
