import { expect, it } from "vitest";
import { EMPTY_HISTORY, type History, remember, undo } from "./history.ts";

it("undoes act by act, a drag in one step", () => {
  let history: History<string> = EMPTY_HISTORY;
  history = remember(history, "empty");
  history = remember(history, "drawn", "drag 1");
  history = remember(history, "half-way", "drag 1");
  history = remember(history, "dragged", "drag 2");
  const steps: string[] = [];
  for (let step = undo(history); step !== undefined; step = undo(step.history)) steps.push(step.value);
  expect(steps).toEqual(["dragged", "drawn", "empty"]);
});

it("begins a new step after an undo, though the same thing is moved again", () => {
  const first = remember<string>(EMPTY_HISTORY, "a", "corner 1");
  const back = undo(first);
  expect(back?.value).toBe("a");
  expect(remember(back?.history ?? EMPTY_HISTORY, "a", "corner 1").past).toEqual(["a"]);
});
