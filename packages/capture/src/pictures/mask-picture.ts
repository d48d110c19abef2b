import { openPicture } from "./open-picture.ts";

/** Corners as shares of width and height. */
export type MaskArea = readonly (readonly [x: number, y: number])[];

/** As small cameras encode: details stay, the size too. */
const QUALITY = 82;
const LONGEST_SECONDS = 5;
/** Black beyond the edge of each area, so that no half of a pixel shows. */
const MARGIN_PIXELS = 2;

/**
 * The picture as people see it (turned as its EXIF says, without any metadata) with these areas black. Rejects when it
 * cannot be decoded.
 */
export async function maskPicture(
  jpeg: Uint8Array,
  areas: readonly MaskArea[],
): Promise<{ readonly bytes: Uint8Array; readonly width: number; readonly height: number }> {
  const { width, height } = (await openPicture(jpeg).metadata()).autoOrient;
  const { data, info } = await openPicture(jpeg)
    .autoOrient()
    .composite([{ input: Buffer.from(drawingOf(areas, width, height)) }])
    .jpeg({ quality: QUALITY, chromaSubsampling: "4:2:0" })
    .timeout({ seconds: LONGEST_SECONDS })
    .toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}

/** SVG of numbers alone. */
function drawingOf(areas: readonly MaskArea[], width: number, height: number): string {
  const points = (area: MaskArea): string =>
    area.map(([x, y]) => `${(x * width).toFixed(1)},${(y * height).toFixed(1)}`).join(" ");
  const shapes = areas.map((area) => `<polygon points="${points(area)}"/>`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g fill="#000" stroke="#000" stroke-width="${2 * MARGIN_PIXELS}" stroke-linejoin="round">${shapes}</g></svg>`;
}
