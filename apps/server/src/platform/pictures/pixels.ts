import { openPicture } from "./sharp.ts";

const LONGEST_SECONDS = 10;

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel, red first, row by row. */
  readonly rgb: Uint8Array;
}

/** The picture as people see it: turned as its EXIF says, in colours even when it is grey, nothing see-through. */
export async function pixelsOf(bytes: Uint8Array): Promise<Pixels> {
  const { data, info } = await openPicture(bytes)
    .autoOrient()
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .timeout({ seconds: LONGEST_SECONDS })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}
