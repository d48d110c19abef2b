import { expect, it } from "vitest";
import { writeCaption } from "./caption.ts";

const WIDTH = 64;
const lit = (text: string): number => {
  const rgb = new Uint8ClampedArray(WIDTH * 20 * 3).fill(100);
  writeCaption(rgb, WIDTH, text);
  return rgb.filter((value) => value > 200).length / 3;
};

it("writes digits as light pixels with a dark rim, and nothing for a sign that it does not know", () => {
  expect(lit("8")).toBeGreaterThan(lit("1"));
  expect(lit("12:34")).toBe(lit("1") + lit("2") + lit(":") + lit("3") + lit("4"));
  expect(lit("é")).toBe(0);
});
