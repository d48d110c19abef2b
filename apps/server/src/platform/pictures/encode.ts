import sharp from "sharp";

/** Three bytes a pixel as JPEG, with the tables of the standard as small cameras use them. */
export function encodePicture(
  rgb: Uint8Array | Uint8ClampedArray,
  size: { readonly width: number; readonly height: number },
  quality: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return sharp(rgb, { raw: { ...size, channels: 3 } })
    .jpeg({ quality, chromaSubsampling: "4:2:0", optimizeCoding: false })
    .toBuffer() as Promise<Uint8Array<ArrayBuffer>>;
}
