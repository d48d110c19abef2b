import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRange } from "./range.ts";

test("one range is read as RFC 9110 §14.1.2 writes it; others are ignored or outside", () => {
  const cases: [string | undefined, ReturnType<typeof parseRange>][] = [
    [undefined, "whole"],
    ["bytes=0-0", { first: 0, last: 0 }],
    ["bytes=5-", { first: 5, last: 9 }],
    ["bytes=-3", { first: 7, last: 9 }],
    ["bytes=-30", { first: 0, last: 9 }],
    ["bytes=8-30", { first: 8, last: 9 }],
    ["bytes=10-", "outside"],
    ["bytes=-0", "outside"],
    ["bytes=4-3", "whole"],
    ["bytes=0-1,3-4", "whole"],
    ["lines=0-1", "whole"],
    ["bytes=-", "whole"],
    ["bytes=99999999999999999999-", "whole"],
  ];
  expect(cases.map(([header]) => parseRange(header, 10))).toEqual(cases.map(([, range]) => range));
  expect(parseRange("bytes=0-5", 0)).toBe("outside");
});

test("whatever is asked, nothing outside is answered", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(1_000), fc.nat(1_000), fc.nat(1_000), (text, from, to, size) => {
      for (const header of [text, `bytes=${from}-${to}`, `bytes=${from}-`, `bytes=-${to}`]) {
        const range = parseRange(header, size);
        if (typeof range === "string") continue;
        expect(range.first).toBeGreaterThanOrEqual(0);
        expect(range.last).toBeLessThan(size);
        expect(range.first).toBeLessThanOrEqual(range.last);
      }
    }),
  );
});
