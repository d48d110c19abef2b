import { COLLEAGUE_DARK, NEIGHBOUR_BLUE, NEIGHBOUR_RED } from "../people/looks.ts";
import { bulb } from "../trace/light.ts";
import { ball, box, type Shape } from "../trace/shapes.ts";
import { colour, lamp, metal, paint, plaster, textured, tiles } from "../trace/surface.ts";
import type { Place } from "./place.ts";

const wall = textured("#d9d5c9", plaster(61));
const wainscot = paint("#7f8f89", 0.1);
const wood = textured("#74543b", metal(62), 0.1);
const frame = paint("#3f332a");
const brass = paint("#d4c07a", 0.5);

/** Middle of the doorway on the left that stands open. */
const OPEN_Z = -3.4;

const door = (side: number, z: number): Shape[] => [
  box([side * 1.44, 1.05, z], [0.06, 2.1, 0.95], wood),
  box([side * 1.445, 1.1, z], [0.03, 2.22, 1.12], frame),
  ball([side * 1.38, 1, z + 0.36], 0.035, brass),
  box([side * 1.42, 1.65, z + 0.75], [0.03, 0.14, 0.2], paint("#f0eee6")),
  box([side * 1.2, 0.008, z], [0.42, 0.016, 0.7], textured("#5a4a3c", metal(63))),
];

const wallPiece = (side: number, from: number, to: number): Shape[] => [
  box([side * 1.5, 1.4, (from + to) / 2], [0.1, 2.9, to - from], wall),
  box([side * 1.455, 0.5, (from + to) / 2], [0.02, 1, to - from], wainscot),
  box([side * 1.452, 1.01, (from + to) / 2], [0.04, 0.04, to - from], frame),
];

/** The flat behind the open doorway. */
const flat: Shape[] = [
  box([-1.5, 2.5, OPEN_Z], [0.1, 0.8, 1], wall),
  box([-3.4, 1.4, OPEN_Z], [0.1, 2.9, 5], textured("#c9b48e", plaster(64))),
  box([-2.5, 1.4, OPEN_Z - 2], [2, 2.9, 0.1], textured("#c9b48e", plaster(65))),
  box([-2.5, -0.02, OPEN_Z], [2, 0.05, 5], textured("#8a6a48", metal(66))),
  box([-1.5, 1.05, OPEN_Z - 0.52], [0.16, 2.1, 0.06], frame),
  box([-1.5, 1.05, OPEN_Z + 0.52], [0.16, 2.1, 0.06], frame),
  box([-1.5, 2.12, OPEN_Z], [0.16, 0.06, 1.1], frame),
];

const lampZ = [3.2, -0.7, -4.6, -8.5, -12.4, -16.3];

export const corridor: Place = {
  view: { at: [0.75, 2.55, 6.4], towards: [-0.1, 1.05, -3], fieldDegrees: 50 },
  spanSeconds: 80,
  liveliness: 0.75,
  stage: {
    shapes: [
      box([0, -0.1, -8], [3, 0.2, 40], textured("#979288", tiles(0.5, 67), 0.55)),
      ...wallPiece(-1, -28, OPEN_Z - 0.5),
      ...wallPiece(-1, OPEN_Z + 0.5, 12),
      ...wallPiece(1, -28, 12),
      ...flat,
      ...[0, 1, 2, 3, 4, 5].flatMap((i) => [
        ...(i === 2 ? [] : door(-1, 3.4 - i * 3.4)),
        ...door(1, 3.4 - i * 3.4),
      ]),
      box([0, 2.86, -8], [3.2, 0.1, 40], textured("#e2dfd6", plaster(68))),
      box([0, 1.4, -19], [3, 2.9, 0.1], textured("#b9b5aa", plaster(69))),
      box([0, 1.1, -18.9], [1.7, 2.2, 0.1], paint("#5b7380", 0.4)),
      box([0, 1.1, -18.84], [0.03, 2.2, 0.02], paint("#22282c")),
      box([0, 2.5, -18.8], [0.5, 0.2, 0.05], lamp("#4fd08a", 1.6)),
      box([1.43, 1.35, 1.5], [0.06, 0.5, 0.22], paint("#b3261e", 0.2)),
      ...lampZ.map((z) => box([0, 2.79, z], [0.5, 0.04, 0.9], lamp("#fffdf2", 4.5))),
    ],
    lights: [
      ...lampZ.slice(0, 4).map((z) => bulb([0, 2.66, z], [2, 1.92, 1.72], 0.3)),
      bulb([-2.6, 2.3, OPEN_Z], [1.5, 1.25, 0.85], 0.2),
    ],
    ambient: { above: [0.3, 0.29, 0.27], below: [0.26, 0.25, 0.22] },
    film: { exposure: 0.55, infrared: false, saturation: 0.85 },
    backdrop: { horizon: colour("#222222"), zenith: colour("#222222") },
  },
  acts: [
    {
      persons: [
        {
          look: NEIGHBOUR_BLUE,
          walk: [{ to: [0.2, -18] }, { to: [0.3, -8] }, { to: [-0.3, -1] }, { to: [-0.3, 8] }],
          metresPerSecond: 1.3,
        },
      ],
    },
    {
      persons: [
        {
          look: NEIGHBOUR_RED,
          walk: [
            { to: [-2.6, OPEN_Z - 1] },
            { to: [-2.2, OPEN_Z] },
            { to: [-0.5, OPEN_Z + 0.1] },
            { to: [0, 0] },
            { to: [0.1, 8.5] },
          ],
          metresPerSecond: 1.2,
        },
      ],
    },
    {
      persons: [
        {
          look: COLLEAGUE_DARK,
          walk: [
            { to: [-0.2, 8.5] },
            { to: [-0.3, 1] },
            { to: [0.55, -3.2], waitSeconds: 6, facing: 1.5, doing: "reach" },
            { to: [0.1, -9] },
            { to: [0, -18.2] },
          ],
          metresPerSecond: 1.25,
        },
      ],
    },
  ],
};
