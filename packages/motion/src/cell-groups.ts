import { CELLS, COLUMNS, PIXELS_PER_CELL, ROWS } from "./grid.ts";

/** Pixels that differ before a cell belongs to a thing. */
export const FOREGROUND_PIXELS = 8;
/** Of these so many must have changed just now somewhere in the thing: else it only stands there. */
const CHANGED_PIXELS = 3;
/** A thing fills its cells so far on average, raindrops do not; one of a single cell fills half of it. */
const AVERAGE_PIXELS = 12;
const LONE_PIXELS = PIXELS_PER_CELL / 2;

/** Cells that hang together, diagonals too, and in which something changes: each group is one thing that moves. */
export class CellGroups {
  /** Of each cell the size in cells of the thing that it belongs to; 0 for none. */
  readonly sizes = new Uint16Array(CELLS);
  readonly #visited = new Uint8Array(CELLS);
  readonly #members = new Uint16Array(CELLS);

  /**
   * @param foreground pixels of each cell that differ from the background
   * @param changed pixels of each cell that differ from a moment ago
   * @param watched 1 where a cell counts
   * @returns size of the largest thing
   */
  find(foreground: Uint8Array, changed: Uint8Array, watched: Uint8Array): number {
    const visited = this.#visited;
    this.sizes.fill(0);
    for (let cell = 0; cell < CELLS; cell++)
      visited[cell] = watched[cell] === 1 && (foreground[cell] as number) >= FOREGROUND_PIXELS ? 0 : 1;
    let largest = 0;
    for (let cell = 0; cell < CELLS; cell++) {
      if (visited[cell] === 1) continue;
      const size = this.#gather(cell);
      if (!this.#moves(size, foreground, changed)) continue;
      for (let i = 0; i < size; i++) this.sizes[this.#members[i] as number] = size;
      largest = Math.max(largest, size);
    }
    return largest;
  }

  /** Collects everything that hangs together with a cell; answers how many cells that is. */
  #gather(first: number): number {
    const [members, visited] = [this.#members, this.#visited];
    let size = 0;
    const add = (cell: number): void => {
      visited[cell] = 1;
      members[size++] = cell;
    };
    add(first);
    for (let i = 0; i < size; i++) {
      const cell = members[i] as number;
      const [row, column] = [Math.floor(cell / COLUMNS), cell % COLUMNS];
      for (let y = Math.max(0, row - 1); y <= Math.min(ROWS - 1, row + 1); y++)
        for (let x = Math.max(0, column - 1); x <= Math.min(COLUMNS - 1, column + 1); x++)
          if (visited[y * COLUMNS + x] === 0) add(y * COLUMNS + x);
    }
    return size;
  }

  #moves(size: number, foreground: Uint8Array, changed: Uint8Array): boolean {
    let pixels = 0;
    let changes = false;
    for (let i = 0; i < size; i++) {
      const cell = this.#members[i] as number;
      pixels += foreground[cell] as number;
      changes ||= (changed[cell] as number) >= CHANGED_PIXELS;
    }
    return changes && pixels >= (size === 1 ? LONE_PIXELS : size * AVERAGE_PIXELS);
  }
}
