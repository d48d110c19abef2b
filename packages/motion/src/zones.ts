import { CELLS, COLUMNS, ROWS } from "./grid.ts";

/** Corner of an area as shares of the picture's width and height, 0 left or top. */
export type Corner = readonly [x: number, y: number];

export interface MotionZone {
  readonly name: string;
  /** Motion counts inside any `watch` zone (everywhere without one), and in no `ignore` zone. */
  readonly kind: "watch" | "ignore";
  readonly area: readonly Corner[];
}

/** Which cells are watched, and by which zones. */
export interface ZoneMask {
  /** 1 where somebody looks. */
  readonly watched: Uint8Array;
  readonly count: number;
  /** Watched cells of each `watch` zone. */
  readonly zones: readonly { readonly name: string; readonly cells: readonly number[] }[];
}

/**
 * A cell is watched when its centre lies in a watch zone, or when a corner of that zone lies in it: a zone smaller than a
 * cell is still a zone. It is ignored when its centre lies in an ignore zone.
 */
export function zoneMask(zones: readonly MotionZone[]): ZoneMask {
  const ignored = zones.filter(({ kind }) => kind === "ignore").map(({ area }) => area);
  const isIgnored = (cell: number): boolean => ignored.some((area) => contains(area, centreOf(cell)));
  const named = zones
    .filter(({ kind }) => kind === "watch")
    .map(({ name, area }) => {
      const corners = new Set(area.map(cellAt));
      const within = (cell: number): boolean => corners.has(cell) || contains(area, centreOf(cell));
      return { name, cells: ALL_CELLS.filter((cell) => within(cell) && !isIgnored(cell)) };
    });
  const watched = new Uint8Array(CELLS);
  if (named.length === 0) for (const cell of ALL_CELLS) watched[cell] = isIgnored(cell) ? 0 : 1;
  for (const { cells } of named) for (const cell of cells) watched[cell] = 1;
  return { watched, count: watched.reduce((sum, one) => sum + one, 0), zones: named };
}

/** Watch zones that a place lies in; undefined where it is not watched: in an ignore zone, or in none although there are some. */
export function zonesAt<Zone extends MotionZone>(
  zones: readonly Zone[],
  place: Corner,
): readonly Zone[] | undefined {
  const at = zones.filter(({ area }) => contains(area, place));
  if (at.some(({ kind }) => kind === "ignore")) return undefined;
  const isEverywhere = zones.every(({ kind }) => kind === "ignore");
  return at.length > 0 || isEverywhere ? at : undefined;
}

const ALL_CELLS: readonly number[] = Array.from({ length: CELLS }, (_, cell) => cell);

const centreOf = (cell: number): Corner => [
  ((cell % COLUMNS) + 0.5) / COLUMNS,
  (Math.floor(cell / COLUMNS) + 0.5) / ROWS,
];

function cellAt([x, y]: Corner): number {
  const column = Math.min(COLUMNS - 1, Math.floor(x * COLUMNS));
  return Math.min(ROWS - 1, Math.floor(y * ROWS)) * COLUMNS + column;
}

/** Even-odd rule: a ray to the left crosses the border an odd number of times. */
function contains(area: readonly Corner[], [x, y]: Corner): boolean {
  let inside = false;
  let before = area.at(-1) as Corner;
  for (const corner of area) {
    const crosses = corner[1] > y !== before[1] > y;
    if (crosses && x < ((before[0] - corner[0]) * (y - corner[1])) / (before[1] - corner[1]) + corner[0])
      inside = !inside;
    before = corner;
  }
  return inside;
}
