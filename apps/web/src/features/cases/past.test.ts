import { expect, test } from "vitest";
import { pastOf } from "./past.ts";

test("what happened to a case is told newest first, with who did it", () => {
  const one = { id: "case", createdMs: 10, createdBy: "Ada" };
  const items = [
    { id: "clip", addedMs: 10, addedBy: "Ada", clip: { hidden: true as const } },
    {
      ...{ id: "note", addedMs: 20, note: { text: "He came back.", versions: 0 } },
      removed: { atMs: 40, by: "Bo", restorableMs: 90 },
    },
  ];
  const past = pastOf(one, items, [{ id: "export", askedMs: 30, askedBy: "Ada" }], []);
  expect(past.map(({ what, by }) => [what, by])).toEqual([
    ["removed", "Bo"],
    ["exported", "Ada"],
    ["note", undefined],
    ["clip", "Ada"],
    ["opened", "Ada"],
  ]);
});
