import sharp from "sharp";
import { expect, test } from "vitest";
import { drawBoxes, pixelsOf } from "./index.ts";

const green = { r: 20, g: 120, b: 20 };
const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: green } })
    .jpeg({ quality: 95 })
    .toBuffer();

const pixelAt = ({ rgb, width }: { rgb: Uint8Array; width: number }, x: number, y: number): number[] => [
  ...rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];
const isNear = (one: readonly number[], other: readonly number[]): boolean =>
  one.every((value, i) => Math.abs(value - (other[i] as number)) < 40);

test("all pixels of a picture come in three colours, also of a grey or see-through one", async () => {
  const found = await pixelsOf(await picture(32, 16));
  expect([found.width, found.height, found.rgb.length]).toEqual([32, 16, 32 * 16 * 3]);
  expect(isNear(pixelAt(found, 5, 5), [20, 120, 20])).toBe(true);
  const grey = await sharp({ create: { width: 8, height: 8, channels: 3, background: green } })
    .greyscale()
    .png()
    .toBuffer();
  expect((await pixelsOf(grey)).rgb).toHaveLength(8 * 8 * 3);
  const clear = await sharp({
    create: { width: 8, height: 8, channels: 4, background: { ...green, alpha: 0.5 } },
  })
    .png()
    .toBuffer();
  expect((await pixelsOf(clear)).rgb).toHaveLength(8 * 8 * 3);
});

test("a picture is turned as its camera says", async () => {
  const lying = await sharp(await picture(32, 16))
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  expect(await pixelsOf(lying)).toMatchObject({ width: 16, height: 32 });
});

test("a frame stands around each box, the picture within it stays", async () => {
  const drawn = await drawBoxes(await pixelsOf(await picture(480, 480)), [
    { x1: 100, y1: 150, x2: 200, y2: 300 },
  ]);
  const found = await pixelsOf(drawn);
  expect(found).toMatchObject({ width: 480, height: 480 });
  for (const [x, y] of [
    [100, 200],
    [200, 200],
    [150, 150],
    [150, 300],
  ] as const)
    expect(isNear(pixelAt(found, x, y), [232, 89, 12])).toBe(true);
  expect(isNear(pixelAt(found, 150, 220), [20, 120, 20])).toBe(true);
  expect(isNear(pixelAt(found, 300, 220), [20, 120, 20])).toBe(true);
});

test("a box at the edge, of no size, or the hundredth, is drawn as well", async () => {
  const edge = Array.from({ length: 100 }, () => ({ x1: 0, y1: 0, x2: 0, y2: 0 }));
  expect((await pixelsOf(await drawBoxes(await pixelsOf(await picture(40, 30)), edge))).width).toBe(40);
});
