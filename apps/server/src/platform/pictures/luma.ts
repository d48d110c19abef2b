import { openPicture } from "@gatehouse/capture/pictures";

/** Rec. 601 weights of red, green and blue, in 256ths. */
const [RED, GREEN, BLUE] = [77, 150, 29];

/**
 * Brightness of each pixel of the picture at this size, row by row; its shape is not kept. JPEG is decoded at half, a
 * quarter or an eighth of its size where that is enough. The weighting of few pixels is done here: libvips would go
 * through floating-point light, at a third of the whole cost.
 */
export async function lumaOf(bytes: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const { data, info } = await openPicture(bytes)
    .resize(width, height, { fit: "fill", kernel: "linear", fastShrinkOnLoad: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { channels } = info;
  if (channels === 1) return data;
  const luma = new Uint8Array(width * height);
  for (let pixel = 0, at = 0; pixel < luma.length; pixel++, at += channels)
    luma[pixel] =
      (RED * (data[at] as number) + GREEN * (data[at + 1] as number) + BLUE * (data[at + 2] as number)) >> 8;
  return luma;
}
