import sharp from "sharp";

const MAX_LINES = 4;
const MAX_LINE_LENGTH = 120;
/** Of the picture's height, and of the letters' own. */
const LETTERS = 0.032;
const MIN_LETTERS_PIXELS = 11;
const LINE_HEIGHT = 1.35;
/** Letters are about so wide, of their height. */
const LETTER_WIDTH = 0.6;

/** The letters are white. */
const DRAWN = 200;

/**
 * A picture of that size, clear but for lines of text at its foot, readable on anything (PNG). Rejects where nothing of
 * them is drawn: on a system without a font.
 */
export async function drawCaption(
  text: string,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Uint8Array> {
  const lines = text
    .split("\n")
    .slice(0, MAX_LINES)
    .map((line) => line.slice(0, MAX_LINE_LENGTH));
  const longest = Math.max(1, ...lines.map(({ length }) => length));
  const fitting = (width * 0.96) / (longest * LETTER_WIDTH);
  const size = Math.max(6, Math.min(Math.max(MIN_LETTERS_PIXELS, height * LETTERS), fitting));
  const foot = lines.length * size * LINE_HEIGHT + size * 0.6;
  const rows = lines.map((line, at) => {
    const y = height - foot + size * 1.2 + at * size * LINE_HEIGHT;
    return `<text x="${(width * 0.02).toFixed(1)}" y="${y.toFixed(1)}">${escaped(line)}</text>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect y="${(height - foot).toFixed(1)}" width="${width}" height="${foot.toFixed(1)}" fill="#000" fill-opacity="0.55"/><g fill="#fff" font-family="sans-serif" font-size="${size.toFixed(1)}">${rows.join("")}</g></svg>`;
  const picture = await sharp(Buffer.from(svg)).png().toBuffer();
  const { channels } = await sharp(picture).stats();
  if (/\S/.test(text) && (channels[0]?.max ?? 0) < DRAWN)
    throw new Error("there is no font to draw a caption with");
  return picture;
}

/** As text in XML 1.0; what no document may hold is left out. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\ufffe\uffff]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
