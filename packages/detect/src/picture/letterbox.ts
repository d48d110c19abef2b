import type { Box, Picture, Size } from "../detector.ts";

/** How the pixels of a picture become the numbers that a model was trained with. */
export interface Preparation {
  readonly order: "rgb" | "bgr";
  /** In the order of the channels, 0…255: (value − mean) / deviation. */
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
  /** Around the picture, 0…255. */
  readonly padding: number;
  /** Where the picture stands in the square. */
  readonly place: "middle" | "top left";
}

/** Where a picture stands in a model's input. */
export interface Letterbox extends Size {
  readonly left: number;
  readonly top: number;
  /** Input pixels a picture pixel, across and down: apart by rounding only. */
  readonly scaleX: number;
  readonly scaleY: number;
}

/** As large as it fits without changing its shape. */
export function letterboxOf(picture: Size, input: Size, place: Preparation["place"]): Letterbox {
  const scale = Math.min(input.width / picture.width, input.height / picture.height);
  const width = clamp(Math.round(picture.width * scale), 1, input.width);
  const height = clamp(Math.round(picture.height * scale), 1, input.height);
  const middle = place === "middle";
  return {
    width,
    height,
    left: middle ? Math.floor((input.width - width) / 2) : 0,
    top: middle ? Math.floor((input.height - height) / 2) : 0,
    scaleX: width / picture.width,
    scaleY: height / picture.height,
  };
}

/** From pixels of the input back to those of the picture, cut at its edges. */
export function toPicture<T extends Box>(box: T, { left, top, scaleX, scaleY }: Letterbox, picture: Size): T {
  const x = (value: number): number => clamp((value - left) / scaleX, 0, picture.width);
  const y = (value: number): number => clamp((value - top) / scaleY, 0, picture.height);
  return { ...box, x1: x(box.x1), y1: y(box.y1), x2: x(box.x2), y2: y(box.y2) };
}

/**
 * Writes the picture into a tensor [1, 3, height, width], bilinear between pixel centres as the models' training does.
 * @param tensor filled whole; made once, used for every picture
 */
export function fillTensor(
  tensor: Float32Array,
  { rgb, width, height }: Pick<Picture, "rgb" | "width" | "height">,
  input: Size,
  preparation: Preparation,
): Letterbox {
  const { order, mean, deviation, padding, place } = preparation;
  const box = letterboxOf({ width, height }, input, place);
  const plane = input.width * input.height;
  const factors = deviation.map((value) => 1 / value);
  const shifts = factors.map((factor, channel) => -(mean[channel] as number) * factor);
  for (const [channel, factor] of factors.entries())
    tensor.fill(padding * factor + (shifts[channel] as number), channel * plane, (channel + 1) * plane);
  const across = samples(width, box.width);
  const down = samples(height, box.height);
  for (let y = 0; y < box.height; y++) {
    const upper = (down.first[y] as number) * width;
    const lower = (down.second[y] as number) * width;
    const downShare = down.share[y] as number;
    const row = (box.top + y) * input.width + box.left;
    for (let x = 0; x < box.width; x++) {
      const [first, second] = [across.first[x] as number, across.second[x] as number];
      const share = across.share[x] as number;
      for (let channel = 0; channel < 3; channel++) {
        const colour = order === "rgb" ? channel : 2 - channel;
        const a = rgb[(upper + first) * 3 + colour] as number;
        const b = rgb[(upper + second) * 3 + colour] as number;
        const c = rgb[(lower + first) * 3 + colour] as number;
        const d = rgb[(lower + second) * 3 + colour] as number;
        const above = a + (b - a) * share;
        const below = c + (d - c) * share;
        const value = above + (below - above) * downShare;
        tensor[channel * plane + row + x] =
          value * (factors[channel] as number) + (shifts[channel] as number);
      }
    }
  }
  return box;
}

/** For each of `to` pixels: between which two of `from` it lies, and how near the second. */
function samples(from: number, to: number) {
  const first = new Int32Array(to);
  const second = new Int32Array(to);
  const share = new Float32Array(to);
  for (let i = 0; i < to; i++) {
    const at = clamp(((i + 0.5) * from) / to - 0.5, 0, from - 1);
    first[i] = Math.floor(at);
    second[i] = Math.min(from - 1, Math.floor(at) + 1);
    share[i] = at - Math.floor(at);
  }
  return { first, second, share };
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
