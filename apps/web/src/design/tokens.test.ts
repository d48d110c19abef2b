import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

/** Token name → [light, dark] as #rrggbb. */
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name, light, dark]) => [name as string, [light as string, dark as string] as const] as const,
  ),
);

/** Relative luminance (WCAG 2.2 §1.4.3). */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [bright, dim] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

const meanings = ["ok", "warn", "danger", "quarantine"];
const textPairs = [
  ...["ink", "ink-2", "ink-3", "accent", ...meanings].flatMap((text) =>
    ["canvas", "surface", "sunken"].map((ground) => [text, ground]),
  ),
  ...[...meanings, "off"].flatMap((meaning) => [
    [meaning, `${meaning}-soft`],
    ["ink-2", `${meaning}-soft`],
  ]),
  ["accent-2", "accent-soft"],
  ["ink", "accent-soft"],
  ["ink-2", "accent-soft"],
  ["on-accent", "accent"],
  ["on-accent-fill", "accent-fill"],
  ["surface", "danger"],
] as [string, string][];
const graphicPairs = [
  ...["ok", "warn", "danger", "quarantine", "off"].map((meaning) => [`${meaning}-mark`, "surface"]),
  ...[1, 2, 3, 4, 5, 6].map((n) => [`series-${n}`, "surface"]),
  ["focus", "surface"],
] as [string, string][];

describe("the colour tokens", () => {
  it.each([
    ["light", 0],
    ["dark", 1],
  ] as const)("give text 4.5:1 and graphics 3:1 in the %s theme", (_theme, column) => {
    const of = (name: string) => (tokens.get(name) ?? expect.fail(`no token --${name}`))[column];
    for (const [text, ground] of textPairs) {
      expect(contrast(of(text), of(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
    for (const [mark, ground] of graphicPairs) {
      expect(contrast(of(mark), of(ground)), `${mark} on ${ground}`).toBeGreaterThanOrEqual(3);
    }
  });
});
