/** How many cameras stand side by side on one page. */
export const GRIDS = ["1", "4", "6", "9", "16"] as const;
export type Grid = (typeof GRIDS)[number];

export interface GridShape {
  readonly columns: number;
  readonly rows: number;
}

const SHAPES: Readonly<Record<Grid, GridShape>> = {
  "1": { columns: 1, rows: 1 },
  "4": { columns: 2, rows: 2 },
  "6": { columns: 3, rows: 2 },
  "9": { columns: 3, rows: 3 },
  "16": { columns: 4, rows: 4 },
};

/** Frames a second that are asked for: a small picture among many needs fewer; alone, it gets all there are. */
const PACES: Readonly<Record<Grid, number | undefined>> = {
  "1": undefined,
  "4": 25,
  "6": 20,
  "9": 15,
  "16": 10,
};

export const LARGEST_GRID: Grid = "16";

export const isGrid = (text: string | undefined): text is Grid =>
  (GRIDS as readonly (string | undefined)[]).includes(text);

/** The smallest grid that holds them all. */
export const gridFor = (cameras: number): Grid =>
  GRIDS.find((grid) => cameras <= Number(grid)) ?? LARGEST_GRID;

export const shapeOf = (grid: Grid): GridShape => SHAPES[grid];

export const paceOf = (grid: Grid): number | undefined => PACES[grid];

/** Where the page begins that holds camera number `offset`; 0 for an address typed by hand that means nothing. */
export function pageStart(offset: string | undefined, grid: Grid): number {
  const wished = Number.parseInt(offset ?? "", 10);
  const size = Number(grid);
  return Number.isNaN(wished) || wished < 0 ? 0 : Math.floor(wished / size) * size;
}
