import fc from "fast-check";
import { expect, test } from "vitest";
import { FilterTrie } from "./filter-trie.ts";
import { coversFilter, isTopicFilter, isTopicName, matchesFilter } from "./topic.ts";

const level = fc.constantFrom("a", "b", "c", "", "long name");
const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join("/"));
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant("+")), { minLength: 0, maxLength: 4 }), fc.boolean())
  .map(([levels, isOpen]) => [...levels, ...(isOpen || levels.length === 0 ? ["#"] : [])].join("/"));

test.each([
  ["a/b", "a/b", true],
  ["a/+", "a/b", true],
  ["a/+", "a/b/c", false],
  ["a/#", "a", true],
  ["a/#", "a/b/c", true],
  ["+/+", "/a", true],
  ["#", "$SYS/broker", false],
  ["+/broker", "$SYS/broker", false],
  ["$SYS/#", "$SYS/broker", true],
])("filter %s on topic %s: %s", (wide, name, expected) => {
  expect(matchesFilter(wide, name)).toBe(expected);
});

test.each([
  ["gh/x/down/#", "gh/x/down/command", true],
  ["gh/x/down/#", "gh/x/down/+", true],
  ["gh/x/down/#", "gh/x/#", false],
  ["gh/x/down/#", "gh/+/down/#", false],
  ["gh/x/down/#", "#", false],
  ["a/+", "a/#", false],
  ["a/+", "a/+", true],
])("a grant of %s covers a subscription to %s: %s", (wide, narrow, expected) => {
  expect(coversFilter(wide, narrow)).toBe(expected);
});

test("what a covered filter takes, the wide one takes too", () => {
  fc.assert(
    fc.property(filter, filter, topic, (wide, narrow, name) => {
      fc.pre(coversFilter(wide, narrow) && matchesFilter(narrow, name));
      expect(matchesFilter(wide, name)).toBe(true);
    }),
  );
});

test("the trie finds exactly the filters that match, also after some were taken out", () => {
  fc.assert(
    fc.property(
      fc.array(filter, { maxLength: 12 }),
      topic,
      fc.integer({ min: 0, max: 11 }),
      (filters, name, gone) => {
        const trie = new FilterTrie<string>();
        for (const [i, text] of filters.entries()) trie.set(text, String(i), `${i} ${text}`);
        const removed = filters[gone];
        if (removed !== undefined) trie.delete(removed, String(gone));
        const expected = filters
          .map((text, i) => ({ text, i }))
          .filter(({ text, i }) => i !== gone && matchesFilter(text, name));
        expect(trie.match(name).sort()).toEqual(expected.map(({ text, i }) => `${i} ${text}`).sort());
        expect(trie.size).toBe(filters.length - (removed === undefined ? 0 : 1));
      },
    ),
  );
});

test("topic names have no wildcard, no control character and bounded length and depth", () => {
  expect(isTopicName("gh/boiler/up/telemetry")).toBe(true);
  expect(isTopicName("Küche/温度")).toBe(true);
  for (const bad of ["", "a/+/b", "a/#", "a\u0000b", "a\nb", "x".repeat(257), "a/".repeat(8), "\ud800"])
    expect(isTopicName(bad), JSON.stringify(bad)).toBe(false);
});

test("a wildcard fills a whole level, and # only the last", () => {
  for (const good of ["#", "+", "a/+/b", "a/#", "+/#"]) expect(isTopicFilter(good), good).toBe(true);
  for (const bad of ["a#", "a/#/b", "a+/b", "+a", "##", ""]) expect(isTopicFilter(bad), bad).toBe(false);
});
