import type { Picture } from "./detector.ts";

/** As large as decoders open; a header can promise anything. */
const MAX_PIXELS = 4_096 ** 2;

/** Throws RangeError when a picture's bytes are not what its size says: a mistake of the caller. */
export function assertPicture({ width, height, rgb }: Picture): void {
  const isSize = (pixels: number): boolean => Number.isInteger(pixels) && pixels > 0;
  if (!isSize(width) || !isSize(height) || width * height > MAX_PIXELS || rgb.length !== width * height * 3)
    throw new RangeError(`a picture of ${width} × ${height} with ${rgb.length} bytes`);
}
