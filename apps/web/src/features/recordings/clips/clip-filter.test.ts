import { expect, test } from "vitest";
import { clipFilter } from "./clip-filter.ts";

test("what the address says becomes the question, and what it says wrongly is left out", () => {
  expect(
    clipFilter(
      { kind: "person", class: "dog", people: "2", verdict: "none", q: "gate", hour: "7" },
      "Europe/Paris",
    ),
  ).toEqual({
    ...{ kinds: "person", classes: "dog", minPeople: "2", verdict: "none", q: "gate" },
    hour: "7",
  });
  expect(clipFilter({ people: "many", verdict: "guilty", weekday: "8", hour: "24", q: "" }, "UTC")).toEqual(
    {},
  );
  expect(clipFilter({ from: "2026-07-01", to: "2026-07-01" }, "Europe/Paris")).toEqual({
    fromMs: String(Date.UTC(2026, 5, 30, 22)),
    toMs: String(Date.UTC(2026, 6, 1, 22)),
  });
});
