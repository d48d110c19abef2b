import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ASVS_LEVELS } from "./asvs-levels.ts";
import { parsePage, problemsOf, type Row, STATES } from "./asvs-table.ts";
import { ROOT } from "./sources.ts";

const LIST = join(ROOT, "../shared/checklists/asvs-5.0.0-en.csv");

const text = readFileSync(join(ROOT, "docs/asvs.md"), "utf8");
const page = parsePage(text);
const written = [...page.rows.map(({ id }) => id), ...page.outside];
const chapterOf = (id: string): string => id.slice(0, id.indexOf("."));

const asked = Object.entries(ASVS_LEVELS)
  .flatMap(([section, levels]) =>
    [...levels].map((level, index) => ({ id: `${section}.${index + 1}`, level })),
  )
  .filter(({ level }) => level !== "3");

test("every requirement of level 1 and 2 stands in docs/asvs.md once, and nothing else", () => {
  expect(asked).toHaveLength(253);
  expect(written.toSorted()).toEqual(asked.map(({ id }) => id).toSorted());
  expect(new Set(written).size).toBe(written.length);
  const levels = new Map(asked.map(({ id, level }) => [id, level]));
  expect(page.rows.filter(({ id, level }) => levels.get(id) !== level).map(({ id }) => id)).toEqual([]);
});

test("what docs/asvs.md names exists: files, and tests by their names", () => {
  expect(page.rows.flatMap((row) => problemsOf(row, ROOT))).toEqual([]);
});

test("only the chapters of OAuth and WebRTC are left out as a whole", () => {
  expect(new Set([...page.outside.map(chapterOf), "V10", "V17"]).size).toBe(2);
});

test("at most forty requirements have a reason in place of a test, and the page's figures are true", () => {
  const count = (state: string): number => page.rows.filter((row) => row.state === state).length;
  expect(count("reason")).toBeLessThanOrEqual(40);
  expect(text).toContain(
    `**${written.length}** requirements: **${count("met")}** met, **${count("setting")}** by setting, ` +
      `**${count("reason")}** with a reason, **${page.outside.length}** of chapters that do not apply.`,
  );
});

test("a row that is wrong is found", () => {
  const row: Row = { id: "V0.0.1", level: "1", asked: "a", how: "b", shown: [], state: "met" };
  const found = (change: Partial<Row>): string => problemsOf({ ...row, ...change }, ROOT).join("; ");
  const here = "tests/architecture/asvs.test.ts";
  expect(found({})).toContain("names no test");
  expect(found({ state: "setting" })).toContain("names nothing");
  expect(found({ state: "done" })).toContain("no state");
  expect(found({ how: "" })).toContain("empty");
  expect(found({ shown: [{ path: "tests/nowhere.test.ts" }] })).toContain("there is no");
  expect(found({ shown: [{ path: here, title: "a title of".concat(" no test") }] })).toContain("has no test");
  expect(found({ shown: [{ path: here, title: "a row that is wrong is found" }] })).toBe("");
  expect(STATES.map((state) => found({ state, shown: [{ path: here }] }))).toEqual(["", "", ""]);
  expect(() => parsePage("| V1.1.1 | 2 | a | b | `c` | met | d |")).toThrow("six columns");
});

test.skipIf(!existsSync(LIST))(
  "the ids are those of the list (skipped when ../shared/checklists is not beside the checkout)",
  () => {
    const list = readFileSync(LIST, "utf8");
    const ids = [...list.matchAll(/^V\d+,.*?,(V\d+\.\d+\.\d+),(?:"(?:[^"]|"")*"|[^"\n]*),([123])\r?$/gm)];
    const levels = Object.entries(ASVS_LEVELS).flatMap(([section, digits]) =>
      [...digits].map((level, index) => `${section}.${index + 1} ${level}`),
    );
    expect(ids.map(([, id, level]) => `${id} ${level}`)).toEqual(levels);
  },
);
