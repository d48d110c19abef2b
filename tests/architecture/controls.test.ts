import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ALL_ON } from "../../apps/server/src/platform/controls.ts";
import { codeOnly, ROOT, type SourceFile, sourceFiles } from "./sources.ts";

// The attack lab alone may switch a control off.

const CONTROLS = "apps/server/src/platform/controls.ts";
const isTest = (path: string): boolean => /\.(test|e2e)\.tsx?$|\/testing\//.test(path);

const product: SourceFile[] = ["apps", "packages", "scripts", "bench", "tools"]
  .flatMap((folder) => sourceFiles(ROOT, folder))
  .filter(({ path }) => !isTest(path) && path !== CONTROLS)
  .map(({ path, text }) => ({ path, text: codeOnly(text) }));

/** Ways to name other values than ALL_ON; what is given is passed on or is ALL_ON. */
function switchesOf(code: string): string[] {
  const named = code.match(/(?<![A-Za-z])controls\??\s*:\s*(?!Controls\b|Pick<Controls\b)[^\s,;)]+/g) ?? [];
  const spread = code.match(/\.\.\.ALL_ON|ALL_ON\s*\.|as Controls|: Controls = /g) ?? [];
  const set = Object.keys(ALL_ON).flatMap(
    (name) => code.match(new RegExp(`\\b${name}\\s*:\\s*(?:true|false|!)`, "g")) ?? [],
  );
  return [...named, ...spread, ...set].filter((text) => !/ALL_ON$/.test(text) || text.startsWith("..."));
}

test("nothing in the product can pass other controls than ALL_ON", () => {
  const found = product.flatMap(({ path, text }) => switchesOf(text).map((what) => `${path}: ${what}`));
  expect(found).toEqual([]);
});

test("the search finds a switch where there is one", () => {
  expect(switchesOf("composeApp({ controls: { ...ALL_ON, replayGuard: false } })")).toHaveLength(3);
  expect(switchesOf("const weak = { replayGuard: false } as Controls;")).toHaveLength(2);
  expect(switchesOf("readonly controls?: Controls; const { controls = ALL_ON } = deps")).toEqual([]);
  expect(switchesOf("controls: config.controls,")).toHaveLength(1);
});

test("every control is read in exactly one file", () => {
  for (const name of Object.keys(ALL_ON)) {
    const readers = product.filter(({ text }) => new RegExp(`controls\\.${name}\\b`).test(text));
    expect([name, readers.length]).toEqual([name, 1]);
  }
});

test("the command line and the configuration know no control", () => {
  const files = ["apps/server/src/main.ts", "apps/server/src/platform/config/schema.ts"];
  const cli = sourceFiles(ROOT, "apps/server/src/cli").map(({ path }) => path);
  for (const path of [...files, ...cli])
    expect([path, /controls/i.test(codeOnly(readFileSync(join(ROOT, path), "utf8")))]).toEqual([path, false]);
});
