import fc from "fast-check";
import { expect, test } from "vitest";
import { fillTensor, letterboxOf, type Preparation, toPicture } from "./letterbox.ts";

const size = fc.record({
  width: fc.integer({ min: 1, max: 2_000 }),
  height: fc.integer({ min: 1, max: 2_000 }),
});
const input = fc.record({
  width: fc.integer({ min: 2, max: 40 }).map((steps) => steps * 32),
  height: fc.integer({ min: 2, max: 40 }).map((steps) => steps * 32),
});
const place = fc.constantFrom("middle" as const, "top left" as const);

const PLAIN: Preparation = {
  order: "rgb",
  mean: [0, 0, 0],
  deviation: [1, 1, 1],
  padding: 7,
  place: "middle",
};

function paint(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly number[],
): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rgb.set(colour(x, y), (y * width + x) * 3);
  return rgb;
}

test("the picture fits whole, touches two edges, and keeps its shape", () => {
  fc.assert(
    fc.property(size, input, place, (picture, into, where) => {
      const box = letterboxOf(picture, into, where);
      expect(box.left + box.width).toBeLessThanOrEqual(into.width);
      expect(box.top + box.height).toBeLessThanOrEqual(into.height);
      expect(box.width === into.width || box.height === into.height).toBe(true);
      const scale = Math.min(into.width / picture.width, into.height / picture.height);
      expect(Math.abs(box.width - Math.max(1, picture.width * scale))).toBeLessThanOrEqual(0.5);
      expect(Math.abs(box.height - Math.max(1, picture.height * scale))).toBeLessThanOrEqual(0.5);
      if (where === "top left") expect([box.left, box.top]).toEqual([0, 0]);
    }),
  );
});

test("a box that goes into the input comes back as it was", () => {
  const shares = fc.tuple(
    ...([0, 1, 2, 3].map(() => fc.double({ min: 0, max: 1, noNaN: true })) as never[]),
  ) as fc.Arbitrary<number[]>;
  fc.assert(
    fc.property(size, input, place, shares, (picture, into, where, [a = 0, b = 0, c = 0, d = 0]) => {
      const box = letterboxOf(picture, into, where);
      const [x1, x2] = [a * picture.width, b * picture.width];
      const [y1, y2] = [c * picture.height, d * picture.height];
      const x = (value: number): number => value * box.scaleX + box.left;
      const y = (value: number): number => value * box.scaleY + box.top;
      const back = toPicture({ x1: x(x1), y1: y(y1), x2: x(x2), y2: y(y2) }, box, picture);
      for (const [got, put] of [
        [back.x1, x1],
        [back.x2, x2],
        [back.y1, y1],
        [back.y2, y2],
      ] as const)
        expect(got).toBeCloseTo(put, 6);
    }),
  );
});

test("no box leaves the picture", () => {
  const anywhere = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(size, input, place, anywhere, anywhere, (picture, into, where, a, b) => {
      const { x1, y1, x2, y2 } = toPicture(
        { x1: a, y1: b, x2: b, y2: a },
        letterboxOf(picture, into, where),
        picture,
      );
      for (const value of [x1, x2]) expect(value >= 0 && value <= picture.width).toBe(true);
      for (const value of [y1, y2]) expect(value >= 0 && value <= picture.height).toBe(true);
    }),
  );
});

test("red stays red: the order of the colours is the model's", () => {
  const rgb = paint(64, 64, () => [200, 100, 50]);
  const tensor = new Float32Array(3 * 64 * 64);
  const channels = (): number[] => [0, 1, 2].map((channel) => tensor[channel * 64 * 64 + 100] as number);
  fillTensor(tensor, { rgb, width: 64, height: 64 }, { width: 64, height: 64 }, PLAIN);
  expect(channels()).toEqual([200, 100, 50]);
  fillTensor(tensor, { rgb, width: 64, height: 64 }, { width: 64, height: 64 }, { ...PLAIN, order: "bgr" });
  expect(channels()).toEqual([50, 100, 200]);
});

test("mean and deviation are of the channel that they stand at", () => {
  const rgb = paint(64, 64, () => [10, 20, 30]);
  const tensor = new Float32Array(3 * 64 * 64);
  const preparation: Preparation = { ...PLAIN, order: "bgr", mean: [1, 2, 3], deviation: [2, 4, 8] };
  fillTensor(tensor, { rgb, width: 64, height: 64 }, { width: 64, height: 64 }, preparation);
  expect([0, 1, 2].map((channel) => tensor[channel * 64 * 64])).toEqual([29 / 2, 18 / 4, 7 / 8]);
});

test("what the picture does not cover is padding, in the model's numbers", () => {
  const rgb = paint(64, 32, () => [90, 90, 90]);
  const tensor = new Float32Array(3 * 64 * 64);
  fillTensor(tensor, { rgb, width: 64, height: 32 }, { width: 64, height: 64 }, PLAIN);
  const row = (y: number): number => tensor[y * 64 + 5] as number;
  expect([row(0), row(15), row(16), row(47), row(48), row(63)]).toEqual([7, 7, 90, 90, 7, 7]);
});

test("a ramp stays a ramp, smaller or larger", () => {
  for (const width of [32, 64, 128, 200]) {
    const rgb = paint(width, width, (x) => [(255 * (x + 0.5)) / width, 0, 0]);
    const tensor = new Float32Array(3 * 64 * 64);
    fillTensor(tensor, { rgb, width, height: width }, { width: 64, height: 64 }, PLAIN);
    for (let x = 2; x < 62; x++)
      expect(Math.abs((tensor[64 * 20 + x] as number) - (255 * (x + 0.5)) / 64)).toBeLessThan(3);
  }
});
