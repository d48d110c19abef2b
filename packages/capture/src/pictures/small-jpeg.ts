import sharp from "sharp";
import { openPicture } from "./open-picture.ts";

/** Decoded pixels, three bytes each, red first. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

const LONGEST_SIDE = 640;
const QUALITIES = [80, 60, 40, 20] as const;

/** Small enough for a message, without metadata; undefined where that cannot be. */
export async function smallJpeg(
  picture: Uint8Array | RgbPicture,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  for (const quality of QUALITIES) {
    const opened =
      picture instanceof Uint8Array
        ? openPicture(picture).autoOrient()
        : sharp(picture.rgb, { raw: { width: picture.width, height: picture.height, channels: 3 } });
    const jpeg = await opened
      .resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: "inside", withoutEnlargement: true })
      .jpeg({ quality })
      .toBuffer();
    if (jpeg.length <= maxBytes) return jpeg;
  }
  return undefined;
}
