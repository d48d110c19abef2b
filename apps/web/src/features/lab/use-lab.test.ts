import type { lab } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { controlsOf, stageOf, throughWithout } from "./use-lab.ts";

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

test("what a control holds back are the attacks that got through without it", () => {
  const attacks = ["a", "b", "c"].map((name) => ({ name, control: name === "c" ? "two" : "one" })) as never;
  const run = {
    entries: [
      { attack: "a", withControl: verdict(false), withoutControl: verdict(true) },
      { attack: "b", withControl: verdict(false) },
      { attack: "c", withControl: verdict(false), withoutControl: verdict(true) },
    ],
  } as unknown as lab.LabRun;
  const names = (off: string[]) => throughWithout(attacks, run, new Set(off)).map(({ name }) => name);
  expect(controlsOf(attacks)).toEqual(["one", "two"]);
  expect(names([])).toEqual([]);
  expect(names(["one"])).toEqual(["a"]);
  expect(names(["one", "two"])).toEqual(["a", "c"]);
  expect(throughWithout(attacks, undefined, new Set(["one"]))).toEqual([]);
});
