import type { Clock } from "@gatehouse/base";
import { expect, it } from "vitest";
import { SceneTurns } from "./scene-turns.ts";

const STEP_MS = 4;
const STEPS = 100;
const INTERVAL_MS = 100;

/** A thread that shows and draws by the time that both take. */
function turnsOf(names: readonly string[], showMs: number) {
  let nowMs = 0;
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    after(delayMs, run) {
      nowMs += delayMs;
      run();
      return { cancel: () => undefined };
    },
    every: () => ({ cancel: () => undefined }),
  };
  const waiting = [...names];
  let steps = 0;
  const shown: { readonly name: string; readonly atMs: number }[] = [];
  const easel = {
    get isBusy() {
      return waiting.length > 0;
    },
    drawOn() {
      nowMs += STEP_MS;
      steps++;
      return steps % STEPS === 0 ? waiting.shift() : undefined;
    },
  };
  const show = (name: string): void => {
    shown.push({ name, atMs: nowMs });
    nowMs += showMs;
  };
  const turns = new SceneTurns({ easel, show, intervalMs: INTERVAL_MS, clock });
  const until = async (endMs: number): Promise<void> => {
    while (nowMs < endMs) await turns.next();
  };
  return { until, shown, easel };
}

it.each([
  // In the time of a frame, and longer than there is.
  ["little", 1],
  ["too much", 2 * INTERVAL_MS],
])("every scene is drawn where showing the others takes %s time", async (_, showMs) => {
  const { until, shown, easel } = turnsOf(["bay", "gate", "yard"], showMs);
  // The first before anything is shown; of the time after that at least half.
  await until(5 * STEPS * STEP_MS + 10 * showMs);
  expect(easel.isBusy).toBe(false);
  expect(new Set(shown.map(({ name }) => name))).toEqual(new Set(["bay", "gate", "yard"]));
  expect(shown.slice(0, 1)).toEqual([{ name: "bay", atMs: STEPS * STEP_MS }]);
});

it("scenes are shown in turn, each once in the time of a frame", async () => {
  const { until, shown } = turnsOf(["bay", "gate"], 1);
  await until(2_000);
  const from = shown.findIndex(({ name }) => name === "gate") + 2;
  const [first, second, third] = shown.slice(from);
  expect([first?.name, third?.name]).toEqual([third?.name, first?.name]);
  expect(second?.name).not.toBe(first?.name);
  expect((third?.atMs ?? 0) - (first?.atMs ?? 0)).toBe(INTERVAL_MS);
});
