import type { Size } from "../detector.ts";

export interface Cell {
  readonly column: number;
  readonly row: number;
  readonly stride: number;
}

/** How many cells the grids of these strides have together. */
export const cellCount = ({ width, height }: Size, strides: readonly number[]): number =>
  strides.reduce((sum, stride) => sum + Math.ceil(width / stride) * Math.ceil(height / stride), 0);

/** The cells of all grids as models list them: finest grid first, row by row. */
export function cellsOf({ width, height }: Size, strides: readonly number[]): Cell[] {
  return strides.flatMap((stride) => {
    const columns = Math.ceil(width / stride);
    return Array.from({ length: columns * Math.ceil(height / stride) }, (_, i) => ({
      column: i % columns,
      row: Math.floor(i / columns),
      stride,
    }));
  });
}
