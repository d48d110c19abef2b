/** Five columns by seven rows a sign, a row in five bits. */
const SIGNS: Readonly<Record<string, readonly number[]>> = {
  "0": [14, 17, 19, 21, 25, 17, 14],
  "1": [4, 12, 4, 4, 4, 4, 14],
  "2": [14, 17, 1, 2, 4, 8, 31],
  "3": [31, 2, 4, 2, 1, 17, 14],
  "4": [2, 6, 10, 18, 31, 2, 2],
  "5": [31, 16, 30, 1, 1, 17, 14],
  "6": [6, 8, 16, 30, 17, 17, 14],
  "7": [31, 1, 2, 4, 8, 8, 8],
  "8": [14, 17, 17, 14, 17, 17, 14],
  "9": [14, 17, 17, 15, 1, 2, 12],
  "-": [0, 0, 0, 31, 0, 0, 0],
  ":": [0, 12, 12, 0, 12, 12, 0],
  ".": [0, 0, 0, 0, 0, 12, 12],
};
const PITCH = 6;
const ROWS = 7;
const INK = 236;
const OUTLINE = 0.35;

/** Writes digits as cameras do, in the middle of the upper edge, readable on light and dark. Other signs are gaps. */
export function writeCaption(rgb: Uint8ClampedArray, width: number, text: string): void {
  const left = Math.max(1, Math.floor((width - text.length * PITCH) / 2));
  const top = 8;
  const ink: number[] = [];
  for (const [i, sign] of [...text].entries())
    for (const [row, bits] of (SIGNS[sign] ?? []).entries())
      for (let column = 0; column < 5; column++)
        if ((bits >> (4 - column)) & 1 && row < ROWS)
          ink.push((top + row) * width + left + i * PITCH + column);
  const around = new Set(ink.flatMap((at) => [at - 1, at + 1, at - width, at + width, at + width + 1]));
  for (const at of around) for (const k of [0, 1, 2]) rgb[at * 3 + k] = (rgb[at * 3 + k] as number) * OUTLINE;
  for (const at of ink) rgb.fill(INK, at * 3, at * 3 + 3);
}
