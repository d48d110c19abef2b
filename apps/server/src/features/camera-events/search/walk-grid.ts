type Place = readonly [x: number, y: number];

/** Between two places of a path every cell counts that a line between them touches, near enough. */
const STEPS_PER_CELL = 2;

/** In how many of the paths each cell of a grid was walked over; places are shares of the picture. */
export function walkGrid(paths: readonly (readonly Place[])[], columns: number, rows: number): number[] {
  const cells = new Array<number>(columns * rows).fill(0);
  for (const path of paths)
    for (const cell of cellsOf(path, columns, rows)) cells[cell] = (cells[cell] ?? 0) + 1;
  return cells;
}

function cellsOf(path: readonly Place[], columns: number, rows: number): ReadonlySet<number> {
  const visited = new Set<number>();
  const clamp = (value: number, most: number): number => Math.max(0, Math.min(most - 1, Math.floor(value)));
  for (const [i, [x, y]] of path.entries()) {
    const [lastX, lastY] = path[i - 1] ?? [x, y];
    const cellsBetween = Math.max(Math.abs(x - lastX) * columns, Math.abs(y - lastY) * rows);
    const steps = Math.max(1, Math.ceil(cellsBetween * STEPS_PER_CELL));
    for (let step = 1; step <= steps; step++) {
      const share = step / steps;
      const column = clamp((lastX + (x - lastX) * share) * columns, columns);
      const row = clamp((lastY + (y - lastY) * share) * rows, rows);
      visited.add(row * columns + column);
    }
  }
  return visited;
}
