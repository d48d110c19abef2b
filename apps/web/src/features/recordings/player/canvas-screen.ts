/** What the browser can make of a JPEG; undefined when it cannot. */
async function decodeJpeg(bytes: Uint8Array, width?: number): Promise<ImageBitmap | undefined> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "image/jpeg" });
  const options = width === undefined ? undefined : { resizeWidth: width, resizeQuality: "low" as const };
  return createImageBitmap(blob, options).catch(() => undefined);
}

/** Draws at the picture's own size, or at a width; false when it is no picture. */
export async function drawJpeg(
  canvas: HTMLCanvasElement,
  bytes: Uint8Array,
  width?: number,
): Promise<boolean> {
  const bitmap = await decodeJpeg(bytes, width);
  if (bitmap === undefined) return false;
  if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
  }
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return true;
}
