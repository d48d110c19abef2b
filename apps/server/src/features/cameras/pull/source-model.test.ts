import { expect, test } from "vitest";
import { inTurns } from "./source-model.ts";

test("organisations take turns, each with its oldest first", () => {
  const sources = ["a1", "a2", "a3", "b1", "c1", "c2"].map((name) => ({ name, tenantId: name.slice(0, 1) }));
  expect(inTurns(sources).map(({ name }) => name)).toEqual(["a1", "b1", "c1", "a2", "c2", "a3"]);
});
