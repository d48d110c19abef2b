import { hull, limb, type Shape, tube } from "../trace/shapes.ts";
import { colour, lamp, paint, type Surface } from "../trace/surface.ts";
import { add, turn, type Vec } from "../trace/vector.ts";

export type CarPaint = "slate" | "maroon" | "black" | "white" | "blue" | "silver";

const lacquer = (hex: string): Surface => ({ colour: colour(hex), gloss: 0.5 });
const LACQUER: Readonly<Record<CarPaint, Surface>> = {
  slate: lacquer("#71808c"),
  maroon: lacquer("#7b2d2a"),
  black: lacquer("#20252b"),
  white: lacquer("#d9dbdc"),
  blue: lacquer("#2d4d73"),
  silver: lacquer("#b9bec2"),
};
const glass = paint("#12171c", 0.7);
const tyre = paint("#121212");
const rim = paint("#8b8f92", 0.4);
const trim = paint("#202224");
const plate = paint("#e9e9e0");

/** Side views, front ahead (z), in metres. */
const LOWER = [
  [-2.1, 0.32],
  [2.05, 0.28],
  [2.15, 0.5],
  [2.05, 0.68],
  [1.0, 0.92],
  [-1.95, 0.96],
  [-2.15, 0.75],
] as const;
const CABIN = [
  [-1.75, 0.93],
  [1.05, 0.9],
  [0.35, 1.4],
  [-1.1, 1.43],
] as const;
const ROOF = [
  [-1.02, 1.39],
  [0.3, 1.37],
  [0.2, 1.455],
  [-0.9, 1.475],
] as const;

/** A car of 4.3 m; `moving` has its lamps on. */
export function car(place: { at: Vec; yaw: number }, paintwork: CarPaint, moving = false): Shape[] {
  const at = (local: Vec): Vec => add(place.at, turn(local, place.yaw));
  const body = LACQUER[paintwork];
  const front = moving ? lamp("#fff6dd", 5) : paint("#dfe4e6", 0.5);
  const rear = moving ? lamp("#ff2a1c", 1.2) : paint("#7a1414", 0.4);
  const sides = [-1, 1];
  return [
    hull(LOWER, 1.78, 0.1, body, place),
    hull(CABIN, 1.56, 0.24, glass, place),
    hull(ROOF, 1.16, 0.06, body, place),
    hull(
      [
        [-2.17, 0.3],
        [2.17, 0.3],
        [2.17, 0.46],
        [-2.17, 0.46],
      ],
      1.7,
      0.02,
      trim,
      place,
    ),
    ...sides.flatMap((s) =>
      [-1.32, 1.34].flatMap((z) => [
        tube(at([s * 0.68, 0.32, z]), at([s * 0.9, 0.32, z]), 0.32, tyre),
        tube(at([s * 0.88, 0.32, z]), at([s * 0.915, 0.32, z]), 0.2, rim),
      ]),
    ),
    ...sides.map((s) => limb(at([s * 0.55, 0.66, 2.03]), at([s * 0.72, 0.68, 1.98]), 0.075, 0.075, front)),
    ...sides.map((s) => limb(at([s * 0.55, 0.8, -2.05]), at([s * 0.75, 0.8, -2.02]), 0.07, 0.07, rear)),
    ...sides.map((s) => limb(at([s * 0.9, 0.98, 0.75]), at([s * 0.98, 0.98, 0.75]), 0.07, 0.07, body)),
    hull(
      [
        [2.16, 0.48],
        [2.19, 0.48],
        [2.19, 0.6],
        [2.16, 0.6],
      ],
      0.5,
      0,
      plate,
      place,
    ),
    hull(
      [
        [-2.19, 0.5],
        [-2.16, 0.5],
        [-2.16, 0.62],
        [-2.19, 0.62],
      ],
      0.5,
      0,
      plate,
      place,
    ),
  ];
}
