import { expect, test } from "vitest";
import { stageOf } from "./use-lab.ts";

const verdict = (succeeded: boolean) => ({ succeeded, tookMs: 1, evidence: {} });

test("an attack counts as passed when it is stopped with its control and works without", () => {
  expect(stageOf(undefined, false)).toBe("waiting");
  expect(stageOf({ attack: "a" }, true)).toBe("running");
  expect(stageOf({ attack: "a", withControl: verdict(false) }, false)).toBe("stopped");
  expect(stageOf({ attack: "a", withControl: verdict(true) }, false)).toBe("notStopped");
  expect(stageOf({ attack: "a", withControl: verdict(false), withoutControl: verdict(false) }, false)).toBe(
    "noEffect",
  );
  expect(stageOf({ attack: "a", withControl: verdict(false), withoutControl: verdict(true) }, false)).toBe(
    "passed",
  );
});
