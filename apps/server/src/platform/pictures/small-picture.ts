import { openPicture } from "@gatehouse/capture/pictures";
import { drawBoxes } from "./draw-boxes.ts";

/** Shares of the picture's width and height; left and upper edge. */
export interface ShareBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const LONGEST_SIDE = 640;
const QUALITIES = [75, 50, 25] as const;

/** A small JPEG of it with a numbered frame around each box, at most this long; undefined where that cannot be. */
export async function smallPicture(
  bytes: Uint8Array,
  boxes: readonly ShareBox[],
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const { data, info } = await openPicture(bytes)
    .autoOrient()
    .resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const edges = boxes.map(({ x, y, ...size }) => ({
    x1: x * width,
    y1: y * height,
    x2: (x + size.width) * width,
    y2: (y + size.height) * height,
  }));
  const drawn = await drawBoxes({ width, height, rgb: data }, edges);
  for (const quality of QUALITIES) {
    const jpeg = await openPicture(drawn).jpeg({ quality }).toBuffer();
    if (jpeg.length <= maxBytes) return jpeg;
  }
  return undefined;
}
