import { cameras } from "@gatehouse/contract";
import { given } from "../../data/given.ts";

export type Point = readonly [x: number, y: number];
export type Corners = readonly Point[];

/** The contract's bounds of a polygon. */
export const MIN_CORNERS = 3;
export const MAX_CORNERS = 32;
export const MAX_AREAS = 16;

/** What a watched zone may ask of those who are found in it, each with the bounds of the contract. */
export const ASK_BOUNDS = {
  loiterSeconds: [1, cameras.ZONE_LIMITS.loiterSeconds],
  minScore: [cameras.ZONE_LIMITS.minScore, cameras.ZONE_LIMITS.maxScore],
} as const;
export type Ask = keyof typeof ASK_BOUNDS;

/** An area of the picture while it is drawn: a zone or a mask. What it asks for may be unfinished. */
export interface Area extends Readonly<Partial<Record<Ask, number | undefined>>> {
  /** Names the area on screen only. */
  readonly key: string;
  readonly name: string;
  readonly kind: "watch" | "ignore" | "mask";
  readonly corners: Corners;
}

const DIGITS = 10_000;
const share = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * DIGITS) / DIGITS;

export const pointAt = (x: number, y: number): Point => [share(x), share(y)];

export const moveCorner = (corners: Corners, index: number, to: Point): Corners =>
  corners.map((corner, n) => (n === index ? pointAt(to[0], to[1]) : corner));

/** Puts a new corner half-way to the next one. */
export function splitAfter(corners: Corners, index: number): Corners {
  const [from, to] = [corners[index], corners[(index + 1) % corners.length]];
  if (from === undefined || to === undefined || corners.length >= MAX_CORNERS) return corners;
  return corners.toSpliced(index + 1, 0, pointAt((from[0] + to[0]) / 2, (from[1] + to[1]) / 2));
}

export const removeCorner = (corners: Corners, index: number): Corners =>
  corners.length > MIN_CORNERS ? corners.toSpliced(index, 1) : corners;

/** Moves the whole area; it stops where one of its corners reaches the picture's edge. */
export function moveArea(corners: Corners, right: number, down: number): Corners {
  const bounded = (by: number, values: readonly number[]) =>
    Math.min(1 - Math.max(...values), Math.max(-Math.min(...values), by));
  const dx = bounded(
    right,
    corners.map(([x]) => x),
  );
  const dy = bounded(
    down,
    corners.map(([, y]) => y),
  );
  return corners.map(([x, y]) => pointAt(x + dx, y + dy));
}

/** Where an area begins that is drawn without a pointer: a rectangle in the middle. */
export const MIDDLE: Corners = [
  [0.3, 0.3],
  [0.7, 0.3],
  [0.7, 0.7],
  [0.3, 0.7],
];

/** Twice the area with its sign (shoelace formula), as a share of the picture. */
function doubled(corners: Corners): number {
  return corners.reduce((sum, [x, y], n) => {
    const [nextX, nextY] = corners[(n + 1) % corners.length] ?? [x, y];
    return sum + x * nextY - nextX * y;
  }, 0);
}

/** How much of the picture lies inside, 0…1. */
export const shareOf = (corners: Corners): number => Math.abs(doubled(corners)) / 2;

/** Enough corners, and something lies between them. */
export const isArea = (corners: Corners): boolean =>
  corners.length >= MIN_CORNERS && corners.length <= MAX_CORNERS && shareOf(corners) > 0.0005;

/** Nothing, or a number within its bounds. */
export const isAsk = (ask: Ask, value: number | undefined): boolean =>
  value === undefined || (value >= ASK_BOUNDS[ask][0] && value <= ASK_BOUNDS[ask][1]);

/** Whether the server takes what it asks for. */
export const asksWell = ({ loiterSeconds, minScore }: Area): boolean =>
  isAsk("loiterSeconds", loiterSeconds) && isAsk("minScore", minScore);

/** For an SVG of 1 × 1. */
export const pathOf = (corners: Corners): string => corners.map(([x, y]) => `${x},${y}`).join(" ");

/** Where the name stands: the middle of the corners. */
export function middleOf(corners: Corners): Point {
  const sum = corners.reduce<[number, number]>(([a, b], [x, y]) => [a + x, b + y], [0, 0]);
  return pointAt(sum[0] / corners.length, sum[1] / corners.length);
}

const mutable = (corners: Corners): [number, number][] => corners.map(([x, y]) => [x, y]);

export const zonesFrom = (areas: readonly Area[]): cameras.Zone[] =>
  areas.flatMap(({ name, kind, corners, minScore, loiterSeconds }) => {
    if (kind === "mask") return [];
    return [{ name: name.trim(), kind, area: mutable(corners), ...given({ minScore, loiterSeconds }) }];
  });

export const masksFrom = (areas: readonly Area[]): cameras.Polygon[] =>
  areas.flatMap(({ kind, corners }) => (kind === "mask" ? [mutable(corners)] : []));

export function areasOf(settings: cameras.CameraSettings): Area[] {
  const zones = settings.motion.zones.map(
    ({ area: corners, ...zone }, n): Area => ({ key: `zone ${n}`, ...zone, corners }),
  );
  const masks = settings.masks.map(
    (corners, n): Area => ({ key: `mask ${n}`, name: "", kind: "mask", corners }),
  );
  return [...zones, ...masks];
}
