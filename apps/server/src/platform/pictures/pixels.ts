import { openPicture } from "@gatehouse/capture/pictures";

const LONGEST_SECONDS = 10;

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel, red first, row by row. */
  readonly rgb: Uint8Array;
}

/**
 * The picture as people see it: turned as its EXIF says, in colours even when it is grey, nothing see-through. `within`:
 * no larger than that, in its own shape; JPEG is decoded at a fraction of its size where that is enough.
 */
export async function pixelsOf(
  bytes: Uint8Array,
  within?: { readonly width: number; readonly height: number },
): Promise<Pixels> {
  const picture = openPicture(bytes).autoOrient();
  const sized =
    within === undefined
      ? picture
      : picture.resize(within.width, within.height, {
          ...{ fit: "inside", kernel: "linear", withoutEnlargement: true, fastShrinkOnLoad: true },
        });
  const { data, info } = await sized
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .timeout({ seconds: LONGEST_SECONDS })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}
