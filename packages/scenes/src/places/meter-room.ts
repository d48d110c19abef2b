import { ELECTRICIAN, NEIGHBOUR_BLUE } from "../people/looks.ts";
import { spot } from "../trace/light.ts";
import { ball, box, type Shape, tube } from "../trace/shapes.ts";
import { colour, concrete, lamp, metal, paint, plaster, textured } from "../trace/surface.ts";
import type { Place } from "./place.ts";

const shell = paint("#e2e3df", 0.15);
const pipe = paint("#9b9fa1", 0.3);

/** Three rows of eight; some blink amber. */
const meter = (row: number, column: number): Shape[] => {
  const x = -2.7 + column * 0.56;
  const y = 2.2 - row * 0.62;
  const amber = (row * 8 + column) % 11 === 4;
  return [
    box([x, y, -2.12], [0.42, 0.5, 0.16], shell),
    box([x, y + 0.09, -2.035], [0.28, 0.15, 0.02], paint("#22302a", 0.4)),
    box([x - 0.03, y + 0.09, -2.023], [0.14, 0.06, 0.004], lamp("#7fd69a", 0.22)),
    box([x - 0.06, y - 0.12, -2.037], [0.2, 0.1, 0.01], paint("#b9bdb9")),
    ball([x + 0.14, y - 0.11, -2.035], 0.018, lamp(amber ? "#ffb020" : "#34e07a", 2)),
    tube([x, y - 0.38, -2.14], [x, y - 0.24, -2.14], 0.02, paint("#555555")),
  ];
};

export const meterRoom: Place = {
  view: { at: [2.5, 2.75, 3.4], towards: [-0.5, 1.1, -1.4], fieldDegrees: 52 },
  spanSeconds: 300,
  liveliness: 0.7,
  stage: {
    shapes: [
      box([0, -0.1, 0], [14, 0.2, 14], textured("#8d8b85", concrete(1.6, 41), 0.15)),
      box([0, 1.6, -2.3], [8, 3.3, 0.2], textured("#c4c1b7", plaster(42))),
      box([-3.4, 1.6, 0], [0.2, 3.3, 9], textured("#bcb9af", plaster(43))),
      box([3.9, 1.6, 0], [0.2, 3.3, 9], textured("#bcb9af", plaster(44))),
      box([0, 3.25, 0], [9, 0.1, 9], textured("#cfcdc6", plaster(45))),
      ...[0, 1, 2].flatMap((row) => [0, 1, 2, 3, 4, 5, 6, 7].flatMap((column) => meter(row, column))),
      box([-0.74, 0.52, -2.1], [4.7, 0.16, 0.18], paint("#7d8285", 0.2)),
      ...[0, 1, 2, 3, 4].map((i) =>
        tube([-2.6 + i * 0.9, 2.5, -2.12], [-2.6 + i * 0.9, 3.2, -2.12], 0.035, pipe),
      ),
      tube([-3.3, 3.02, -2], [2.6, 3.02, -2], 0.07, pipe),
      tube([-3.3, 2.84, -2.05], [2.6, 2.84, -2.05], 0.035, paint("#b3703f", 0.3)),
      box([2.25, 1.05, -2.02], [0.85, 2.1, 0.4], textured("#8c9499", metal(46), 0.2)),
      box([2.25, 1.75, -1.81], [0.5, 0.34, 0.02], paint("#d6b93b")),
      box([2.58, 1.05, -1.8], [0.03, 0.2, 0.04], paint("#222426")),
      box([-3, 0.36, 0.9], [0.5, 0.72, 0.45], textured("#65775e", metal(47))),
      box([-3.28, 1.3, -0.6], [0.03, 0.6, 0.45], paint("#e9e6d8")),
      box([0, 3.17, -0.4], [1.7, 0.06, 0.22], lamp("#fdfcf2", 5)),
    ],
    lights: [spot([0, 3.1, -0.4], [0, 0, -0.7], [5.4, 5.5, 5.1], [48, 88], 0.5)],
    ambient: { above: [0.3, 0.3, 0.29], below: [0.25, 0.24, 0.22] },
    film: { exposure: 0.78, infrared: false, saturation: 0.85 },
    backdrop: { horizon: colour("#1a1a1a"), zenith: colour("#1a1a1a") },
  },
  acts: [
    {
      persons: [
        {
          look: ELECTRICIAN,
          walk: [
            { to: [4.6, 2.6] },
            { to: [1.9, 0.4] },
            { to: [0.5, -1.35], waitSeconds: 12, facing: 3.14, doing: "reach" },
            { to: [-1.4, -1.3], waitSeconds: 9, facing: 3.1, doing: "reach" },
            { to: [1.7, 0.2] },
            { to: [4.7, 2.6] },
          ],
          metresPerSecond: 1,
        },
      ],
    },
    {
      persons: [
        {
          look: NEIGHBOUR_BLUE,
          walk: [
            { to: [4.6, 2.6] },
            { to: [2.2, 0] },
            { to: [2.1, -1.2], waitSeconds: 8, facing: 3.1, doing: "reach" },
            { to: [4.7, 2.4] },
          ],
          metresPerSecond: 1.1,
        },
      ],
    },
  ],
};
