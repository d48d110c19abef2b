import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { ClipSegment } from "../clip/clip-report.ts";
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

it("one of something is said in the singular, in both languages", () => {
  const segment: ClipSegment = {
    ...{ segment: "s", state: "proven", firstMs: 0, lastMs: 1_000, frames: 1, found: 1 },
    ...{ signedBy: "camera", loggedAt: null, witnessed: null, afterGap: false },
  };
  const said = { ok: true, camera: "c", fromMs: 0, toMs: 1_000 };
  const report = { ...said, segments: [segment], problems: [], problemCount: 0 };
  const [english, , own] = WORDS.en.clipStatements(report);
  expect(english).toContain("with 1 frame and 1 record of what");
  expect(own).toContain("1 of them was signed");
  const [french, , frenchOwn] = WORDS.fr.clipStatements(report);
  expect(french).toContain("1 segment sur 1 entier et tel que signé, avec 1 image et 1 relevé de ce");
  expect(frenchOwn).toContain("1 d’entre eux a été signé");
});
