import sharp from "sharp";
import type { Pixels } from "./pixels.ts";

/** Edges in pixels. */
export interface NumberedBox {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

const COLOUR = "#e8590c";
const INK = "#fff";
/** The seven strokes of a figure: corners of a field two wide and four high. */
const STROKES = ["M0 0H2", "M2 0V2", "M2 2V4", "M0 4H2", "M0 2V4", "M0 0V2", "M0 2H2"];
/** Which strokes each figure has. */
const FIGURES = ["012345", "12", "01643", "01632", "5612", "05623", "056423", "012", "0123456", "012356"];

/** PNG of the picture with a frame around each box and its number, from 1 in their order. */
export async function drawBoxes(pixels: Pixels, boxes: readonly NumberedBox[]): Promise<Uint8Array> {
  const { width, height, rgb } = pixels;
  return await sharp(rgb, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(drawingOf(pixels, boxes)) }])
    .png()
    .toBuffer();
}

/** SVG of numbers alone: no text, as a machine without a screen has no fonts. */
function drawingOf({ width, height }: Pixels, boxes: readonly NumberedBox[]): string {
  const unit = Math.max(1, Math.min(width, height) / 240);
  const shapes = boxes.map((box, i) => frameOf(box, unit) + tagOf(box, String(i + 1), unit)).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`;
}

const round = (value: number): string => value.toFixed(1);

function frameOf({ x1, y1, x2, y2 }: NumberedBox, unit: number): string {
  const place = `x="${round(x1)}" y="${round(y1)}" width="${round(x2 - x1)}" height="${round(y2 - y1)}"`;
  return `<rect ${place} fill="none" stroke="${COLOUR}" stroke-width="${round(unit)}"/>`;
}

/** Above the box, or within it at the upper edge of the picture; a twentieth of the picture high. */
function tagOf({ x1, y1 }: NumberedBox, number: string, lineWidth: number): string {
  const [width, height] = [number.length * 3 + 1, 6];
  const unit = 2 * lineWidth;
  const top = y1 - height * unit < 0 ? y1 : y1 - height * unit;
  const figures = [...number]
    .flatMap((figure, i) =>
      [...(FIGURES[Number(figure)] ?? "")].map(
        (stroke) => `<path transform="translate(${1 + i * 3} 1)" d="${STROKES[Number(stroke)]}"/>`,
      ),
    )
    .join("");
  return `<g transform="translate(${round(x1)} ${round(top)}) scale(${unit.toFixed(3)})"><rect width="${width}" height="${height}" fill="${COLOUR}"/><g fill="none" stroke="${INK}" stroke-width="0.6" stroke-linecap="round">${figures}</g></g>`;
}
