import { expect, test } from "vitest";
import { findDraftProblem, without } from "./grant-draft.ts";

const grant = (pattern: string, publish = true, subscribe = false) => ({ pattern, publish, subscribe });
const others = [grant("house/#")];

test.each([
  ["house/+/temperature", undefined],
  ["Küche/Licht", undefined],
  ["house/#", "repeated"],
  ["", "empty"],
  ["a+/b", "wildcard"],
  ["#", "wildcard_first"],
  ["+/b", "wildcard_first"],
  ["$SYS/broker", "system"],
  ["gh/boiler/up/telemetry", "reserved"],
  ["a/b/c/d/e/f/g/h/i", "too_deep"],
  ["é".repeat(129), "too_long"],
  ["a\u0000b", "characters"],
])("%j beside another grant: %s", (pattern, problem) => {
  expect(findDraftProblem(grant(pattern), others)).toBe(problem);
});

test("a grant allows something, and may keep its own pattern while it is changed", () => {
  expect(findDraftProblem(grant("a", false, false), others)).toBe("nothing_allowed");
  expect(findDraftProblem(grant("house/#", false, true), without(others, others[0]))).toBeUndefined();
});
