import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { WORDS } from "./words.ts";

it("every text of the page is there in French, and none is left over", () => {
  const page = readFileSync(new URL("page.html", import.meta.url), "utf8");
  const named = [...page.matchAll(/data-text="(\w+)">([^<]+)</g)];
  expect(named.map(([, name]) => name).sort()).toEqual(Object.keys(WORDS.fr.texts).sort());
  for (const [, name = "", english] of named) expect(WORDS.fr.texts[name]).not.toBe(english);
});

it("French has its spaces before colons and semicolons", () => {
  for (const text of Object.values(WORDS.fr.texts)) expect(text).not.toMatch(/(?<!\u00a0):|(?<!\u202f);/);
});
