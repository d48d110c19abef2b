import fc from "fast-check";
import { expect, test } from "vitest";
import { COCO_NAMES, parseClassNames } from "./class-names.ts";

test("COCO has eighty classes, person first", () => {
  expect(COCO_NAMES).toHaveLength(80);
  expect([COCO_NAMES[0], COCO_NAMES[9], COCO_NAMES[79]]).toEqual(["person", "traffic light", "toothbrush"]);
});

test.each([
  ["a dictionary", "{0: 'person', 1: 'dog'}"],
  ["a list", "['person', 'dog']"],
  ["JSON", '["person","dog"]'],
  ["JSON with keys", '{"0": "person", "1": "dog"}'],
  ["a comma at the end", "{0: 'person', 1: 'dog',}"],
])("names are read from %s", (_what, text) => {
  expect(parseClassNames(text)).toEqual(["person", "dog"]);
});

test("quotes, commas and colons may be part of a name", () => {
  expect(parseClassNames(`{0: "dog's bed", 1: 'a, b: c', 2: 'it\\'s'}`)).toEqual([
    "dog's bed",
    "a, b: c",
    "it's",
  ]);
});

test.each([
  "",
  "{}",
  "{1: 'person'}",
  "{0: person}",
  "{0: 'a' 1: 'b'}",
  "['']",
  `['${"x".repeat(65)}']`,
  "['a\nb']",
  "['a",
])("refuses %j", (text) => {
  expect(() => parseClassNames(text)).toThrow(/model_invalid/);
});

test("any text is read or refused, soon", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 2_000, unit: fc.constantFrom(..."{}[]'\",:\\0a ") }), (text) => {
      try {
        parseClassNames(text);
      } catch (error) {
        expect((error as Error).message).toMatch(/model_invalid/);
      }
    }),
    { numRuns: 500 },
  );
});
