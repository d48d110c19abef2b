import sharp from "sharp";
import { expect, test } from "vitest";
import { lumaOf } from "./index.ts";

const plain = (channels: 1 | 3, background: { r: number; g: number; b: number }) =>
  sharp({ create: { width: 320, height: 240, channels: 3, background } })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .jpeg({ quality: 95 })
    .toBuffer();

test.each([
  ["red", { r: 255, g: 0, b: 0 }, 76],
  ["green", { r: 0, g: 255, b: 0 }, 150],
  ["blue", { r: 0, g: 0, b: 255 }, 29],
  ["white", { r: 255, g: 255, b: 255 }, 255],
])("%s is as bright as Rec. 601 says", async (_name, background, expected) => {
  const luma = await lumaOf(await plain(3, background), 48, 36);
  expect(luma).toHaveLength(48 * 36);
  for (const value of luma) expect(Math.abs(value - expected)).toBeLessThanOrEqual(3);
});

test("a grey picture stays as it is", async () => {
  const luma = await lumaOf(await plain(1, { r: 120, g: 120, b: 120 }), 16, 16);
  expect(luma).toHaveLength(256);
  expect(Math.abs((luma[0] as number) - 120)).toBeLessThanOrEqual(2);
});

test("left stays left and top stays top", async () => {
  const picture = new Uint8Array(64 * 32).fill(20);
  for (let y = 0; y < 8; y++) picture.fill(230, y * 64, y * 64 + 16);
  const bytes = await sharp(picture, { raw: { width: 64, height: 32, channels: 1 } })
    .jpeg({ quality: 95 })
    .toBuffer();
  const luma = await lumaOf(bytes, 4, 4);
  expect(luma[0]).toBeGreaterThan(150);
  for (const corner of [3, 12, 15]) expect(luma[corner]).toBeLessThan(60);
});

test("what is cut off is refused", async () => {
  const bytes = await plain(3, { r: 9, g: 99, b: 199 });
  await expect(lumaOf(bytes.subarray(0, bytes.length / 2), 16, 16)).rejects.toThrow();
  await expect(lumaOf(new Uint8Array(0), 16, 16)).rejects.toThrow();
});
