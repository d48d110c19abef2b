import type { Clock } from "@gatehouse/base";
import { describe, expect, it } from "vitest";
import { Throttle } from "./throttle.ts";

/** Keeps the last planned call for the test to run. */
function setUp() {
  let planned: (() => void) | undefined;
  const clock: Clock = {
    nowMs: () => 0,
    monotonicMs: () => 0,
    after: (_, run) => {
      planned = run;
      return { cancel: () => undefined };
    },
    every: () => expect.fail("not used"),
  };
  const runs: string[][] = [];
  const throttle = new Throttle<string>(clock, 2_000, (asked) => runs.push([...asked]));
  const endOfPeriod = () => {
    const run = planned;
    planned = undefined;
    run?.();
  };
  return { throttle, runs, endOfPeriod };
}

describe("a throttle", () => {
  it("runs the first request at once and the rest together after the period", () => {
    const { throttle, runs, endOfPeriod } = setUp();
    throttle.ask("a");
    throttle.ask("b", "a");
    throttle.ask("b");
    expect(runs).toEqual([["a"]]);
    endOfPeriod();
    expect(runs).toEqual([["a"], ["b", "a"]]);
  });

  it("runs the next request at once again after a quiet period", () => {
    const { throttle, runs, endOfPeriod } = setUp();
    throttle.ask("a");
    endOfPeriod();
    throttle.ask("c");
    expect(runs).toEqual([["a"], ["c"]]);
  });
});
