import { openPicture } from "./sharp.ts";

/**
 * Brightness of each pixel of the picture at this size, row by row; its shape is not kept. JPEG is decoded at half, a
 * quarter or an eighth of its size where that is enough.
 */
export async function lumaOf(bytes: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  return openPicture(bytes)
    .resize(width, height, { fit: "fill", kernel: "linear", fastShrinkOnLoad: true })
    .greyscale()
    .raw()
    .toBuffer();
}
