import { virtualClock } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import { RollingBudget } from "./index.ts";

test("a budget gives so many within the time, says how long to wait, and knows each key by itself", () => {
  const clock = virtualClock();
  const budget = new RollingBudget(clock, 2, 60_000);
  expect([budget.takeOrWaitMs("a"), budget.takeOrWaitMs("a")]).toEqual([0, 0]);
  clock.advance(20_000);
  expect([budget.takeOrWaitMs("a"), budget.takeOrWaitMs("b")]).toEqual([40_000, 0]);
  clock.advance(40_000);
  expect(budget.takeOrWaitMs("a")).toBe(0);
});
